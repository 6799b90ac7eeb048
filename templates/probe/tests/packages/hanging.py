"""One amplitude and samples never come back, and nothing inside the process can end it; the state is there, too."""

import itertools

import numpy as np
import tinykernel as kernel


class Register:
    def __init__(self, n):
        self.vector = kernel.zero(n)

    def amplitude(self, place):
        return sum(itertools.repeat(place))

    def sample(self, shots):
        return sum(itertools.repeat(shots))

    def h(self, qubit):
        self.vector = kernel.act(self.vector, kernel.H, [qubit])

    def x(self, qubit):
        self.vector = kernel.act(self.vector, kernel.X, [qubit])

    def t(self, qubit):
        self.vector = kernel.act(self.vector, kernel.phase(np.pi / 4), [qubit])

    def cx(self, control, target):
        self.vector = kernel.act(self.vector, kernel.controlled(kernel.X), [control, target])
