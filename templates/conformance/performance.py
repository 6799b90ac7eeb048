"""Performance tests of a backend.

The bounds on time are advisory: how fast a simulator is says nothing about whether it is right, and the
machine may be busy. What is slower is skipped with the time it took: the report shows it, and nothing is
refused for it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import pytest

from .. import BridgeAdapter
from .circuits import ghz, random_program
from .measure import counts_of
from .suite import Suite


def advise(seconds: float, bound: float, what: str) -> None:
    """Skip the test with the time it took when that is above the advisory bound."""
    if seconds > bound:
        pytest.skip(f"slow: {what} took {seconds:.1f} s, advisory bound {bound:g} s")


class Performance(Suite):
    """Time, and runs side by side."""

    def test_start(self) -> None:
        started = perf_counter()
        self.adapter().get_capabilities()
        seconds = perf_counter() - started
        advise(seconds, 5, "making the adapter")

    def test_hundred_gates(self, backend: BridgeAdapter) -> None:
        n = min(10, backend.max_qubits)
        program = random_program(
            n, [name for name in ("h", "x", "cx", "t", "rz") if name in self.gates], 11, 1
        )
        backend.execute(program, shots=1)  # what is compiled or imported at first use
        started = perf_counter()
        backend.execute(program, shots=100)
        seconds = perf_counter() - started
        advise(seconds, 5, f"a circuit of {len(program.operations)} gates on {n} qubits")

    def test_many_shots(self, backend: BridgeAdapter) -> None:
        program = ghz(min(6, backend.max_qubits))
        counts_of(backend, program, 10)
        started = perf_counter()
        counts_of(backend, program, 50_000)
        seconds = perf_counter() - started
        advise(seconds, 20, "sampling 50000 shots")

    def test_concurrent_runs(self, backend: BridgeAdapter) -> None:
        sizes = [n for n in (2, 3, 4, 5) if n <= backend.max_qubits] * 3
        with ThreadPoolExecutor(max_workers=4) as pool:
            found = list(pool.map(lambda n: counts_of(backend, ghz(n), 200), sizes))
        for n, counts in zip(sizes, found, strict=True):
            assert set(counts) <= {"0" * n, "1" * n}, (
                f"runs side by side mix: {n} qubits gave {counts}"
            )
