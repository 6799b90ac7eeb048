"""Ends the process in the middle: once in a constructor, once by signal in a gate that is given a list."""

import os
import signal

import tinykernel as k


class ExitingCircuit:
    def __init__(self, *args):
        os._exit(3)


class Circuit:
    def __init__(self, n):
        self._state = k.zero(n)

    def _add(self, matrix, *qubits):
        if any(not isinstance(q, int) for q in qubits):
            os.kill(os.getpid(), signal.SIGSEGV)
        self._state = k.act(self._state, matrix, qubits)

    def x(self, q):
        self._add(k.X, q)

    def h(self, q):
        self._add(k.H, q)

    def t(self, q):
        self._add(k.phase(3.141592653589793 / 4), q)

    def cx(self, c, t):
        self._add(k.controlled(k.X), c, t)

    def state(self):
        print("noise on stdout")
        return self._state
