"""A line language of its own. A program:

qubits 2
H q0
RX(0.5) q1
CNOT q0, q1
"""

import re

import numpy as np
import tinykernel as kernel

_GATES = {
    "H": lambda: kernel.H,
    "X": lambda: kernel.X,
    "T": lambda: kernel.phase(np.pi / 4),
    "RX": lambda angle: kernel.rotation(kernel.X, angle),
    "RZ": lambda angle: kernel.rotation(kernel.Z, angle),
    "CNOT": lambda: kernel.controlled(kernel.X),
}


def evaluate_source(source):
    """The amplitudes at the end of a program."""
    head, *lines = source.strip().splitlines()
    state = kernel.zero(int(re.fullmatch(r"qubits (\d+)", head).group(1)))
    for line in lines:
        word, angle, places = re.fullmatch(r"([A-Z]+)(?:\((.*)\))? (.*)", line).groups()
        matrix = _GATES[word](*([float(angle)] if angle else []))
        qubits = [int(re.fullmatch(r"q(\d+)", one).group(1)) for one in places.split(", ")]
        state = kernel.act(state, matrix, qubits)
    return state
