"""The turn from Cirq's order to little-endian, for a backend's normalizer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..base import ExecutionResult


def to_little_endian(result: ExecutionResult) -> ExecutionResult:
    """The same result with qubit 0 as the least significant bit, in counts, state vector and density matrix alike.

    Backends on this bridge emit Cirq's order, and say so in `metadata["qubit_order"]`. A result that does not say
    `"big_endian"` is returned as it is, so that turning twice does no harm.

    Args:
        result: What `execute` returned.

    Returns:
        A new result; nothing of the given one is changed.
    """
    if result.metadata.get("qubit_order") != "big_endian":
        return result
    data: dict[str, Any] = dict(result.data)
    if "counts" in data:
        data["counts"] = {key[::-1]: times for key, times in data["counts"].items()}
    if "statevector" in data:
        data["statevector"] = reversed_bits(data["statevector"], 1)
    if "density_matrix" in data:
        data["density_matrix"] = reversed_bits(data["density_matrix"], 2)
    return replace(result, data=data, metadata={**result.metadata, "qubit_order": "little_endian"})


def reversed_bits(array: Any, axes: int) -> np.ndarray:
    """The array with the bits of the index of each of its `axes` axes in reversed order."""
    values = np.asarray(array)
    qubits = values.shape[0].bit_length() - 1
    turned = [axis * qubits + qubits - 1 - bit for axis in range(axes) for bit in range(qubits)]
    return values.reshape((2,) * (axes * qubits)).transpose(turned).reshape(values.shape)
