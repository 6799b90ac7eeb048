"""A simulator whose one method takes a record that nobody guesses; its README shows how it is written."""

import math

import numpy as np

_FIXED = {
    "x": [[0, 1], [1, 0]],
    "h": [[1 / math.sqrt(2), 1 / math.sqrt(2)], [1 / math.sqrt(2), -1 / math.sqrt(2)]],
    "t": [[1, 0], [0, np.exp(0.25j * math.pi)]],
    "cx": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
}


class Board:
    """``size`` qubits in |0…0⟩; the first one is the most significant."""

    def __init__(self, size):
        self.amplitudes = np.eye(1, 2**size, dtype=complex).reshape((2,) * size)

    def place(self, record):
        """Apply ``{"what": name, "where": (qubits…), "how": angle}``; nothing else is understood."""
        name, where, angle = record["what"], record["where"], record.get("how")
        if not isinstance(where, tuple) or set(record) - {"what", "where", "how"}:
            raise ValueError(record)
        if name == "ry":
            c, s = math.cos(angle / 2), math.sin(angle / 2)
            matrix = np.array([[c, -s], [s, c]])
        else:
            matrix = np.array(_FIXED[name])
        count = len(where)
        if len(matrix) != 2**count:
            raise ValueError(record)
        tensor = matrix.reshape((2,) * (2 * count))
        moved = np.tensordot(tensor, self.amplitudes, axes=(range(count, 2 * count), where))
        self.amplitudes = np.moveaxis(moved, range(count), where)
