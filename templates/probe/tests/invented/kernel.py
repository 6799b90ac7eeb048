"""The numerical heart of an invented simulator, as source text: matrices, application, readings, with its conventions."""

from __future__ import annotations

from .axes import Axes
from .physics import GATES

_UNITS = {
    "radians": "value",
    "degrees": "np.deg2rad(value)",
    "half turns": "value * np.pi",
    "turns": "value * 2 * np.pi",
}

_HEAD = '''"""Dense linear algebra on amplitudes."""

import collections

import numpy as np

DTYPE = np.{dtype}


def _controlled(count, block):
    """``block`` under ``count`` controls."""
    size = len(block) * 2**count
    full = np.eye(size, dtype=complex)
    full[size - len(block) :, size - len(block) :] = block
    return full


def _turn(generator, angle):
    """exp of an involution."""
    return np.cos(angle / 2) * np.eye(len(generator)) - 1j * np.sin(angle / 2) * generator


def _euler(theta, phi, lam):
    """Three Euler angles."""
    cos, sin = np.cos(theta / 2), np.sin(theta / 2)
    return np.array(
        [[cos, -np.exp(1j * lam) * sin], [np.exp(1j * phi) * sin, np.exp(1j * (phi + lam)) * cos]]
    )


def _angle(value):
    return {unit}


_TABLE = {{
{rows}
}}


def _exact(wire):
    if not isinstance(wire, (int, np.integer)):
        raise TypeError("a qubit is a whole number")
    return int(wire)


def width(word):
    """How many qubits ``word`` acts on."""
    return _TABLE[word][0]


def blank(count):
    """Amplitudes of ``count`` fresh qubits."""
    {blank}
    return psi


def operate(psi, word, wires, angles=()):
    """The amplitudes after one gate."""
    size, maker = _TABLE[word]
    count = psi.size.bit_length() - 1
    wires = [{index}(w) for w in wires]
    if len(wires) != size or len(set(wires)) != size or not all(0 <= w < count for w in wires):
        raise ValueError(f"{{word}} cannot act on {{wires}}")
    matrix = maker(*[_angle(a) for a in angles]).astype(DTYPE)
    axes = {axes}
    tensor = np.tensordot(
        matrix.reshape((2,) * (2 * size)), psi.reshape((2,) * count), (range(size, 2 * size), axes)
    )
    return np.moveaxis(tensor, range(size), axes).reshape(-1)


def vector(psi):
    """What is shown of the amplitudes."""
    {phase}


def density(psi):
    """The projector onto the state."""
    return np.outer(psi, psi.conj())


def weights(psi):
    """How likely each outcome is."""
    odds = np.abs(psi) ** 2
    return odds / odds.sum()


def draw(psi, shots, seed=None):
    """Measure every qubit ``shots`` times."""
    rng = np.random.default_rng(seed)
    count = psi.size.bit_length() - 1
    hits = rng.choice(psi.size, size=shots, p=weights(psi.astype(np.complex128)))
    rows = [[(int(hit) >> {bit}) & 1 for q in range(count)] for hit in hits]
    return [{row} for row in rows]


def tally(psi, shots, seed=None):
    """Outcomes of ``shots`` measurements."""
    rows = draw(psi, shots, seed)
{tally}
'''

_TALLY = {
    "string dict": '    found = {}\n    for row in rows:\n        key = "".join(map(str, row))\n'
    "        found[key] = found.get(key, 0) + 1\n    return found",
    "int dict": '    found = collections.Counter(int("".join(map(str, row)), 2) for row in rows)\n    return dict(found)',
    "tuple dict": "    return dict(collections.Counter(map(tuple, rows)))",
    "Counter": '    return collections.Counter("".join(map(str, row)) for row in rows)',
    "strings": '    return ["".join(map(str, row)) for row in rows]',
    "ints": '    return np.array([int("".join(map(str, row)), 2) for row in rows])',
    "rows": "    return np.array(rows)",
}


def kernel_source(axes: Axes, words: dict[str, str]) -> str:
    """The kernel's module; gates are keyed by the package's own words."""
    little = axes.state_order == "little"
    rows = [_row(axes, gate, words[gate]) for gate in axes.gates]
    blank = "psi = np.zeros(2**count, dtype=DTYPE)\n    psi[0] = 1"
    if axes.start == "plus":
        blank = "psi = np.full(2**count, 2 ** (-count / 2), dtype=DTYPE)"
    phase = "return psi.copy()"
    if axes.phase == "dropped":
        phase = (
            "first = psi[np.argmax(np.abs(psi) > 1e-6)]\n    return psi * (np.abs(first) / first)"
        )
    return _HEAD.format(
        dtype="complex64" if axes.precision == "single" else "complex128",
        unit=_UNITS[axes.unit],
        rows="\n".join(rows),
        blank=blank,
        index="_exact" if axes.seed % 3 == 0 else "int",
        axes="[count - 1 - w for w in wires]" if little else "list(wires)",
        phase=phase,
        bit="q" if little else "(count - 1 - q)",
        row="row[::-1]" if axes.counts_order == "little" else "row",
        tally=_TALLY[axes.counts if axes.counts != "none" else "string dict"],
    )


def _row(axes: Axes, gate: str, word: str) -> str:
    one = GATES[gate]
    names = ["a", "b", "c"][: one.angles]
    given = ["-" + name if axes.sign < 0 and one.turns else name for name in names]
    source = one.source.format(*given)
    if axes.order == "target first" and one.controls and one.qubits == 2:
        # The first qubit that is named is the target.
        source = f"({source})[np.ix_([0, 2, 1, 3], [0, 2, 1, 3])]"
    return f'    "{word}": ({one.qubits}, lambda {", ".join(names)}: {source}),'
