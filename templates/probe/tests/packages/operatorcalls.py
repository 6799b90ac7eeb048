"""Operators that are called on a state with the list of their qubits, and give a new state: H()(state, [0])."""

import numpy as np
import tinykernel as k


class State:
    def __init__(self, amplitudes):
        self.amplitudes = amplitudes


class Operator:
    def __init__(self, matrix):
        self._matrix = matrix

    def __call__(self, state, qubit_indices=None):
        if len(self._matrix) != 2 ** len(qubit_indices):
            raise ValueError("wrong number of qubits")
        return State(k.act(state.amplitudes, self._matrix, list(qubit_indices)))


def zeros(d=1):
    return State(k.zero(d))


def PauliX():
    return Operator(k.X)


def Hadamard():
    return Operator(k.H)


def RotationZ(theta):
    return Operator(np.diag([np.exp(-0.5j * theta), np.exp(0.5j * theta)]))


def CNOT():
    return Operator(k.controlled(k.X))
