"""Gates whose names mean something else: C is a controlled X, T is Toffoli's, Q is a T gate."""

import numpy as np
import tinykernel as k


class Simulator:
    def __init__(self, n):
        self.state = k.zero(n)

    def apply_gate(self, gate, qubit_list):
        matrix = gate()
        if len(matrix) != 2 ** len(qubit_list):
            raise ValueError("wrong number of qubits")
        self.state = k.act(self.state, matrix, qubit_list)


def X():
    return k.X


def H():
    return k.H


def Q():
    return k.phase(np.pi / 4)


def C():
    return k.controlled(k.X)


def T():
    return k.controlled(k.controlled(k.X))
