"""Brings results of different backends into one form, so that they can be compared.

The common form is little-endian: qubit 0 is the least significant bit of an index and stands at the
right of a bit string. Backends that follow Cirq say ``qubit_order: big_endian`` in their metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from proxima.backends.base import ExecutionResult, ResultType

#: Probabilities below this are numerical noise and are not listed.
NEGLIGIBLE = 1e-15


def normalize_counts(counts: Mapping[str, int], *, little_endian: bool = True) -> dict[str, float]:
    """Turn counts into probabilities, sorted by bit string.

    Args:
        counts: Bit string to number of shots.
        little_endian: Whether the bit strings are in the common order already; otherwise they are
            turned round.
    """
    total = sum(counts.values())
    if total == 0:
        return {}
    shares = {key if little_endian else key[::-1]: number / total for key, number in counts.items()}
    return dict(sorted(shares.items()))


def normalize_statevector(statevector: Any) -> np.ndarray:
    """Return the state as a complex vector of length one; the zero vector stays."""
    state = np.asarray(statevector, dtype=complex).reshape(-1)
    norm = np.linalg.norm(state)
    return state / norm if norm > 0 else state


def normalize_density_matrix(density_matrix: Any) -> np.ndarray:
    """Return the density matrix as complex numbers with trace one; a traceless one stays."""
    matrix = np.asarray(density_matrix, dtype=complex)
    trace = np.trace(matrix)
    return matrix / trace if trace != 0 else matrix


def probabilities_from_statevector(statevector: np.ndarray) -> dict[str, float]:
    """Return the probability of each outcome. Bit strings are the index's binary digits."""
    return _listed(np.abs(statevector) ** 2)


def probabilities_from_density_matrix(density_matrix: np.ndarray) -> dict[str, float]:
    """Return the probability of each outcome. Bit strings are the index's binary digits."""
    return _listed(np.real(np.diag(density_matrix)))


def normalize_result(result: ExecutionResult) -> ExecutionResult:
    """Return the result with unit norm or trace and with ``probabilities``; the order stays."""
    data = dict(result.data)
    if result.result_type is ResultType.COUNTS:
        data["probabilities"] = normalize_counts(data["counts"])
    elif result.result_type is ResultType.STATEVECTOR:
        data["statevector"] = normalize_statevector(data["statevector"])
        data["probabilities"] = probabilities_from_statevector(data["statevector"])
    else:
        data["density_matrix"] = normalize_density_matrix(data["density_matrix"])
        data["probabilities"] = probabilities_from_density_matrix(data["density_matrix"])
    return replace(result, data=data)


def normalize_backend_result(result: ExecutionResult) -> ExecutionResult:
    """Return the result in the common form: normalized, and little-endian."""
    if result.metadata.get("qubit_order") != "big_endian":
        return normalize_result(result)
    data = dict(result.data)
    if "counts" in data:
        data["counts"] = {key[::-1]: number for key, number in data["counts"].items()}
    for key, sides in (("statevector", 1), ("density_matrix", 2)):
        if key in data:
            data[key] = _turned(np.asarray(data[key]), result.qubit_count, sides)
    metadata = {**result.metadata, "qubit_order": "little_endian"}
    return normalize_result(replace(result, data=data, metadata=metadata))


def compare_probabilities(
    probs_a: Mapping[str, float], probs_b: Mapping[str, float], *, tolerance: float = 1e-6
) -> tuple[bool, dict[str, Any]]:
    """Compare two distributions.

    Returns:
        Whether they agree within ``tolerance`` for each outcome, and ``max_diff`` with
        ``differing_states``.
    """
    gaps = {key: abs(probs_a.get(key, 0.0) - probs_b.get(key, 0.0)) for key in {*probs_a, *probs_b}}
    differing = sorted(key for key, gap in gaps.items() if gap > tolerance)
    details = {"max_diff": max(gaps.values(), default=0.0), "differing_states": differing}
    return not differing, details


def _listed(probabilities: np.ndarray) -> dict[str, float]:
    width = (len(probabilities) - 1).bit_length()
    return {
        format(index, f"0{width}b") if width else "": float(value)
        for index, value in enumerate(probabilities)
        if value > NEGLIGIBLE
    }


def _turned(array: np.ndarray, qubits: int, sides: int) -> np.ndarray:
    """Reverse the order of the qubits in a state (one side) or a density matrix (two sides)."""
    axes = [side * qubits + axis for side in range(sides) for axis in reversed(range(qubits))]
    return array.reshape((2,) * (qubits * sides)).transpose(axes).reshape(array.shape)
