"""Has three qubits when nobody says how many; how to say it is a keyword that nobody would guess."""

import tinykernel as k


class Circuit:
    def __init__(self, *, hilbert=3):
        self.state = k.zero(hilbert)

    def x(self, q):
        self.state = k.act(self.state, k.X, [q])

    def h(self, q):
        self.state = k.act(self.state, k.H, [q])

    def t(self, q):
        self.state = k.act(self.state, k.phase(0.7853981633974483), [q])

    def cx(self, control, target):
        self.state = k.act(self.state, k.controlled(k.X), [control, target])
