"""Reads OpenQASM 2 and gives a state, or counts where the program measures: never both."""

import re

import numpy as np
import tinykernel as kernel

_WORDS = {
    "h": lambda: kernel.H,
    "x": lambda: kernel.X,
    "t": lambda: kernel.phase(np.pi / 4),
    "rx": lambda angle: kernel.rotation(kernel.X, angle),
    "cx": lambda: kernel.controlled(kernel.X),
}


class Result:
    pass


def run_qasm(qasm, shots=100):
    state, result, measured = None, Result(), []
    for line in qasm.replace("\n", "").split(";"):
        word = re.match(r"\w*", line).group()
        places = [int(one) for one in re.findall(r"q\[(\d+)\]", line)]
        if word == "qreg":
            state = kernel.zero(places[0])
        elif word == "measure":
            measured += places or range(int(np.log2(len(state))))
        elif word in _WORDS:
            angle = re.search(r"\((.*?)\)", line)
            matrix = _WORDS[word](*([float(angle.group(1))] if angle else []))
            state = kernel.act(state, matrix, places)
        elif word not in ("", "OPENQASM", "include", "creg"):
            raise ValueError(line)
    if not measured:
        result.statevector = state
        return result
    if sorted(measured) != list(range(int(np.log2(len(state))))):
        raise ValueError("every qubit is measured once")
    drawn = np.random.default_rng().choice(len(state), shots, p=np.abs(state) ** 2)
    keys, times = np.unique(drawn, return_counts=True)
    width = len(measured)
    result.counts = {f"{key:0{width}b}": int(many) for key, many in zip(keys, times, strict=True)}
    return result
