"""Results of {{backend}} in the order that the host's normalizers use."""

from __future__ import annotations

from .._bridge import to_little_endian
from ..base import ExecutionResult


def normalize(result: ExecutionResult) -> ExecutionResult:
    """Turn counts, state vector and density matrix from Cirq's order to little-endian, all together."""
    return to_little_endian(result)
