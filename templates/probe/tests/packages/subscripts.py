"""Lazy attributes with subscripts; the register grows with use; the default engine is broken, another one works."""

import tinykernel as k

ENGINES = {"fast": None, "plain": "plain"}
_GATES = {
    "x": lambda: k.X,
    "h": lambda: k.H,
    "t": lambda: k.phase(3.141592653589793 / 4),
    "ry": lambda a: k.rotation(k.Y, a),
    "rz": lambda a: k.rotation(k.Z, a),
    "cx": lambda: k.controlled(k.X),
    "cz": lambda: k.controlled(k.Z),
}


class _Waiting:
    def __init__(self, circuit, name, params=()):
        self._circuit, self._name, self._params = circuit, name, params

    def __call__(self, *params):
        return _Waiting(self._circuit, self._name, params)

    def __getitem__(self, where):
        qubits = where if isinstance(where, tuple) else (where,)
        self._circuit._steps.append((_GATES[self._name](*self._params), qubits))
        self._circuit.n_qubits = max(self._circuit.n_qubits, *(q + 1 for q in qubits))
        return self._circuit


class Circuit:
    def __init__(self):
        self.n_qubits, self._steps = 0, []

    def __getattr__(self, name):
        if name in _GATES:
            return _Waiting(self, name)
        raise AttributeError(name)

    def run(self, engine="fast"):
        if ENGINES[engine] is None:
            raise RuntimeError("the fast engine needs a library of another year")
        state = k.zero(self.n_qubits)
        for matrix, qubits in self._steps:
            state = k.act(state, matrix, qubits)
        return state

    def to_unitary(self):
        """Every column by itself: right, and far too slow for more than a few qubits."""
        columns = []
        for index in range(2**self.n_qubits):
            state = k.zero(self.n_qubits)
            for qubit in range(self.n_qubits):
                if index >> (self.n_qubits - 1 - qubit) & 1:
                    state = k.act(state, k.X, (qubit,))
            for matrix, qubits in self._steps:
                state = k.act(state, matrix, qubits)
            columns.append(state)
        return [list(row) for row in zip(*columns, strict=True)]
