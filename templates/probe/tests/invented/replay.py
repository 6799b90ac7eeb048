"""The inventor's own use of its package: whether what it wrote is right at all, before anybody searches it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np

from .package import Invented
from .physics import GATES, Step, simulate

SHOTS = 4096


def random_circuit(
    gates: tuple[str, ...], n: int, rng: random.Random, length: int = 24
) -> list[Step]:
    """Every gate that fits, then others by chance, on places by chance."""
    fitting = [gate for gate in gates if GATES[gate].qubits <= n]
    chosen = [*fitting, *rng.choices(fitting, k=max(0, length - len(fitting)))]
    rng.shuffle(chosen)
    start: list[Step] = [("h", (q,), ()) for q in range(n)]
    return start + [
        (
            gate,
            tuple(rng.sample(range(n), GATES[gate].qubits)),
            tuple(rng.uniform(1, 3) for _ in range(GATES[gate].angles)),
        )
        for gate in chosen
    ]


def replay(invented: Invented, circuit: list[Step], n: int, which: str) -> Any:
    """Run a circuit through the package's true API; the package must be importable."""
    begun = list(circuit)
    if invented.setting.axes.start == "plus":
        begun = [("h", (q,), ()) for q in range(n)] + begun
    program = [f"import {invented.name}", f"SHOTS = {SHOTS}", *invented.program(begun, n, which)]
    scope: dict[str, Any] = {}
    exec("\n".join(program), scope)
    return scope["found"]


def as_distribution(invented: Invented, found: Any, n: int, which: str) -> np.ndarray:
    """Probabilities of the basis states in our order from what the package gave."""
    axes = invented.setting.axes
    if which == "state":
        array = np.asarray(found)
        odds = {
            "state": lambda: np.abs(array) ** 2,
            "density": lambda: array.diagonal().real,
            "probabilities": lambda: array,
        }
        weights, order = odds[axes.read](), axes.state_order
    else:
        weights, order = np.zeros(2**n), axes.counts_order
        pairs = found.items() if isinstance(found, Mapping) else ((one, 1) for one in found)
        for key, times in pairs:
            bits = (
                key
                if isinstance(key, str)
                else "".join(map(str, key))
                if np.ndim(key)
                else format(int(key), f"0{n}b")
            )
            weights[int(bits, 2)] += times
        weights = weights / weights.sum()
    if order == "little":
        weights = weights.reshape((2,) * n).transpose(range(n)[::-1]).reshape(-1)
    return np.asarray(weights, dtype=float)


def check_invention(invented: Invented, circuits: int = 2) -> list[str]:
    """What is wrong with the package itself; empty when it does what the inventor believes."""
    rng = random.Random(invented.setting.axes.seed)
    axes = invented.setting.axes
    problems: list[str] = []
    for which in ("state", "counts"):
        if not (invented.reading.state if which == "state" else invented.reading.counts):
            continue
        for _ in range(circuits):
            circuit = random_circuit(axes.gates, 3, rng)
            expected = simulate(circuit, 3)
            found = replay(invented, circuit, 3, which)
            if which == "state" and axes.read == "state":
                array = np.asarray(found)
                if axes.state_order == "little":
                    array = array.reshape((2,) * 3).transpose(2, 1, 0).reshape(-1)
                if abs(abs(np.vdot(expected, array)) - 1) > 1e-4:
                    problems.append("the state is another one")
            weights = as_distribution(invented, found, 3, which)
            tolerance = 1e-4 if which == "state" else 0.06
            if np.max(np.abs(weights - np.abs(expected) ** 2)) > tolerance:
                problems.append(f"the {which} is another one")
    return problems
