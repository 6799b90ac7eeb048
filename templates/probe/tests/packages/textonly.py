"""Reads OpenQASM 3 without its library, with words of its own; idle qubits vanish from the result."""

import re

import numpy as np
import tinykernel as k

WORDS = {
    "not": lambda: k.X,
    "hadamard": lambda: k.H,
    "cnot": lambda: k.controlled(k.X),
    "ti": lambda: k.phase(-np.pi / 4),
    "rx": lambda a: k.rotation(k.X, a),
    "phaseshift": lambda a: k.phase(a),
    "ccnot": lambda: k.controlled(k.controlled(k.X)),
}


class Simulator:
    def run(self, qasm):
        steps, used = [], set()
        for line in qasm.strip().splitlines()[2:]:
            match = re.fullmatch(r"(\w+)(?:\((.*)\))? (.*);", line)
            word, angles, places = match.groups()
            qubits = [int(q) for q in re.findall(r"q\[(\d+)\]", places)]
            used |= set(qubits)
            steps.append(
                (
                    WORDS[word](*(float(a) for a in angles.split(",") if angles))
                    if angles
                    else WORDS[word](),
                    qubits,
                )
            )
        order = sorted(used)
        state = k.zero(len(order))
        for matrix, qubits in steps:
            state = k.act(state, matrix, [order.index(q) for q in qubits])
        return {
            "state": {
                f"{i:0{len(order)}b}": complex(a)
                for i, a in enumerate(k.reverse(state))
                if abs(a) > 1e-15
            }
        }
