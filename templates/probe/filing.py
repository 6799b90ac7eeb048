"""Filing: each module-level name of a package is put where it may be useful: gate, class, engine, runner, factory, …"""

from __future__ import annotations

import enum
import inspect
import re
from typing import TYPE_CHECKING, Any

from vocabulary import (
    ALLOCATE,
    APPLY_FUNCTION,
    CIRCUIT,
    CONTROL_FUNCTION,
    ENGINE,
    EXTEND_FIRST,
    FACTORY,
    INVERSE_FUNCTION,
    MATRIX_ARGUMENT,
    RUN_FIRST,
    STATE_FUNCTION,
    hypothesis,
)

if TYPE_CHECKING:
    from catalog import Catalog

_MAX_MATRIX_GATES = 24
#: Names of members are read word by word only in packages with fewer classes than this.
_MOST_READ = 200
DEMOTED = re.compile(
    r"(noise|noisy|error|density|stabil|mps|gpu|param|draw|visual|plot|test|exception|warning|hybrid|path|stochastic|approx|remote)",
    re.I,
)


def file_name(catalog: Catalog, reference: str, name: str, value: Any, seen: set[int]) -> None:
    """Put one module-level name where it may be useful."""
    gate = hypothesis(name)
    if gate and (id(value) not in seen or isinstance(value, (int, str))):
        seen.add(id(value))
        catalog.gates.setdefault(gate, []).append(reference)
    elif gate is None and callable(value) and (guess := catalog.wording.gate_of(name, value)):
        catalog.guessed.setdefault(guess, []).append(reference)
    if isinstance(value, dict):
        _file_table(catalog, reference, value)
    if not callable(value):
        return
    for pattern, target in (
        (FACTORY, catalog.factories),
        (CONTROL_FUNCTION, catalog.controllers),
        (INVERSE_FUNCTION, catalog.inverters),
    ):
        if pattern.match(name) and not any(r.endswith(f":{name}") for r in target):
            target.append(reference)
    if _takes_matrix(catalog, reference, name, value):
        catalog.matrix_gates.append(reference)
    if isinstance(value, type):
        if id(value) in seen and gate is None:
            return
        seen.add(id(value))
        _file_class(catalog, reference, name, value)
        return
    if APPLY_FUNCTION.match(name):
        catalog.appliers.append(reference)
    if STATE_FUNCTION.match(name):
        catalog.state_makers.append(reference)
    if RUN_FIRST.match(name) and reference not in catalog.runners:
        catalog.runners.append(reference)


def _takes_matrix(catalog: Catalog, reference: str, name: str, value: Any) -> bool:
    """Whether something may make a gate from a matrix: by its name, or a class by its parameters."""
    if len(catalog.matrix_gates) >= _MAX_MATRIX_GATES:
        return False
    if re.search(r"(matrix|unitary|^u\d?$)", name, re.I):
        return True
    if not isinstance(value, type):
        return False
    signature = catalog.reference_signature(reference)
    if signature is None:
        return bool(re.search(r"gate|operat|unitary", name, re.I))
    return any(MATRIX_ARGUMENT.match(p.name) for p in signature if not p.optional)


def _file_table(catalog: Catalog, reference: str, table: dict[Any, Any]) -> None:
    """Gates of a dictionary whose keys are called after several gates."""
    gates = {key: catalog.wording.gate_of(key) for key in list(table)[:200] if isinstance(key, str)}
    if sum(gate is not None for gate in gates.values()) < 3:
        return
    for key, gate in gates.items():
        if gate is not None:
            catalog.keyed.setdefault(gate, []).append((reference, key))


def _file_class(catalog: Catalog, reference: str, name: str, value: type) -> None:
    members = [m for m in dir(value) if not m.startswith("_")]
    gates = {hypothesis(m) for m in members} - {None}
    if len(gates) < 3 and len(catalog.classes) < _MOST_READ:
        gates = {catalog.wording.gate_of(m, getattr(value, m, None)) for m in members} - {None}
    # Gates that are members of a class (an enumeration, static methods) are references of their own.
    if len(gates) > 4:
        for member in members:
            gate = catalog.wording.gate_of(member)
            static = inspect.getattr_static(value, member, None)
            if gate and isinstance(static, (staticmethod, classmethod, value)):
                catalog.gates.setdefault(gate, []).append(f"{reference}.{member}")
    for member in members:
        for pattern, target in (
            (CONTROL_FUNCTION, catalog.controllers),
            (INVERSE_FUNCTION, catalog.inverters),
        ):
            if pattern.match(member) and isinstance(
                inspect.getattr_static(value, member, None), (staticmethod, classmethod)
            ):
                target.append(f"{reference}.{member}")
    depth = reference.split(":")[0].count(".") + ("._" in reference)
    score = 2.0 * len(gates) - 0.5 * depth
    score += 4 if CIRCUIT.search(name) else 0
    score += 5 if any(EXTEND_FIRST.match(m) or ALLOCATE.match(m) for m in members) else 0
    score -= 6 if DEMOTED.search(name) else 0
    if isinstance(value, type) and issubclass(value, (BaseException, enum.Enum)):
        return
    catalog.classes.append((score, reference))
    if (
        ENGINE.search(name)
        and any(RUN_FIRST.match(m) for m in members)
        and reference not in catalog.engines
    ):
        catalog.engines.append(reference)
