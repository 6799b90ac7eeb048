"""All that can be read is a state that has been measured already."""

from collapsing import Circuit as _Circuit


class Register:
    """What can be read is there after `run`, which ends in a measurement."""

    def __init__(self, n):
        self._circuit = _Circuit(n)

    def x(self, qubit):
        self._circuit.x(qubit)

    def h(self, qubit):
        self._circuit.h(qubit)

    def t(self, qubit):
        self._circuit.t(qubit)

    def cx(self, control, target):
        self._circuit.cx(control, target)

    def run(self):
        self._circuit.measure()
        self.state = self._circuit._state
