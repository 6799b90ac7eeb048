"""What comes first in the list has many methods and is no circuit; the circuit's class is the second one."""

import numpy as np
import tinykernel as kernel


class Program(list):
    """Bits of a classical program: anything may be appended, nothing is a gate, and nothing can be read."""

    def __init__(self, size):
        super().__init__([False] * size)

    def add(self, *what):
        self.append(what)

    def apply(self, *what):
        self.append(what)

    def set(self, place):
        self[place] = True

    def clear_bit(self, place):
        self[place] = False

    def toggle(self, place):
        self[place] = not self[place]

    def x(self, place):
        self.toggle(place)

    def y(self, place):
        self.toggle(place)

    def s(self, place):
        self.set(place)

    def t(self, place):
        self.set(place)


class Wave:
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
