"""A fixed decoder: whatever a simulator hands back → amplitudes, matrices, probabilities or counts.

Order of qubits is not decided here. An index is the native one: an integer key is taken as it is, and in a key made of
bits (``'011'``, ``(0, 1, 1)``) the first bit is the most significant.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from guard import OutOfTime

MAX_ITEMS = 1 << 21
#: A stream of shots has no length; one that never ends is cut off here.
_MAX_STREAM = 1 << 18
_KEY_FIELDS = (
    ("state",), ("state", "int"), ("state", "lsb_int"), ("lsb_int",), ("bitstring",), ("bits",),
    ("basis",), ("basis_state",), ("index",), ("key",), ("label",),
)  # fmt: skip
#: Names of the two parts of complex numbers that are given apart, as JSON wants them.
_PARTS = (("re", "im"), ("real", "imag"), ("real", "imaginary"))
_VALUE_FIELDS = ("amplitude", "amp", "probability", "prob", "count", "value")


@dataclass(frozen=True)
class Decoded:
    """One reading of a native value.

    ``kind`` and the shape of ``data``: ``state`` complex (2ⁿ) · ``unitary``, ``density`` complex (2ⁿ, 2ⁿ) ·
    ``probabilities`` float (2ⁿ) · ``counts``, ``samples`` float (2ⁿ), the number of times that each index was seen.
    """

    kind: str
    data: np.ndarray


def decode(value: Any, n: int, kind: str | None = None) -> list[Decoded]:
    """Return all readings of ``value`` for ``n`` qubits, the most telling first; empty if it is none.

    With ``kind``, only readings of that kind. Real, non-negative numbers may be amplitudes *or* probabilities: both are
    returned and the measurement tells them apart. Never raises.
    """
    try:
        found = _decode(value, n)
    except OutOfTime:
        raise
    except (
        BaseException
    ):  # a package may raise what is no Exception, from anything that is asked of a value
        return []
    return [one for one in found if kind is None or one.kind == kind]


def decode_as(value: Any, n: int, kind: str) -> np.ndarray:
    """Return the data of ``value`` read as ``kind``; ValueError where it is nothing of that kind."""
    found = decode(value, n, kind)
    if not found:
        raise ValueError(f"a {type(value).__name__} came back that is no {kind} of {n} qubits")
    return found[0].data


def _decode(value: Any, n: int) -> list[Decoded]:
    size = 2**n
    if value is None or isinstance(value, (str, bytes, bool, int, float, type)):
        return []
    if callable(getattr(value, "items", None)):
        return _from_mapping(dict(itertools.islice(value.items(), size + 1)), n)
    array = _as_array(value, size)
    if array is None and _is_subscripted(value):
        array = _as_array([value[index] for index in range(size)], size)
    if array is not None:
        return _from_array(array, n)
    items = _as_items(value, size)
    if items is None:
        return []
    shots = _from_shots(items, n)
    if shots:
        return shots
    return _from_records(items, n) if len(items) <= size else []


def _is_subscripted(value: Any) -> bool:
    """Whether entries are only given one by one, `state[5]`, without a length or an iterator."""
    kind = type(value)
    return (
        hasattr(kind, "__getitem__")
        and not hasattr(kind, "__len__")
        and not hasattr(kind, "__iter__")
    )


def _as_array(value: Any, size: int) -> np.ndarray | None:
    """The numbers of an array-like, without copying what is too large to be a state or a matrix."""
    for method in ("detach", "resolve_conj", "cpu", "toarray", "full", "to_numpy", "numpy"):
        function = getattr(value, method, None)
        if callable(function) and not isinstance(value, np.ndarray):
            try:
                value = function()
            except Exception:
                continue
    if callable(value) and not hasattr(value, "__array__") and not hasattr(value, "tolist"):
        return None
    if (
        not hasattr(value, "__array__")
        and not isinstance(value, (list, tuple))
        and callable(getattr(value, "tolist", None))
    ):
        value = value.tolist()
    value = _bounded(value)
    try:
        array = np.asarray(value)
    except Exception:
        return None
    if array.ndim == 0 or array.size == 0 or array.size > MAX_ITEMS:
        return None
    if array.dtype == object:
        try:
            array = np.array([_number(one) for one in array.ravel()]).reshape(array.shape)
        except Exception:
            return None  # records, perhaps
    return array if array.dtype.kind in "iufc" else None


def _bounded(value: Any) -> Any:
    """A sequence of the package's own as a list; None where it is longer than any result, or does not end.

    The library would believe its length and take everything that it gives, which no time limit interrupts.
    """
    plain = isinstance(value, (np.ndarray, list, tuple, str, bytes, bytearray, memoryview))
    if plain or hasattr(value, "__array__") or hasattr(value, "__array_interface__"):
        return value
    kind = type(value)
    if not (
        hasattr(kind, "__len__") and hasattr(kind, "__getitem__") and hasattr(kind, "__iter__")
    ):
        return value
    length = len(value)
    items = list(itertools.islice(iter(value), min(length, MAX_ITEMS) + 1))
    return items if len(items) == length else None


def _from_array(array: np.ndarray, n: int) -> list[Decoded]:
    size = 2**n
    shots: list[Decoded] = []
    integers = array.dtype.kind in "iu"
    if array.ndim == 2 and array.shape[1] == n and array.shape[0] not in (1, size, 2 * size):
        shots = _from_shots(array.tolist(), n) if _is_bits(array) else []
    if array.size == size and n >= 1:
        found = _from_vector(array.ravel(), size)
        if found:
            return found
    if array.size == 2 * size and array.shape[-1] == 2 and not shots:
        pairs = array.reshape(size, 2)
        found = _from_vector(pairs[:, 0] + 1j * pairs[:, 1], size)
        if found:
            return found
    if array.shape == (2, size) and size != 2 and not shots:
        found = _from_vector(array[0] + 1j * array[1], size)
        if found:
            return found
    if array.size == size * size and array.ndim >= 2 and n > 1:
        found = _from_matrix(array.reshape(size, size).astype(complex))
        if found:
            return found
    if shots:
        return shots
    if array.shape == (n,) and n > 1 and integers and _is_bits(array):
        return [_histogram([_bits_index(array.tolist(), n)], size, "samples")]
    if integers and array.ndim in (1, 2) and array.size > size:
        return _from_shots(array.tolist() if array.ndim == 1 else [list(a) for a in array], n)
    return []


def _is_bits(array: np.ndarray) -> bool:
    return bool(np.all((array == 0) | (array == 1)))


def _from_vector(values: np.ndarray, size: int) -> list[Decoded]:
    """A list of 2ⁿ numbers: amplitudes, probabilities or counts."""
    vector = values.astype(complex)
    if not np.all(np.isfinite(vector)):
        return []
    found: list[Decoded] = []
    if abs(float(np.vdot(vector, vector).real) - 1) < 3e-3:
        found.append(Decoded("state", vector))
    real = vector.real
    if np.all(np.abs(vector.imag) < 1e-9) and np.all(real > -1e-9):
        total = float(real.sum())
        if abs(total - 1) < 1e-3:
            found.append(Decoded("probabilities", real.copy()))
        elif total > 1.5 and np.all(np.abs(real - np.round(real)) < 1e-9):
            found.append(Decoded("counts", np.round(real)))
    return found


def _from_matrix(matrix: np.ndarray) -> list[Decoded]:
    if not np.all(np.isfinite(matrix)):
        return []
    trace = np.trace(matrix)
    if (
        abs(trace - 1) < 1e-3
        and np.allclose(matrix, matrix.conj().T, atol=1e-3)
        and np.all(np.diag(matrix).real > -1e-4)
    ):
        return [Decoded("density", matrix)]
    if np.allclose(matrix.conj().T @ matrix, np.eye(len(matrix)), atol=1e-3):
        return [Decoded("unitary", matrix)]
    return []


def _from_mapping(mapping: Mapping[Any, Any], n: int) -> list[Decoded]:
    size = 2**n
    apart = _in_parts(mapping, size)
    if apart is not None:
        return _from_vector(apart, size)
    if not 0 < len(mapping) <= size:
        return []
    vector = np.zeros(size, dtype=complex)
    integers = True
    for key, value in mapping.items():
        number = _number(value)
        integers = integers and float(number.real).is_integer() and not number.imag
        vector[_key_index(key, n)] += number
    if integers and float(vector.real.sum()) > 1.5:
        return [Decoded("counts", vector.real.copy())]
    return _from_vector(vector, size)


def _parts(value: Any) -> tuple[Any, Any] | None:
    """Real and imaginary part that stand under two keys: `{"re": …, "im": …}`."""
    if isinstance(value, Mapping) and len(value) == 2:
        for real, imaginary in _PARTS:
            if real in value and imaginary in value:
                return value[real], value[imaginary]
    return None


def _in_parts(mapping: Mapping[Any, Any], size: int) -> np.ndarray | None:
    """Amplitudes whose real and imaginary parts are given apart."""
    apart = _parts(mapping)
    rows = [_as_array(part, size) for part in apart or ()]
    if not rows or any(row is None or row.size != size for row in rows):
        return None
    real, imaginary = (np.ravel(row) for row in rows if row is not None)
    return real + 1j * imaginary


def _as_items(value: Any, size: int) -> list[Any] | None:
    if isinstance(value, (list, tuple)):
        return list(value) if len(value) <= MAX_ITEMS else None
    if hasattr(value, "__iter__"):
        return list(itertools.islice(iter(value), _MAX_STREAM))
    if hasattr(value, "__len__") and hasattr(value, "__getitem__") and len(value) <= size * size:
        return [value[index] for index in range(len(value))]
    return None


def _from_shots(items: list[Any], n: int) -> list[Decoded]:
    """A list with one entry per shot: integers, lists of bits, strings of bits, or columns of single bits."""
    if len(items) < 2:
        return []
    try:
        return [_histogram((_key_index(item, n) for item in items), 2**n, "samples")]
    except (TypeError, ValueError):
        return []


def _histogram(indexes: Iterable[int], size: int, kind: str) -> Decoded:
    found = np.fromiter(indexes, dtype=np.int64)
    return Decoded(kind, np.bincount(found, minlength=size).astype(float))


def _from_records(items: list[Any], n: int) -> list[Decoded]:
    """A list of objects, each with a basis state and an amplitude, probability or count; or of pairs of them."""
    if all(isinstance(item, tuple) and len(item) == 2 for item in items):
        return _from_mapping(dict(items), n)
    for fields, name in itertools.product(_KEY_FIELDS, _VALUE_FIELDS):
        try:
            mapping: dict[Any, Any] = {}
            for item in items:
                key = item
                for one in fields:
                    key = key[one] if isinstance(key, Mapping) else getattr(key, one)
                value = item[name] if isinstance(item, Mapping) else getattr(item, name)
                mapping[_key_index(key, n)] = value
            found = _from_mapping(mapping, n)
        except Exception:
            continue
        if found:
            return found
    return []


def _number(value: Any) -> complex:
    """A number of any library: scalars of arrays, (re, im) pairs, symbolic constants, objects with real and imag."""
    if isinstance(value, (bool, str, bytes)) or value is None:
        raise TypeError(f"{type(value).__name__} is no number")
    if callable(getattr(value, "item", None)):
        value = value.item()
    if isinstance(value, (list, tuple)):
        if len(value) == 1:
            return _number(value[0])
        if len(value) == 2:
            return complex(float(value[0]), float(value[1]))
        raise TypeError("a sequence is no number")
    apart = _parts(value)
    if apart is not None:
        return complex(float(apart[0]), float(apart[1]))
    if isinstance(value, (int, float, complex)):
        return complex(value)
    if hasattr(value, "__complex__") or hasattr(value, "__float__"):
        return complex(value)
    if hasattr(value, "real") and hasattr(value, "imag"):
        part = [one() if callable(one) else one for one in (value.real, value.imag)]
        return complex(float(part[0]), float(part[1]))
    raise TypeError(f"{type(value).__name__} is no number")


def _bits_index(bits: Iterable[Any], n: int) -> int:
    numbers = [int(bit) for bit in bits]
    if len(numbers) != n or any(bit not in (0, 1) for bit in numbers):
        raise TypeError("not one bit per qubit")
    return int("".join(map(str, numbers)), 2)


def _key_index(key: Any, n: int) -> int:
    """Native index of a key: bits as a string (also in a ket), bits as a sequence, or an integer."""
    if isinstance(key, str):
        text = key.strip()
        if text.startswith(("0x", "0X")):
            return _key_index(int(text, 16), n)
        text = text.removeprefix("0b")
        bits = re.sub(r"[^01]", "", text)
        if len(bits) == n and not re.search(r"[2-9a-zA-Z]", text):
            return int(bits, 2)
        if text.isdecimal() and len(text) < n:
            return _key_index(int(text), n)
        raise TypeError("a text that is no basis state")
    if isinstance(key, bool):
        raise TypeError("a truth value is no basis state")
    if callable(getattr(key, "tolist", None)):
        key = key.tolist()
    if isinstance(key, (tuple, list)):
        return _bits_index(key, n)
    if hasattr(key, "__index__"):
        index = key.__index__()
        if 0 <= index < 2**n:
            return index
        raise TypeError("an index out of range")
    if isinstance(key, Iterable):
        return _bits_index(key, n)
    raise TypeError(f"{type(key).__name__} is no basis state")
