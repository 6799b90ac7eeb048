"""Nothing that runs or reads is called so: `perform`, `peek`, `tally`."""

import numpy as np
import tinykernel as kernel


class Plan:
    def __init__(self, n):
        self.n = n
        self.steps = []

    def h(self, qubit):
        self._put(kernel.H, qubit)

    def x(self, qubit):
        self._put(kernel.X, qubit)

    def t(self, qubit):
        self._put(kernel.phase(np.pi / 4), qubit)

    def rx(self, qubit, angle):
        self._put(kernel.rotation(kernel.X, angle), qubit)

    def cx(self, control, target):
        self._put(kernel.controlled(kernel.X), control, target)

    def _put(self, matrix, *qubits):
        if not all(0 <= qubit < self.n for qubit in qubits):
            raise IndexError(qubits)
        self.steps.append((matrix, qubits))


class Kitchen:
    def __init__(self):
        self.cooked = None

    def prepare(self, plan, width):
        if len(plan.steps) and width != plan.n:
            raise ValueError(width)
        return Dish(_amplitudes(plan))


class Dish:
    def __init__(self, inside):
        self._inside = inside

    def peek(self):
        return self._inside.copy()


def _amplitudes(plan):
    state = kernel.zero(plan.n)
    for matrix, qubits in plan.steps:
        state = kernel.act(state, matrix, qubits)
    return state


def tally(plan, times, start=0):
    state = _amplitudes(plan)
    drawn = np.random.default_rng(start).choice(len(state), times, p=np.abs(state) ** 2)
    found = {}
    for index in drawn:
        key = format(index, f"0{plan.n}b")
        found[key] = found.get(key, 0) + 1
    return found
