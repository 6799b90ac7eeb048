"""Circuits that are not the package's own: of a host format, or of any class that lives in a dependency.

Two things follow from it. The gates live where the circuit's class lives, so that they are looked up there. And a
driver must use the package, not only its host: only what runs the circuit with something of the package counts.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from bench import Bench
from catalog import Catalog
from expressions import references
from guard import attempt
from host_idioms import IDIOMS
from language import DriverError, resolve
from objects import constructions
from vocabulary import CONTROL_FUNCTION, INVERSE_FUNCTION, hypothesis

Json = dict[str, Any]
_NO_HOSTS = frozenset(
    ("numpy", "scipy", "math", "cmath", "builtins", "torch", "jax", "jaxlib", "sympy", "tensorflow", "cupy", "operator")
)  # fmt: skip
_GATE_MODULES = re.compile(r"(^|[._])(gates?|ops|operations?|library|instructions?|stdgates)\b")
_MAX_MODULES = 60
_MAX_REFERENCES = 6
_ENGINE_BASE = re.compile(r"(device|backend|simulat|sampler|engine|executor|qpu|qvm)", re.I)
_MAX_ENGINES = 8


def foreign_roots(catalog: Catalog, setup: Any, circuit: Any) -> list[str]:
    """Top-level modules of what makes the circuit and of its class, as far as they are not the package's."""
    modules = [reference.split(":")[0] for reference in references(setup)]
    if not isinstance(circuit, (list, str, dict)):
        modules.append(type(circuit).__module__)
    found = []
    for module in modules:
        root = module.split(".")[0]
        if root in _NO_HOSTS or root in sys.stdlib_module_names or root in found:
            continue
        if not catalog.own(module):
            found.append(root)
    return found


def adopt(catalog: Catalog, setup: Any, circuit: Any) -> None:
    """File gates that live beside a foreign circuit class into the catalog, behind the package's own.

    A catalog belongs to one object's search, in a process of its own, so that nothing needs to be taken back.
    """
    for root in foreign_roots(catalog, setup, circuit):
        if root in catalog.adopted:
            continue
        catalog.adopted.add(root)
        seen: set[int] = set()
        for module in _gate_modules(root):
            for name, value in list(vars(module).items()):
                if name.startswith("_") or not name.isidentifier() or isinstance(value, ModuleType):
                    continue
                _file(catalog, f"{module.__name__}:{name}", name, value, seen)


def _gate_modules(root: str) -> list[ModuleType]:
    """The top-level module, where most hosts export their gates, and loaded ones that are named after gates."""
    names = [n for n in list(sys.modules) if n == root or n.startswith(f"{root}.")]
    names = [n for n in names if n == root or (_GATE_MODULES.search(n) and "._" not in n)]
    names.sort(key=lambda n: (n.count("."), len(n)))
    loaded = [sys.modules[name] for name in names[:_MAX_MODULES]]
    return [module for module in loaded if isinstance(module, ModuleType)]


def _file(catalog: Catalog, reference: str, name: str, value: Any, seen: set[int]) -> None:
    gate = hypothesis(name)
    if gate and id(value) not in seen and not isinstance(value, (str, int, float)):
        seen.add(id(value))
        known = catalog.gates.setdefault(gate, [])
        if len(known) < _MAX_REFERENCES:
            known.append(reference)
    if not inspect.isroutine(value):
        return
    for pattern, target in (
        (CONTROL_FUNCTION, catalog.controllers),
        (INVERSE_FUNCTION, catalog.inverters),
    ):
        if pattern.match(name) and len(target) < 4:
            target.append(reference)


def engines(catalog: Catalog, root: str) -> list[str]:
    """Classes of the package that a host takes as an engine: subclasses of the host's own, then what is named so."""
    found: list[tuple[int, str]] = []
    for reference in dict.fromkeys([*catalog.engines, *(r for _, r in catalog.classes)]):
        if not catalog.own(reference):
            continue
        try:
            value = resolve(reference)
        except DriverError:
            continue
        if not isinstance(value, type) or inspect.isabstract(value):
            continue
        bases = [b for b in value.__mro__[1:] if b.__module__.split(".")[0] == root]
        if any(_ENGINE_BASE.search(base.__name__) for base in bases):
            found.append((0, reference))
        elif reference in catalog.engines:
            found.append((1, reference))
    return [reference for _, reference in sorted(found, key=lambda one: one[0])][:_MAX_ENGINES]


def hosted(bench: Bench, counts: bool) -> Iterator[tuple[list[Json], str]]:
    """Statements that run the bench's circuit by its host's protocol on an engine of the package; and how."""
    roots = foreign_roots(bench.catalog, bench.setup, bench.circuit)
    for root in dict.fromkeys([*roots, *_itself(bench), *_of_list(bench)]):
        if root not in IDIOMS:
            continue
        for reference in engines(bench.catalog, root):
            made = _made(bench, reference)
            if made is None:
                continue
            for idiom in IDIOMS[root][counts]:
                yield (
                    [{"var": "engine", "value": made}, *idiom.statements],
                    f"{root} {idiom.how} on {reference}",
                )


def _itself(bench: Bench) -> list[str]:
    """The package itself, where it is a host and the circuit is one of its own."""
    root = type(bench.circuit).__module__.split(".")[0]
    return [root] if root in bench.catalog.roots else []


def _of_list(bench: Bench) -> list[str]:
    """A plain list is a circuit of the host that the package is or depends on, where that host's circuits are lists."""
    if not isinstance(bench.circuit, list):
        return []
    known = bench.catalog.adopted | bench.catalog.roots
    return [root for root in ("pennylane",) if root in known]


def _made(bench: Bench, reference: str) -> Json | None:
    """How an engine is made: the first construction that does not raise."""
    for construction in constructions(bench.catalog, reference):
        outcome = attempt(lambda: bench.value(construction), 15)  # noqa: B023
        if outcome.ok and outcome.value.ok:
            return construction
    return None


def uses_package(catalog: Catalog, driver: Json) -> bool:
    """Whether each reading of a driver uses the package, in its own statements or in what it is read from."""
    common = [driver["setup"], driver["gates"], driver.get("context"), driver.get("kernel")]
    readings = [driver[which] for which in ("state", "counts") if driver.get(which)]
    return all(
        any(catalog.own(reference) for reference in references([*common, reading]))
        for reading in readings
    )
