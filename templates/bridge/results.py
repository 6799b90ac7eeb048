"""Checks what a simulator returned and puts it into the host's result."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import WrongResult

LOOSEST_NORM = 1e-2
"""A state whose norm is off by more is no state; simulators that round to three digits stay below."""


def checked_state(raw: Any, qubits: int) -> np.ndarray:
    """A state vector of 2^n finite amplitudes with norm one.

    Raises:
        WrongResult: It is not.
    """
    try:
        state = np.asarray(raw)
        if state.dtype.kind != "c":
            state = state.astype(complex)
    except (TypeError, ValueError) as error:
        raise WrongResult(
            f"the simulator's state is a {type(raw).__name__}, not an array of numbers"
        ) from error
    if state.size != 1 << qubits:
        raise WrongResult(f"the simulator's state has {state.size} amplitudes, not 2^{qubits}")
    state = state.reshape(-1)
    norm = float(np.vdot(state, state).real)
    # The comparison is written so that NaN fails it.
    if not abs(norm - 1) <= LOOSEST_NORM:
        raise WrongResult(f"the simulator's state has the norm {norm:.6g}")
    return state


def checked_density(raw: Any, qubits: int) -> np.ndarray:
    """A density matrix of 2^n rows, Hermitian, with trace one.

    Raises:
        WrongResult: It is not.
    """
    try:
        matrix = np.asarray(raw).astype(complex, copy=False)
    except (TypeError, ValueError) as error:
        raise WrongResult(
            f"the simulator's density matrix is a {type(raw).__name__}, not an array"
        ) from error
    if matrix.size != 1 << 2 * qubits:
        raise WrongResult(
            f"the simulator's density matrix has {matrix.size} entries, not 4^{qubits}"
        )
    matrix = matrix.reshape(1 << qubits, 1 << qubits)
    if not abs(np.trace(matrix) - 1) <= LOOSEST_NORM:
        raise WrongResult(f"the simulator's density matrix has the trace {np.trace(matrix):.6g}")
    if not np.abs(matrix - matrix.conj().T).max() <= LOOSEST_NORM:
        raise WrongResult("the simulator's density matrix is not Hermitian")
    return matrix


def probabilities(state: np.ndarray) -> np.ndarray:
    """|amplitude|² in double precision."""
    return np.square(state.real, dtype=np.float64) + np.square(state.imag, dtype=np.float64)


def diagonal(density: np.ndarray) -> np.ndarray:
    """Probabilities of a density matrix; rounding below zero is cut."""
    return np.clip(np.diagonal(density).real.astype(np.float64), 0, None)
