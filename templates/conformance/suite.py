"""What every test class of the suite starts from: the backend under test, and when there is nothing to test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest

from .. import BridgeAdapter
from .measure import gives_states


class Suite:
    """A test class names its subject:

    >>> class Subject:
    ...     adapter = SomeAdapter
    ...     gates = ("h", "x", "cx", "rx", "matrix")
    >>> class TestUnit(Subject, Unit): ...
    """

    adapter: ClassVar[type[BridgeAdapter]]
    gates: ClassVar[Sequence[str]]
    """Every gate that must run, natively or written with others; `"matrix"` if unitaries must. All others must be
    refused with `CircuitValidationError`."""

    @pytest.fixture
    def backend(self) -> BridgeAdapter:
        """The backend; without its package there is nothing to test, and the reason is shown."""
        backend = self.adapter()
        reason = backend.unavailable_reason()
        if reason is not None:
            pytest.skip(reason)
        return backend

    def has(self, *names: str) -> None:
        """Skip unless the backend has these gates."""
        missing = [name for name in names if name not in self.gates]
        if missing:
            pytest.skip(f"{self.adapter.name} has no {', '.join(missing)}")

    def fits(self, qubits: int) -> None:
        """Skip when the circuit is too large for the backend."""
        if qubits > self.adapter.max_qubits:
            pytest.skip(
                f"{self.adapter.name} runs at most {self.adapter.max_qubits} qubits, this needs {qubits}"
            )


def needs_states(backend: BridgeAdapter) -> None:
    """Skip for a backend that gives counts only."""
    if not gives_states(backend):
        pytest.skip("the simulator gives counts only")
