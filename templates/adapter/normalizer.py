"""Results of {{backend}} in the order that the host's normalizers use."""

from __future__ import annotations

from .._bridge import to_little_endian
from ..base import ExecutionResult


def normalize(result: ExecutionResult) -> ExecutionResult:
    """Turn counts, state vector and density matrix from Cirq's order to little-endian, all together.

    Args:
        result: What `{{class}}.execute` returned; it says its order in `metadata["qubit_order"]`.

    Returns:
        A new result in which qubit 0 is the least significant bit; one that is so already stays as it is.
    """
    return to_little_endian(result)
