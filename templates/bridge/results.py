"""Checks what a simulator returned and puts it into the host's result."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import WrongResult
from .native import matrix, vectors

LOOSEST_NORM = 1e-2
"""A state whose norm is off by more is no state; simulators that round to three digits stay below."""
LOOSEST_PROBABILITY = 1e-4
"""How far a probability may be below zero or beside the real axis; single precision stays far below."""


def checked_state(raw: Any, qubits: int) -> np.ndarray:
    """A state vector of 2^n finite amplitudes with norm one, in the simulator's order.

    An array of complex numbers is handed on as it is, without a copy. The norm is checked all the same: at one pass of
    BLAS it costs less than one gate, and it is what tells a state from an array that was freed, not filled, or meant
    as something else; NaN and infinity show in it too.

    Raises:
        WrongResult: It is no state; see `native` for what can be read.
    """
    norm = float("nan")
    if isinstance(raw, np.ndarray) and raw.dtype.kind == "c" and raw.size == 1 << qubits:
        state = np.asarray(raw).reshape(-1)
        norm = squared_norm(state)
        if abs(norm - 1) <= LOOSEST_NORM:
            return state
    else:
        for state in vectors(raw, qubits, "state"):
            state = state.astype(np.result_type(state, np.complex64), copy=False)
            norm = squared_norm(state)
            if abs(norm - 1) <= LOOSEST_NORM:
                return state
    raise WrongResult(f"the simulator's state has the norm {norm:.6g}, expected is one")


def checked_density(raw: Any, qubits: int) -> np.ndarray:
    """A density matrix of 2^n rows, Hermitian, with trace one, in the simulator's order.

    Raises:
        WrongResult: It is not.
    """
    density = matrix(raw, qubits, "density matrix")
    # The comparisons are written so that NaN fails them.
    if not abs(np.trace(density) - 1) <= LOOSEST_NORM:
        raise WrongResult(
            f"the simulator's density matrix has the trace {np.trace(density):.6g}, expected is one"
        )
    if not np.abs(density - density.conj().T).max() <= LOOSEST_NORM:
        raise WrongResult("the simulator's density matrix is not Hermitian")
    return density


def checked_probabilities(raw: Any, qubits: int) -> np.ndarray:
    """2^n probabilities with sum one, in the simulator's order; rounding below zero is cut.

    Raises:
        WrongResult: They are none; see `native` for what can be read.
    """
    for values in vectors(raw, qubits, "probabilities"):
        weights = values.real.astype(np.float64, copy=False)
        if (
            abs(weights.sum() - 1) <= LOOSEST_NORM
            and weights.min() >= -LOOSEST_PROBABILITY
            and np.abs(values.imag).max() <= LOOSEST_PROBABILITY
        ):
            return np.clip(weights, 0, None)
    raise WrongResult(
        f"the simulator's probabilities have the sum {values.sum():.6g}, expected are real numbers from zero to one "
        "with the sum one"
    )


def squared_norm(state: np.ndarray) -> float:
    """Sum of |amplitude|², in one pass of BLAS."""
    return float(np.vdot(state, state).real)


def squared_moduli(state: np.ndarray) -> np.ndarray:
    """|amplitude|² in double precision."""
    return np.square(state.real, dtype=np.float64) + np.square(state.imag, dtype=np.float64)


def diagonal(density: np.ndarray) -> np.ndarray:
    """Probabilities of a density matrix; rounding below zero is cut."""
    return np.clip(np.diagonal(density).real.astype(np.float64), 0, None)
