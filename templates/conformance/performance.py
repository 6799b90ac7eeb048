"""Performance tests of a backend: generous bounds that only a mistake exceeds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from .. import BridgeAdapter
from .circuits import ghz, random_program
from .measure import counts_of
from .suite import Suite


class Performance(Suite):
    """Time, and runs side by side."""

    def test_start(self) -> None:
        started = perf_counter()
        self.adapter().get_capabilities()
        seconds = perf_counter() - started
        assert seconds < 5, f"making the adapter took {seconds:.1f} s"

    def test_hundred_gates(self, backend: BridgeAdapter) -> None:
        n = min(10, backend.max_qubits)
        program = random_program(
            n, [name for name in ("h", "x", "cx", "t", "rz") if name in self.gates], 20, 1
        )
        backend.execute(program, shots=1)  # what is compiled or imported at first use
        started = perf_counter()
        backend.execute(program, shots=100)
        seconds = perf_counter() - started
        assert seconds < 5, f"{len(program.operations)} gates on {n} qubits took {seconds:.1f} s"

    def test_many_shots(self, backend: BridgeAdapter) -> None:
        program = ghz(min(6, backend.max_qubits))
        counts_of(backend, program, 10)
        started = perf_counter()
        counts_of(backend, program, 50_000)
        seconds = perf_counter() - started
        assert seconds < 20, f"50000 shots took {seconds:.1f} s"

    def test_concurrent_runs(self, backend: BridgeAdapter) -> None:
        sizes = [n for n in (2, 3, 4, 5) if n <= backend.max_qubits] * 3
        with ThreadPoolExecutor(max_workers=4) as pool:
            found = list(pool.map(lambda n: counts_of(backend, ghz(n), 200), sizes))
        for n, counts in zip(sizes, found, strict=True):
            assert set(counts) <= {"0" * n, "1" * n}, (
                f"runs side by side mix: {n} qubits gave {counts}"
            )
