import numpy as np
import tinykernel as kernel


class Circuit:
    def __init__(self, n):
        self.state = kernel.zero(n)

    def h(self, qubit):
        self.state = kernel.act(self.state, kernel.H, [qubit])

    def x(self, qubit):
        self.state = kernel.act(self.state, kernel.X, [qubit])

    def t(self, qubit):
        self.state = kernel.act(self.state, kernel.phase(np.pi / 4), [qubit])

    def cx(self, control, target):
        self.state = kernel.act(self.state, kernel.controlled(kernel.X), [control, target])
