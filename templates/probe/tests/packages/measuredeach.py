"""Gates are values, and so is a measurement, of one qubit into one bit; without any there are no counts."""

import numpy as np
import tinykernel as kernel


class Gate:
    def __init__(self, matrix, *qubits):
        self.matrix, self.qubits = matrix, qubits


def H(qubit):
    return Gate(kernel.H, qubit)


def X(qubit):
    return Gate(kernel.X, qubit)


def T(qubit):
    return Gate(kernel.phase(np.pi / 4), qubit)


def RX(angle, qubit):
    return Gate(kernel.rotation(kernel.X, angle), qubit)


def CNOT(control, target):
    return Gate(kernel.controlled(kernel.X), control, target)


class Measure:
    def __init__(self, qubit, bit):
        if not isinstance(qubit, int) or not isinstance(bit, int):
            raise TypeError("one qubit into one bit")
        self.qubit, self.bit = qubit, bit


class Circuit:
    def __init__(self, n):
        self.n, self.gates, self.bits = n, [], {}

    def append(self, gate):
        if isinstance(gate, Measure):
            self.bits[gate.bit] = gate.qubit
        elif isinstance(gate, Gate):
            self.gates.append(gate)
        else:
            raise TypeError(gate)

    def run(self):
        state = kernel.zero(self.n)
        for gate in self.gates:
            state = kernel.act(state, gate.matrix, gate.qubits)
        return state

    def sample(self, shots):
        if sorted(self.bits) != list(range(self.n)):
            raise RuntimeError("not every bit was measured")
        state = self.run()
        drawn = np.random.default_rng().choice(len(state), shots, p=np.abs(state) ** 2)
        return [[int(index) >> self.bits[bit] & 1 for bit in range(self.n)] for index in drawn]
