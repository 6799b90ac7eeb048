"""A density matrix beside the state: found by its effects, compared entry by entry."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench import Bench
from decode import decode_as
from guard import attempt, clock
from language import prepare, run_statements
from reference import ARITY, simulate
from session import LOOSE, Session
from variants import Variant, variants
from walk import Walker

Json = dict[str, Any]
_MOST_VARIANTS = 60
_MOST_PATHS = 6
_WALK_SECONDS = 3.0
_SECONDS = 10.0
#: Largest deviation of an entry from the reference.
TOLERANCE = 2e-4


def density_driver(driver: Json) -> Json:
    """The driver as it is when its density matrix is read: another setup perhaps, and the reading as its state."""
    found = driver["density"]
    reading = {key: value for key, value in found.items() if key != "setup"}
    rest = {key: value for key, value in driver.items() if key not in ("density", "counts")}
    return {**rest, "setup": found.get("setup", driver["setup"]), "state": reading}


def find_density(bench: Bench, driver: Json) -> Iterator[Json]:
    """Readings of a density matrix that are right for pure states, likeliest first; with a setup where it differs."""
    for variant in itertools.islice(variants(bench, driver), _MOST_VARIANTS):
        for root, path in _readings(bench, driver, variant):
            reading: Json = {"run": variant.run, "root": root, "path": path, "kind": "density"}
            reading["order"] = "big"
            if variant.setup != driver["setup"]:
                reading["setup"] = variant.setup
            session = Session(density_driver({**driver, "density": reading}), 3)
            if attempt(session.establish, _SECONDS).value:
                reading["order"] = session.order
                if all(is_right(driver, reading, n) for n in (2, 3)):
                    yield reading


def _readings(bench: Bench, driver: Json, variant: Variant) -> Iterator[tuple[str, list[Json]]]:
    """Variables and paths at whose ends a density matrix stands, after a circuit that leaves no basis state."""
    changed = {**driver, "setup": variant.setup}
    session = Session(changed, bench.n)
    operations = [session.operation(*step) for step in [("h", (0,), ()), ("x", (1,), ())]]

    def run() -> Any:
        scope = prepare(changed, operations, bench.n, 100, 1)
        run_statements(variant.run, scope)
        return scope

    bench.trials.runs += 1
    outcome = attempt(run, _SECONDS)
    if not outcome.ok:
        return
    walker = Walker(bench)
    for root in reversed(list(outcome.value.variables)):
        value = outcome.value.variables[root]
        listed = attempt(
            lambda value=value: [
                path
                for path, one in walker.walk(value, outcome.value, clock() + _WALK_SECONDS)
                if one.kind == "density"
            ],
            2 * _WALK_SECONDS,
        )
        for path in (listed.value or [])[:_MOST_PATHS]:
            yield root, path


def matrix_of(driver: Json, circuit: list[Any], n: int) -> np.ndarray:
    """The density matrix after a circuit, qubit 0 most significant; ``driver`` as ``density_driver`` gives it."""
    session = Session(driver, n)
    found = decode_as(session.raw(circuit), n, "density")
    if session.order == "little":
        tensor = found.reshape((2,) * (2 * n))
        axes = [*range(n - 1, -1, -1), *range(2 * n - 1, n - 1, -1)]
        found = tensor.transpose(axes).reshape(2**n, 2**n)
    return found


def is_right(driver: Json, reading: Json, n: int) -> bool:
    """Whether every entry is right after a circuit with each gate once."""
    changed = density_driver({**driver, "density": reading})
    gates = [gate for gate in ARITY if gate in driver["gates"] and ARITY[gate][0] <= n]
    circuit: list[Any] = []
    for index, gate in enumerate((*gates, *reversed(gates))):
        qubits, angles = ARITY[gate]
        place = tuple((index + k) % n for k in range(qubits))
        circuit.append((gate, place, tuple(0.7 + 0.31 * index + k for k in range(angles))))
    state = simulate(circuit, n)
    expected = np.outer(state, state.conj())
    outcome = attempt(lambda: matrix_of(changed, circuit, n), _SECONDS)
    tolerance = TOLERANCE if _is_exact(driver) else 2 * LOOSE
    return bool(outcome.ok and np.max(np.abs(outcome.value - expected)) < tolerance)


def _is_exact(driver: Json) -> bool:
    return "state" in driver
