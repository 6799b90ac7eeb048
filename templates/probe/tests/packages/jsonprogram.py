"""A program is a JSON text: the number of qubits, and a list of gates with qubits and angles in lists of their own.

Amplitudes come back as text, too, with their real and imaginary parts under two keys; qubit 0 is the least significant.
"""

import json

import numpy as np
import tinykernel as k

FIXED = {
    "h": k.H,
    "x": k.X,
    "s": k.phase(np.pi / 2),
    "t": k.phase(np.pi / 4),
    "cx": k.controlled(k.X),
}
TURNS = {"rx": k.X, "rz": k.Z}


def _matrix(name, angles):
    if name in TURNS:
        (angle,) = angles
        return k.rotation(TURNS[name], angle)
    if angles:
        raise ValueError(f"{name} takes no angle")
    return FIXED[name]


def run_json(text):
    program = json.loads(text)
    size = program["size"]
    state = k.zero(size)
    for name, qubits, angles in program["gates"]:
        state = k.act(state, _matrix(name, angles), qubits)
    amplitudes = np.asarray(state).reshape(-1)
    return json.dumps({"re": amplitudes.real.tolist(), "im": amplitudes.imag.tolist()})
