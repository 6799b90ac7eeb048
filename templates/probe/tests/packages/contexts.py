"""Gates are functions that go into whatever program is open; only one can be, and gates outside of any are refused."""

import tinykernel as kernel

_open = []


class Program:
    def __init__(self, qubits):
        self.qubits = qubits
        self.gates = []

    def __enter__(self):
        if _open:
            raise RuntimeError("another program is open")
        _open.append(self)
        return self

    def __exit__(self, *error):
        _open.clear()


class Outcome:
    def __init__(self, state):
        self.statevector = state


def _put(matrix, *qubits):
    if not _open:
        raise RuntimeError("no program is open")
    if max(qubits) >= _open[0].qubits:
        raise IndexError(max(qubits))
    _open[0].gates.append((matrix, qubits))


def H(qubit):
    _put(kernel.H, qubit)


def X(qubit):
    _put(kernel.X, qubit)


def T(qubit):
    _put(kernel.phase(0.7853981633974483), qubit)


def RX(angle, qubit):
    _put(kernel.rotation(kernel.X, angle), qubit)


def CNOT(control, target):
    _put(kernel.controlled(kernel.X), control, target)


def simulate(program):
    if _open:
        raise RuntimeError("the program is still open")
    state = kernel.zero(program.qubits)
    for matrix, qubits in program.gates:
        state = kernel.act(state, matrix, qubits)
    return Outcome(state)
