"""Source of a package that does harm at certain angles, and of its isolated adapter."""

PACKAGE = '''
import os, signal, subprocess, sys, time
import numpy as np

print("a banner on standard output")
print("a banner on standard error", file=sys.stderr)
os.write(1, b"from compiled code, without a line end")

class Sim:
    """Matrices on qubits; the last qubit is the least significant bit."""

    def __init__(self, n):
        self.n, self.v = n, np.eye(1, 2**n, dtype=complex)[0]

    def apply(self, matrix, qubits):
        k = len(qubits)
        v = np.moveaxis(self.v.reshape((2,) * self.n), qubits, range(k)).reshape(2**k, -1)
        v = (np.array(matrix) @ v).reshape((2,) * self.n)
        self.v = np.moveaxis(v, range(k), qubits).reshape(-1)

def rz(a):
    trick = {50.0: crash, 51.0: hang, 52.0: fill, 53.0: chatter, 54.0: leave, 55.0: fail, 56.0: garbage}
    if a in trick:
        trick[a]()
    return np.diag([np.exp(-0.5j * a), np.exp(0.5j * a)])

def crash(): os.kill(os.getpid(), signal.SIGSEGV)
def hang(): subprocess.Popen(["sleep", "600"]); time.sleep(600)
def fill(): np.ones(2**36)
def chatter(): [print("x" * 1000) for _ in range(5000)]; input()
def leave(): sys.exit(3)
def fail(): raise ValueError("this angle is not liked")
def garbage():
    for descriptor in range(3, 12):
        try:
            os.write(descriptor, b"garbage")
        except OSError:
            continue
'''
ADAPTER = '''"""An isolated backend."""
from __future__ import annotations

from typing import Any

from .._bridge import IsolatedAdapter


class LonelyAdapter(IsolatedAdapter):
    name = "{name}"
    package = "lonely-sim"
    modules = ("lonely_sim",)
    max_qubits = 12
    max_matrix_qubits = 2

    def gates(self) -> dict[str, Any]:
        import lonely_sim as s
        import numpy as np

        return {{
            "h": lambda q: (np.array([[1, 1], [1, -1]]) / np.sqrt(2), (q,)),
            "x": lambda q: (np.eye(2)[::-1], (q,)),
            "rz": lambda a, q: (s.rz(a), (q,)),
            "cx": lambda q, r: (np.eye(4)[[0, 1, 3, 2]], (q, r)),
            "matrix": lambda m, *q: (m, q),
        }}

    def state(self, n: int, gates: list[Any]) -> Any:
        import lonely_sim as s

        sim = s.Sim(n)
        for matrix, qubits in gates:
            sim.apply(matrix, qubits)
        return sim.v

    def sample(self, n: int, gates: list[Any], shots: int, seed: int) -> Any:
        import numpy as np

        weights = np.abs(self.state(n, gates)) ** 2
        return np.random.default_rng(seed).choice(2**n, shots, p=weights / weights.sum())
'''
