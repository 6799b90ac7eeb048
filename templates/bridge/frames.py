"""Messages between a backend and its worker process: a JSON header and raw arrays, never pickles.

A frame is a magic word, the length of the header, the header, and the bytes of the arrays one after the other. Nothing
of a message is executed or looked up by name, and nothing is allocated before its size was compared with a bound.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

import numpy as np

MAGIC = b"gbw1"
MAX_HEADER = 64 * 2**20
"""Bytes of JSON: about a million gates."""
_HEAD = struct.Struct(">4sI")
_ARRAY = "__array__"
_KINDS = "biufc"


class BrokenFrame(RuntimeError):
    """What came is no frame, or larger than it may be."""


def write(stream: BinaryIO, body: Any) -> None:
    """Send one message: None, truth values, numbers, texts, lists, dictionaries with texts as keys, and arrays.

    Raises:
        BrokenFrame: The message is too large.
        TypeError: It holds something else.
    """
    arrays: list[np.ndarray] = []

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind in _KINDS:
            arrays.append(np.ascontiguousarray(value))
            return {_ARRAY: len(arrays) - 1}
        if isinstance(value, np.generic):
            return value.item()
        raise TypeError(f"a {type(value).__name__} cannot be sent to another process")

    text = json.dumps(body, default=plain, separators=(",", ":"))
    shapes = [[array.dtype.str, list(array.shape)] for array in arrays]
    header = json.dumps([shapes, 0], separators=(",", ":"))[:-2].encode() + text.encode() + b"]"
    if len(header) > MAX_HEADER:
        raise BrokenFrame(f"the message has {len(header)} bytes, at most {MAX_HEADER} may be sent")
    stream.write(_HEAD.pack(MAGIC, len(header)) + header)
    for array in arrays:
        if array.size:
            stream.write(array.reshape(-1).view(np.uint8).data)
    stream.flush()


def read(stream: BinaryIO, most: int) -> Any:
    """Receive one message, or raise EOFError where the other side has ended.

    Args:
        stream: A buffered stream.
        most: Bytes that its arrays may have together.

    Raises:
        BrokenFrame: It is none.
    """
    magic, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if magic != MAGIC or length > MAX_HEADER:
        raise BrokenFrame("what came is no message of the bridge")
    try:
        shapes, body = json.loads(_exactly(stream, length))
        dtypes = [(np.dtype(name), tuple(map(int, shape))) for name, shape in shapes]
    except (ValueError, TypeError, RecursionError) as error:
        raise BrokenFrame(f"the header of a message cannot be read: {error}") from error
    arrays = []
    for dtype, shape in dtypes:
        size = dtype.itemsize
        for extent in shape:
            size *= extent
        if dtype.kind not in _KINDS or size < 0 or size > most or min(shape, default=0) < 0:
            raise BrokenFrame(f"an array of {dtype} and shape {shape} is not expected here")
        most -= size
        array = np.empty(shape, dtype)
        if array.size:
            _fill(stream, array.reshape(-1).view(np.uint8).data)
        arrays.append(array)
    return _with_arrays(body, arrays)


def _with_arrays(value: Any, arrays: list[np.ndarray]) -> Any:
    if not arrays:
        return value
    if isinstance(value, list):
        return [_with_arrays(one, arrays) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {_ARRAY}:
        place = value[_ARRAY]
        if not isinstance(place, int) or not 0 <= place < len(arrays):
            raise BrokenFrame("a message names an array that it does not have")
        return arrays[place]
    return {name: _with_arrays(one, arrays) for name, one in value.items()}


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = bytearray(size)
    _fill(stream, memoryview(found))
    return bytes(found)


def _fill(stream: BinaryIO, view: memoryview) -> None:
    while len(view):
        count = stream.readinto(view)  # type: ignore[attr-defined]
        if not count:
            raise EOFError("the other process has ended")
        view = view[count:]
