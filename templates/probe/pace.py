"""How fast this machine is at the moment, so that what is measured in seconds means the same on every machine.

Processor time of one piece of work still differs between machines, and on one machine between a quiet and a
busy hour (shared caches, memory and threads of a core): by a factor of two and more. A fixed piece of work,
timed beside it, slows down alike. Seconds here are those of a reference machine, and what is decided by them is
decided on a coarse grid: two measurements of one package must give the same driver.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from guard import clock

#: Processor seconds of the small and the large piece of work on the reference machine (a server core of 2023).
REFERENCE_SECONDS = 0.004
LARGE_SECONDS = 0.085
#: How much faster or slower than the reference a machine is believed to be.
_BELIEVED = 8.0
#: Steps of the grid: one is four times the one before.
GRID = 4.0
_LEAST = 1e-3


def slowness(repeats: int = 5) -> float:
    """Processor seconds here for one second of the reference machine, at this moment: for short pieces of work."""
    return _believed(min(_work() for _ in range(repeats)) / REFERENCE_SECONDS)


def slowness_of_long_runs(repeats: int = 3) -> float:
    """The same for work that takes long and much memory: it meets every disturbance, so the middle one counts."""
    return _believed(sorted(_large_work() for _ in range(repeats))[repeats // 2] / LARGE_SECONDS)


def _believed(ratio: float) -> float:
    return min(max(ratio, 1 / _BELIEVED), _BELIEVED)


def growth(driver: dict[str, Any], kind: str) -> float:
    """How many times as much one qubit more takes: four where a result, or a gate's operator, has 2^n × 2^n entries."""
    whole = any("chain" in gate["apply"] for gate in driver["gates"].values())
    return 4.0 if whole or kind in ("density", "unitary") else 2.0


def on_grid(seconds: float) -> float:
    """The nearest of 1 ms, 4 ms, 16 ms, 64 ms, …: a measure that a factor of two seldom changes."""
    steps = round(math.log(max(seconds, _LEAST) / _LEAST, GRID))
    return _LEAST * GRID**steps


def _large_work() -> float:
    """Processor seconds of gates on a state that fits into no cache."""
    state = np.ones(1 << 21, dtype=complex)
    gate = np.eye(2)
    start = clock()
    for qubit in (0, 10, 20):
        tensor = state.reshape(1 << qubit, 2, -1)
        state = np.einsum("ab,ibj->iaj", gate, tensor).reshape(-1)
    return clock() - start


def _work() -> float:
    """Processor seconds of a fixed piece of work: half in Python's own loop, half in numpy's."""
    start = clock()
    total = 0
    for index in range(40_000):
        total += index & 7
    state = np.zeros(1 << 14, dtype=complex)
    state[0] = 1
    gate = np.array([[1, 1], [1, -1]]) / math.sqrt(2)
    for qubit in range(14):
        tensor = state.reshape(1 << qubit, 2, -1)
        state = np.einsum("ab,ibj->iaj", gate, tensor).reshape(-1)
    return clock() - start
