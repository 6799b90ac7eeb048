"""Forms in which simulators give numbers: classes that packages make for them, and ways to write 2^n of them."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np


class Tensor:
    """As libraries of tensors do it: needs to be detached, and is no array by itself."""

    def __init__(self, values: Any, detached: bool = False) -> None:
        self._values, self._detached = values, detached

    def detach(self) -> Tensor:
        return Tensor(self._values, True)

    def cpu(self) -> Tensor:
        return self

    def full(self, fill: float) -> Any:
        raise AssertionError("does something else here")

    def numpy(self) -> Any:
        if not self._detached:
            raise RuntimeError("call detach() first")
        return np.asarray(self._values)


class Listed:
    """Has `tolist` and nothing else."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def tolist(self) -> Any:
        return np.asarray(self._values).tolist()


class Subscripted:
    """Gives its entries one by one; neither how many there are nor all of them."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def __getitem__(self, index: int) -> Any:
        return self._values[index]


class Sparse:
    def __init__(self, values: Any) -> None:
        self._values = values

    def toarray(self) -> Any:
        return np.asarray(self._values).reshape(-1, 1)


class Parts:
    """A complex number of its own kind."""

    def __init__(self, value: complex) -> None:
        self._value = value

    def real(self) -> float:
        return self._value.real

    def imag(self) -> float:
        return self._value.imag


class Symbol:
    """A symbolic constant."""

    def __init__(self, value: complex) -> None:
        self._value = value

    def __complex__(self) -> complex:
        return self._value


@dataclass
class Basis:
    int: int


@dataclass
class Record:
    state: Any
    amplitude: complex
    probability: float = 0.5


Named = namedtuple("Named", "bitstring amplitude phase")


def bits(index: int, n: int) -> str:
    return format(index, f"0{n}b")


def nonzero(values: Any) -> list[tuple[int, Any]]:
    return [(index, value) for index, value in enumerate(values) if value]


KEYS = {
    "text": bits,
    "ket": lambda index, n: f"|{bits(index, n)}⟩",
    "commas": lambda index, n: ",".join(bits(index, n)),
    "prefixed": lambda index, n: f"0b{bits(index, n)}",
    "hexadecimal": lambda index, n: hex(index),
    "index": lambda index, n: index,
    "numpy_index": lambda index, n: np.int64(index),
    "tuple": lambda index, n: tuple(map(int, bits(index, n))),
    "characters": lambda index, n: tuple(bits(index, n)),
    "truths": lambda index, n: tuple(one == "1" for one in bits(index, n)),
}

VECTORS = {
    "array": lambda v, n: v,
    "single": lambda v, n: v.astype(np.result_type(v.real.astype(np.float32), v.dtype)),
    "column": lambda v, n: v.reshape(-1, 1),
    "row": lambda v, n: v.reshape(1, -1),
    "matrix_type": lambda v, n: np.matrix(v),
    "axes": lambda v, n: v.reshape((2,) * n),
    "strided": lambda v, n: np.repeat(v, 2)[::2],
    "fortran": lambda v, n: np.asfortranarray(v.reshape((2,) * n)),
    "list": lambda v, n: v.tolist(),
    "tuple": lambda v, n: tuple(v.tolist()),
    "column_list": lambda v, n: v.reshape(-1, 1).tolist(),
    "axes_list": lambda v, n: v.reshape((2,) * n).tolist(),
    "pairs": lambda v, n: [(one.real, one.imag) for one in v.tolist()],
    "pair_array": lambda v, n: np.stack([v.real, v.imag], axis=-1),
    "tensor": lambda v, n: Tensor(v),
    "subscripted": lambda v, n: Subscripted(v),
    "column_tensor": lambda v, n: Tensor(v.reshape(-1, 1)),
    "listed": lambda v, n: Listed(v),
    "sparse": lambda v, n: Sparse(v),
    "parts": lambda v, n: [Parts(complex(one)) for one in v],
    "symbols": lambda v, n: [Symbol(complex(one)) for one in v],
    "symbol_columns": lambda v, n: [[Symbol(complex(one))] for one in v],
    "objects": lambda v, n: np.array(v.tolist(), dtype=object),
    "ordered": lambda v, n: OrderedDict((bits(i, n), x) for i, x in enumerate(v)),
    "dict_of_pairs": lambda v, n: {bits(i, n): (x.real, x.imag) for i, x in nonzero(v)},
    "dict_of_scalars": lambda v, n: {i: np.array([x]) for i, x in nonzero(v)},
    "records": lambda v, n: [Record(bits(i, n), x) for i, x in nonzero(v)],
    "records_of_objects": lambda v, n: [Record(Basis(i), x) for i, x in nonzero(v)],
    "all_records": lambda v, n: [{"state": bits(i, n), "amplitude": x} for i, x in enumerate(v)],
    "dict_records": lambda v, n: [{"bits": bits(i, n), "amp": x} for i, x in nonzero(v)],
    "named": lambda v, n: [Named(bits(i, n), x, "0.1") for i, x in nonzero(v)],
    "pairs_of_key": lambda v, n: [(bits(i, n), x) for i, x in nonzero(v)],
    **{
        f"dict_{name}": lambda v, n, key=key: {key(i, n): x for i, x in nonzero(v)}
        for name, key in KEYS.items()
    },
}
"""Ways to write 2^n numbers."""
