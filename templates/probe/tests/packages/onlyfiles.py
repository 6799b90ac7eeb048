"""Programs are read from files, and amplitudes are asked for one by one."""

import re
from pathlib import Path

import numpy as np
import tinykernel as kernel

_GATES = {
    "h": lambda: kernel.H,
    "x": lambda: kernel.X,
    "t": lambda: kernel.phase(np.pi / 4),
    "rz": lambda angle: kernel.rotation(kernel.Z, angle),
    "cx": lambda: kernel.controlled(kernel.X),
}


class Circuit:
    """A circuit in OPENQASM 2.0."""

    def __init__(self, size, gates):
        self.size = size
        self._state = kernel.zero(size)
        for matrix, qubits in gates:
            self._state = kernel.act(self._state, matrix, qubits)

    def amplitude(self, bits):
        """The amplitude of one basis state, such as "010"."""
        if not isinstance(bits, str) or len(bits) != self.size:
            raise ValueError(bits)
        return complex(self._state[int(bits, 2)])


def load_qasm(filename):
    """A circuit from a file."""
    gates = []
    size = 0
    for line in Path(filename).read_text().split(";"):
        line = line.strip()
        if line.startswith("qreg"):
            size = int(re.search(r"\[(\d+)\]", line).group(1))
        word = re.match(r"[a-z]*", line).group()
        if word in _GATES:
            angle = re.search(r"\((.*)\)", line)
            matrix = _GATES[word](*([float(angle.group(1))] if angle else []))
            gates.append((matrix, [int(one) for one in re.findall(r"q\[(\d+)\]", line)]))
        elif line and word not in ("qreg", "include", ""):
            raise ValueError(line)
    return Circuit(size, gates)
