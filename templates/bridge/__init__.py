"""What the backends of this package share: reading circuits, lowering gates, bit order, sampling, errors.

A backend is a short `adapter.py` in a folder beside this one: a table of gates and one function that runs them, see
`BridgeAdapter`.
"""

from __future__ import annotations

from .base_adapter import BridgeAdapter
from .calls import calls
from .errors import InvalidCircuit, TooManyQubits, WrongResult
from .isolated import IsolatedAdapter
from .lowering import Lowering
from .native import first_column
from .normalize import to_little_endian
from .program import Measurement, Operation, Program
from .reading import read
from .text import lines

__all__ = [
    "BridgeAdapter",
    "InvalidCircuit",
    "IsolatedAdapter",
    "Lowering",
    "Measurement",
    "Operation",
    "Program",
    "TooManyQubits",
    "WrongResult",
    "calls",
    "first_column",
    "lines",
    "read",
    "to_little_endian",
]
