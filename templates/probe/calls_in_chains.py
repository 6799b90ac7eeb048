"""Recipes with gates that are operators over the whole register: products with identities, then applied to a state.

Nothing but the package's own product is used: an operator of its gates, a function or a method named after it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import Bench, public_names
from calls_common import CIRCUIT, Json
from catalog import Catalog
from gatevalues import gate_values
from guard import attempt
from language import DriverError, Scope, evaluate, resolve
from recipes import Form, Recipe
from vocabulary import EXTEND

_IDENTITY = re.compile(r"^(i|id|iden|identity|eye|one|unit)(_?(gate|op|operator|matrix))?$", re.I)
_PRODUCT = re.compile(r"^(kron\w*|tensor\w*|otimes|t_?product|product)$", re.I)
_LEFT: Json = {"var": "left"}
_RIGHT: Json = {"var": "right"}
_OPERATOR: Json = {"var": "operator"}
_JOINS = ("@", "*", "&", "^", "**", "|", "+")
_STEPS = ("|", "@", "*", "+", ">>", "<<", "&")
_MAX_VALUES, _MAX_IDENTITIES, _MAX_FUNCTIONS, _MAX_METHODS = 4, 4, 4, 6


@dataclass(frozen=True)
class _Product:
    """How values of one type are multiplied, with the identity and perhaps an exchange of two neighbours."""

    code: str
    join: Json
    identity: Json
    swap: Json | None


def chains(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`state = (I @ X @ I) | state`: gates without qubits, at their place between identities."""
    if handle is not None or gate in bench.unnamed:
        return
    parts = [p for p in gate_values(bench, gate).parts if not _is_maker(p.value)]
    for part in parts[:_MAX_VALUES]:
        for product in _products(bench, part.expression, part.value):
            for step, apply in _steps(bench):
                chain = {
                    "chain": part.expression,
                    "identity": product.identity,
                    "join": product.join,
                    "apply": apply,
                }
                if product.swap is not None:
                    chain["swap"] = product.swap
                code = f"{part.code}|{product.code}|{step}"
                yield Recipe(form, code, part.name, chain, "rebind")


def _is_maker(value: Any) -> bool:
    plain = isinstance(value, (type, str, int, float, complex, list, tuple, dict, np.ndarray))
    return plain or inspect.isroutine(value)


def _products(bench: Bench, expression: Json, value: Any) -> list[_Product]:
    """Products of gates of this value's type that can be made, remembered."""
    key = ("products", type(value))
    if key not in bench.values:
        bench.values[key] = list(_possible(bench, expression, value))
    return bench.values[key]


def _possible(bench: Bench, expression: Json, value: Any) -> Iterator[_Product]:
    swap = next((p.expression for p in _alike(gate_values(bench, "swap").parts, value)), None)
    for identity, unit in _identities(bench, value):
        for code, join in _joins(bench.catalog, value):
            scope = Scope({"left": unit, "right": value}, bench.live.roles)
            one = attempt(lambda: evaluate(join, scope), 2)  # noqa: B023
            if one.ok and isinstance(one.value, type(value)):
                yield _Product(code, join, identity, swap)


def _alike(parts: list[Any], value: Any) -> list[Any]:
    return [part for part in parts if isinstance(part.value, type(value))]


def _identities(bench: Bench, value: Any) -> list[tuple[Json, Any]]:
    """Values of the gate's own type that are named after the identity, as they are or made by a call."""
    found: list[tuple[Json, Any]] = []
    for module in bench.catalog.modules():
        for name, one in list(vars(module).items()):
            if not _IDENTITY.match(name) or len(found) >= _MAX_IDENTITIES:
                continue
            reference: Json = {"ref": f"{module.__name__}:{name}"}
            options = [reference]
            if callable(one):
                options += [
                    {"call": reference, "args": args} for args in ([], [{"lit": 1}], [{"lit": 2}])
                ]
            for expression in options:
                outcome = bench.value(expression)
                known = any(outcome.value is unit for _, unit in found)
                if outcome.ok and isinstance(outcome.value, type(value)) and not known:
                    found.append((expression, outcome.value))
                    break
    return found


def _joins(catalog: Catalog, value: Any) -> Iterator[tuple[str, Json]]:
    for symbol in _JOINS:
        yield symbol, {"op": symbol, "args": [_LEFT, _RIGHT]}
    for name in [n for n in public_names(value) if _PRODUCT.match(n)][:_MAX_FUNCTIONS]:
        yield name, {"call": {"attr": [_LEFT, name]}, "args": [_RIGHT]}
    for reference in _functions(catalog):
        yield reference, {"call": {"ref": reference}, "args": [_LEFT, _RIGHT]}
        listed = {"list": [_LEFT, _RIGHT]}
        yield f"{reference} of a list", {"call": {"ref": reference}, "args": [listed]}


def _functions(catalog: Catalog) -> list[str]:
    """The package's own functions that are named after the product."""
    found: list[str] = []
    for module in catalog.modules():
        for name, one in list(vars(module).items()):
            home = getattr(one, "__module__", None) or ""
            own = home.split(".")[0] in catalog.roots and inspect.isroutine(one)
            if own and _PRODUCT.match(name) and len(found) < _MAX_FUNCTIONS:
                found.append(f"{module.__name__}:{name}")
    return found


def _steps(bench: Bench) -> Iterator[tuple[str, Json]]:
    """Ways in which an operator over the register may meet the circuit."""
    for symbol in _STEPS:
        yield f"operator {symbol}", {"op": symbol, "args": [_OPERATOR, CIRCUIT]}
        yield f"{symbol} operator", {"op": symbol, "args": [CIRCUIT, _OPERATOR]}
    for name in [n for n in public_names(bench.circuit) if EXTEND.match(n)][:_MAX_METHODS]:
        yield name, {"call": {"attr": [CIRCUIT, name]}, "args": [_OPERATOR]}
    yield "call", {"call": _OPERATOR, "args": [CIRCUIT]}
    for reference in bench.catalog.appliers[:_MAX_FUNCTIONS]:
        try:
            resolve(reference)
        except DriverError:
            continue
        for args in ([_OPERATOR, CIRCUIT], [CIRCUIT, _OPERATOR]):
            yield (
                f"{reference}|{'operator' if args[0] is _OPERATOR else 'circuit'} first",
                {"call": {"ref": reference}, "args": args},
            )
