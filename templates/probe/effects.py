"""Tests by effect: a reading is right when circuits that must differ do differ, never because nothing was raised."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench import SHOTS, Bench
from decode import Decoded, decode
from language import Operation
from reference import unitary

Json = dict[str, Any]
#: Preferred kinds of readings, best first.
KINDS = ("state", "unitary", "density", "probabilities", "counts", "samples")
_CERTAIN = 0.99
#: Runs of a circuit with two equally likely outcomes; all of them agree by chance once in two thousand times.
_REPEATS = 12


def step(gate: str, qubit: int) -> Operation:
    """X or H on a qubit, with its matrix for gates that are given as one."""
    return Operation(gate, (qubit,), (), unitary(gate, ()))


def distribution(found: Decoded) -> np.ndarray:
    """Weights of the basis states of any kind of reading; for a unitary, of its first column."""
    if found.kind == "state":
        return np.abs(found.data) ** 2
    if found.kind == "unitary":
        return np.abs(found.data[:, 0]) ** 2
    if found.kind == "density":
        return np.abs(found.data.diagonal().real)
    return np.abs(found.data)


def place(found: Decoded) -> int | None:
    """Index of the one basis state that was found, or None."""
    weights = distribution(found)
    index = int(np.argmax(weights))
    return index if weights[index] > _CERTAIN * weights.sum() > 0 else None


def uniform(found: Decoded) -> bool:
    """Whether all basis states have the same weight: the start state may be |+…+⟩."""
    weights = distribution(found)
    return bool(np.allclose(weights, weights.mean(), atol=1e-6)) and weights.sum() > 0


def observe(bench: Bench, driver: Json, circuit: list[Operation], reading: Json) -> Decoded | None:
    """Run a circuit on fresh objects and decode the reading; None when it raises or is of another kind."""
    outcome = bench.run(driver, circuit, reading)
    found = decode(outcome.value, bench.n, reading["kind"]) if outcome.ok else []
    return found[0] if found else None


def three_effects(bench: Bench, driver: Json, reading: Json) -> bool:
    """Nothing, X on one qubit and X on another give three different certain results on fresh objects.

    Counts must be as many as were asked for: what gives one shot, or always the same number, answers another question.
    """
    places: list[int] = []
    circuits: list[list[Operation]] = [[], [step("x", 0)]]
    if bench.n > 1:
        circuits.append([step("x", 1)])
    for circuit in circuits:
        found = observe(bench, driver, circuit, reading)
        where = place(found) if found else None
        if found is None or where is None or where in places:
            return False
        if reading["kind"] in ("counts", "samples") and round(float(found.data.sum())) != SHOTS:
            return False
        places.append(where)
    return True


def amplitudes_or_probabilities(bench: Bench, driver: Json, reading: Json) -> str | None:
    """What a Hadamard (the driver's gate `h`) shows: `state`, `probabilities`, or None if it is none or shows neither.

    Amplitudes have two entries of 1/√2 and a sign after X; moduli without the sign are no better than probabilities.
    `collapsed` where equal circuits end in different basis states: something measured before the state was read.
    """
    found = observe(bench, driver, [step("h", 0)], {**reading, "kind": "state"})
    if found is not None and _pair(np.abs(found.data), 2**-0.5):
        other = observe(
            bench,
            driver,
            [step("x", 0), step("h", 0)],
            {**reading, "kind": "state"},
        )
        if other is None:
            return None
        pair = other.data[np.abs(other.data) > 0.1]
        return "state" if len(pair) == 2 and abs(pair[0] + pair[1]) < 1e-3 else "moduli"
    found = observe(bench, driver, [step("h", 0)], {**reading, "kind": "probabilities"})
    if found is not None and _pair(np.abs(found.data), 0.5):
        return "probabilities"
    ends = {_end(bench, driver, reading) for _ in range(_REPEATS)} if found is not None else set()
    return "collapsed" if len(ends - {None}) > 1 else None


def _end(bench: Bench, driver: Json, reading: Json) -> int | None:
    """The basis state in which a Hadamard ends."""
    found = observe(bench, driver, [step("h", 0)], reading)
    return place(found) if found is not None else None


def _pair(values: np.ndarray, expected: float) -> bool:
    largest = np.sort(values)[-2:]
    rest = np.sort(values)[:-2]
    return bool(np.allclose(largest, expected, atol=1e-3) and np.all(rest < 1e-3))
