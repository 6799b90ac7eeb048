"""An engine hands out a register; gates go to qubits by `|` and act when the engine is told to. It has the state."""

import numpy as np
import tinykernel as kernel


class Qubit:
    def __init__(self, engine, index):
        self.engine, self.index = engine, index


class Register(list):
    """Qubits, in a list of their own kind."""


class Engine:
    def __init__(self):
        self.state, self._waiting = None, []

    def allocate_register(self, n):
        self.state = kernel.zero(n)
        return Register(Qubit(self, index) for index in range(n))

    def flush(self):
        for matrix, places in self._waiting:
            self.state = kernel.act(self.state, matrix, places)
        self._waiting = []


class Gate:
    def __init__(self, matrix):
        self.matrix = matrix

    def __or__(self, qubits):
        qubits = qubits if isinstance(qubits, tuple) else (qubits,)
        engine = qubits[0].engine
        engine._waiting.append((self.matrix, [qubit.index for qubit in qubits]))


class Rx(Gate):
    def __init__(self, angle):
        super().__init__(kernel.rotation(kernel.X, angle))


H = Gate(kernel.H)
X = Gate(kernel.X)
T = Gate(kernel.phase(np.pi / 4))
CNOT = Gate(kernel.controlled(kernel.X))
