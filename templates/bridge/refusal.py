"""What the errors of the bridge become in the host."""

from __future__ import annotations

from ..exceptions import CircuitValidationError, QubitLimitExceededError
from .errors import InvalidCircuit, TooManyQubits


def refusal(
    backend: str, error: InvalidCircuit | TooManyQubits, most: int
) -> CircuitValidationError | QubitLimitExceededError:
    """What the host is told of a circuit that a backend of at most `most` qubits refuses."""
    if isinstance(error, TooManyQubits):
        return QubitLimitExceededError(backend, error.requested, min(error.limit, most))
    return CircuitValidationError(backend, str(error))
