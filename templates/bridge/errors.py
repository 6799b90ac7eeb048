"""Errors of the bridge's own rooms; the adapter turns them into the host's error classes.

Reading, lowering and sampling know neither the backend's name nor the host's exceptions, so that they can be
used and tested alone. `refusal.py` translates for `BridgeAdapter`.
"""

from __future__ import annotations


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
