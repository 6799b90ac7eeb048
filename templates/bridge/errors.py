"""Errors of the bridge's own rooms, and what they become in the host.

Reading, lowering and sampling know neither the backend's name nor the host's exceptions, so that they can be
used and tested alone.
"""

from __future__ import annotations

from ..exceptions import CircuitValidationError, QubitLimitExceededError


class InvalidCircuit(ValueError):
    """The circuit or an option cannot be run; the message names the operation and says what to do."""


class TooManyQubits(ValueError):
    """The circuit has more qubits than the backend may use.

    Raised by readers as soon as the number is known, before anything of that size is made.
    """

    def __init__(self, requested: int, limit: int) -> None:
        super().__init__(f"the circuit has {requested} qubits, the limit is {limit}")
        self.requested = requested
        self.limit = limit


class WrongResult(RuntimeError):
    """The simulator gave back something that is no state, density matrix or sample of the circuit."""


def refusal(
    backend: str, error: InvalidCircuit | TooManyQubits, most: int
) -> CircuitValidationError | QubitLimitExceededError:
    """What the host is told of a circuit that a backend of at most `most` qubits refuses."""
    if isinstance(error, TooManyQubits):
        return QubitLimitExceededError(backend, error.requested, min(error.limit, most))
    return CircuitValidationError(backend, str(error))
