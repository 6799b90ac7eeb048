"""Circuits that the suite runs: built from gates that the backend has, the same ones every time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import pi

import numpy as np

from .. import Program
from .reference import SHAPES

ANGLES = {0: [()], 1: [(0.37,), (-2.21,)], 3: [(0.37, 1.93, -0.71), (-2.21, 0.53, 2.87)]}
"""Parameters with which a gate is measured: no symmetry, no special value, one reversed sign."""


def random_unitary(qubits: int, seed: int) -> np.ndarray:
    """A unitary without any symmetry."""
    generator = np.random.default_rng(seed)
    shape = (2**qubits, 2**qubits)
    return np.linalg.qr(generator.normal(size=shape) + 1j * generator.normal(size=shape))[0]


def prepare(program: Program, gates: Collection[str]) -> Program:
    """A product state that differs from qubit to qubit, with the gates that there are."""
    for qubit in range(program.qubits):
        if "ry" in gates and "rz" in gates:
            program.add("ry", qubit, parameters=(0.4 + 0.5 * qubit,))
            program.add("rz", qubit, parameters=(0.3 + 0.7 * qubit,))
            continue
        program.add("h", qubit)
        turn = next((name for name in ("p", "rz", "t", "tdg", "s") if name in gates), None)
        if turn is None:
            continue
        # A different angle between two Hadamards for each qubit: three ways to the same kind of state.
        for _ in range(1 if SHAPES[turn][0] else qubit % 7 + 1):
            program.add(turn, qubit, parameters=(0.4 + 0.5 * qubit,) * SHAPES[turn][0])
        program.add("h", qubit)
        program.add(turn, qubit, parameters=(0.3 + 0.7 * qubit,) * SHAPES[turn][0])
    return program


def random_program(
    qubits: int, gates: Sequence[str], depth: int, seed: int, idle: int | None = None
) -> Program:
    """Layers of random gates on random qubits; `idle` is left out, so that its place in the order is tested too."""
    generator = np.random.default_rng([seed, qubits, depth])
    program = Program(qubits)
    active = [qubit for qubit in range(qubits) if qubit != idle]
    usable = [name for name in gates if name in SHAPES and SHAPES[name][1] <= len(active)]
    for qubit in active:
        if "h" in usable:
            program.add("h", qubit)
    for _ in range(depth):
        left = list(generator.permutation(active))
        while left:
            name = usable[generator.integers(len(usable))]
            count, width = SHAPES[name]
            if width > len(left):
                break
            chosen, left = left[:width], left[width:]
            program.add(
                name, *map(int, chosen), parameters=tuple(generator.uniform(-2 * pi, 2 * pi, count))
            )
    return program


def fourier(qubits: int, start: int) -> Program:
    """The quantum Fourier transform of a basis state, with `h`, `cp` and `swap`."""
    program = Program(qubits)
    for qubit in range(qubits):
        if start >> (qubits - 1 - qubit) & 1:
            program.add("x", qubit)
    for qubit in range(qubits):
        program.add("h", qubit)
        for other in range(qubit + 1, qubits):
            program.add("cp", other, qubit, parameters=(pi / 2 ** (other - qubit),))
    for qubit in range(qubits // 2):
        program.add("swap", qubit, qubits - 1 - qubit)
    return program


def ghz(qubits: int) -> Program:
    """(|0…0⟩ + |1…1⟩) / √2."""
    program = Program(qubits).add("h", 0)
    for qubit in range(qubits - 1):
        program.add("cx", qubit, qubit + 1)
    return program
