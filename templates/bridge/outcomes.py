"""From a simulator's name of a basis state, `"011"`, `(0, 1, 1)`, `"|011>"`, `0x3`, 3, to its index.

An index here is the simulator's own: the first bit of a key is the most significant one, whichever qubit that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .errors import WrongResult


def outcome(key: Any, qubits: int) -> int:
    """The index of a basis state.

    Where a text could be two things, these rules hold, in this order: `0x…` is a hexadecimal index; a text with as many
    bits as there are qubits, and no other digit or letter, is bits, whatever stands around and between them
    (`"|0 1 1>"`, `"0b011"`); a decimal number with fewer digits than there are qubits, and no zero in front, is an
    index. A bare number is an index, a sequence is one bit per qubit.

    Args:
        key: Text, a sequence of bits, or a whole number, of any library.
        qubits: Number of qubits of the circuit.

    Raises:
        WrongResult: It is no basis state of so many qubits.
    """
    if isinstance(key, str):
        return _from_text(key, qubits)
    plain = key.tolist() if callable(getattr(key, "tolist", None)) else key
    if isinstance(plain, tuple | list):
        return _from_bits(plain, qubits)
    if hasattr(plain, "__index__") and not (plain is key and isinstance(key, bool)):
        index = plain.__index__()
        if 0 <= index < 1 << qubits:
            return index
    elif isinstance(plain, Iterable) and not isinstance(plain, str | bytes):
        return _from_bits(plain, qubits)
    raise _no_outcome(key, qubits)


def reversed_index(index: int, qubits: int) -> int:
    """The index whose bits stand in the opposite order."""
    return int(format(index, f"0{qubits}b")[::-1], 2)


def _from_text(key: str, qubits: int) -> int:
    if len(key) == qubits and not key.strip("01"):
        return int(key, 2)
    text = key.strip()
    try:
        if text[:2] in ("0x", "0X"):
            return outcome(int(text, 16), qubits)
        text = text.removeprefix("0b")
        bits = re.sub(r"[^01]", "", text)
        if len(bits) == qubits and not re.search(r"[2-9a-zA-Z]", text):
            return int(bits, 2)
        if text.isdecimal() and len(text) < qubits and (text[0] != "0" or text == "0"):
            return outcome(int(text), qubits)
    except ValueError as error:
        raise _no_outcome(key, qubits) from error
    raise _no_outcome(key, qubits)


def _from_bits(bits: Iterable[Any], qubits: int) -> int:
    index = found = 0
    for bit in bits:
        try:
            value = int(bit)
        except (TypeError, ValueError) as error:
            raise _no_outcome(bits, qubits) from error
        if value not in (0, 1) or found == qubits:
            raise _no_outcome(bits, qubits)
        index, found = index << 1 | value, found + 1
    if found != qubits:
        raise _no_outcome(bits, qubits)
    return index


def _no_outcome(key: Any, qubits: int) -> WrongResult:
    shown = repr(key)[:80] if isinstance(key, str | int | tuple | list) else type(key).__name__
    return WrongResult(
        f"the simulator gave the outcome {shown} for {qubits} qubits; expected is one bit per qubit, or an index "
        f"below 2^{qubits}"
    )
