"""Lists of gates are put on qubits: addgates(qubits, [gate, gate])."""

import numpy as np
import tinykernel as k


class Gate:
    def __init__(self, symbol, rows):
        self._matrix = np.asarray(rows)


X, H, T, CNOT = (
    Gate(name, rows)
    for name, rows in (
        ("x", k.X),
        ("h", k.H),
        ("t", k.phase(np.pi / 4)),
        ("cnot", k.controlled(k.X)),
    )
)


class Program:
    def __init__(self, nqbits):
        self._steps, self._n = [], nqbits

    def addgates(self, lines, gates):
        if not isinstance(gates, list):
            raise TypeError("a list of gates")
        lines = [lines] if isinstance(lines, int) else lines
        for gate in gates:
            if len(gate._matrix) != 2 ** len(lines):
                raise ValueError("wrong number of lines")
            self._steps.append((gate._matrix, lines))

    def run(self):
        state = k.zero(self._n)
        for matrix, lines in self._steps:
            state = k.act(state, matrix, list(lines))
        return state
