"""Ways to write one gate with others, all of them up to one global phase.

`RULES[name]` lists alternatives; an alternative is a function of the gate's parameters that returns steps in the
order of time. Which alternative is used for a backend is decided in `lowering`. Sources: Nielsen and Chuang, chapter 4;
OpenQASM's qelib1.inc; the identities CZ = exp(iπ/4 (1-Z)(1-Z)) and iSWAP = SWAP · CZ · (S⊗S).
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import NamedTuple


class Step(NamedTuple):
    """One gate of an alternative; `qubits` are positions among the qubits of the gate that is replaced."""

    name: str
    qubits: tuple[int, ...]
    parameters: tuple[float, ...] = ()


def do(name: str, *qubits: int, by: tuple[float, ...] | float = ()) -> Step:
    """A step, written short: `do("cx", 0, 1)`, `do("rz", 0, by=0.3)`."""
    return Step(name, qubits or (0,), by if isinstance(by, tuple) else (by,))


Alternative = Callable[..., list[Step]]

ONE_QUBIT: dict[str, list[Alternative]] = {
    "h": [
        lambda: [do("u3", by=(pi / 2, 0, pi))],
        lambda: [do("ry", by=pi / 2), do("x")],
        lambda: [do("z"), do("ry", by=pi / 2)],
        lambda: [do("s"), do("sx"), do("s")],
    ],
    "x": [
        lambda: [do("rx", by=pi)],
        lambda: [do("u3", by=(pi, 0, pi))],
        lambda: [do("sx"), do("sx")],
        lambda: [do("y"), do("z")],
        lambda: [do("h"), do("z"), do("h")],
    ],
    "y": [
        lambda: [do("ry", by=pi)],
        lambda: [do("z"), do("x")],
    ],
    "z": [
        lambda: [do("p", by=pi)],
        lambda: [do("rz", by=pi)],
        lambda: [do("s"), do("s")],
        lambda: [do("x"), do("y")],
        lambda: [do("h"), do("x"), do("h")],
    ],
    "s": [
        lambda: [do("p", by=pi / 2)],
        lambda: [do("rz", by=pi / 2)],
        lambda: [do("t"), do("t")],
        lambda: [do("z"), do("sdg")],
    ],
    "sdg": [
        lambda: [do("p", by=-pi / 2)],
        lambda: [do("rz", by=-pi / 2)],
        lambda: [do("tdg"), do("tdg")],
        lambda: [do("z"), do("s")],
    ],
    "t": [
        lambda: [do("p", by=pi / 4)],
        lambda: [do("rz", by=pi / 4)],
        lambda: [do("s"), do("tdg")],
    ],
    "tdg": [
        lambda: [do("p", by=-pi / 4)],
        lambda: [do("rz", by=-pi / 4)],
        lambda: [do("sdg"), do("t")],
    ],
    "sx": [
        lambda: [do("rx", by=pi / 2)],
        lambda: [do("u3", by=(pi / 2, -pi / 2, pi / 2))],
        lambda: [do("h"), do("s"), do("h")],
        lambda: [do("sxdg"), do("x")],
    ],
    "sxdg": [
        lambda: [do("rx", by=-pi / 2)],
        lambda: [do("sx"), do("x")],
        lambda: [do("h"), do("sdg"), do("h")],
    ],
    "rx": [
        lambda a: [do("u3", by=(a, -pi / 2, pi / 2))],
        lambda a: [do("s"), do("ry", by=a), do("sdg")],
        lambda a: [do("h"), do("rz", by=a), do("h")],
        lambda a: [do("ry", by=-pi / 2), do("rz", by=a), do("ry", by=pi / 2)],
    ],
    "ry": [
        lambda a: [do("u3", by=(a, 0, 0))],
        lambda a: [do("sdg"), do("rx", by=a), do("s")],
        lambda a: [do("sx"), do("rz", by=a), do("sxdg")],
    ],
    "rz": [
        lambda a: [do("p", by=a)],
        lambda a: [do("u3", by=(0, 0, a))],
        lambda a: [do("h"), do("rx", by=a), do("h")],
        lambda a: [do("sxdg"), do("ry", by=a), do("sx")],
    ],
    "p": [
        lambda a: [do("rz", by=a)],
        lambda a: [do("u3", by=(0, 0, a))],
    ],
    "u2": [lambda phi, lam: [do("u3", by=(pi / 2, phi, lam))]],
    "u3": [
        lambda theta, phi, lam: [do("rz", by=lam), do("ry", by=theta), do("rz", by=phi)],
        lambda theta, phi, lam: [
            do("rz", by=lam - pi / 2),
            do("rx", by=theta),
            do("rz", by=phi + pi / 2),
        ],
        lambda theta, phi, lam: [
            do("rz", by=lam),
            do("sx"),
            do("rz", by=theta + pi),
            do("sx"),
            do("rz", by=phi + pi),
        ],
    ],
}

TWO_QUBITS: dict[str, list[Alternative]] = {
    "cx": [
        lambda: [do("h", 1), do("cz", 0, 1), do("h", 1)],
        # From iSWAP (1⊗B) iSWAP = exp(-iπ/4 X⊗Z) (S⊗Z) with B = S† √X, and CX = exp(iπ/4 Z) exp(iπ/4 X) exp(-iπ/4 Z⊗X).
        lambda: [
            do("sdg", 1),
            do("z", 0),
            do("iswap", 1, 0),
            do("sx", 0),
            do("sdg", 0),
            do("iswap", 1, 0),
            do("sdg", 0),
            do("sxdg", 1),
        ],
    ],
    "cz": [
        lambda: [do("cp", 0, 1, by=pi)],
        lambda: [do("h", 1), do("cx", 0, 1), do("h", 1)],
        lambda: [do("s", 0), do("crz", 0, 1, by=pi)],
        lambda: [do("s", 0), do("s", 1), do("rzz", 0, 1, by=-pi / 2)],
    ],
    "swap": [
        lambda: [do("cx", 0, 1), do("cx", 1, 0), do("cx", 0, 1)],
        lambda: [do("iswap", 0, 1), do("cz", 0, 1), do("sdg", 0), do("sdg", 1)],
    ],
    "iswap": [
        lambda: [do("s", 0), do("s", 1), do("cz", 0, 1), do("swap", 0, 1)],
        lambda: [do("s", 0), do("s", 1), do("h", 0), do("cx", 0, 1), do("cx", 1, 0), do("h", 1)],
    ],
    "cp": [
        lambda a: [do("p", 0, by=a / 2), do("crz", 0, 1, by=a)],
        lambda a: [do("p", 0, by=a / 2), do("p", 1, by=a / 2), do("rzz", 0, 1, by=-a / 2)],
        lambda a: [
            do("p", 0, by=a / 2),
            do("p", 1, by=a / 2),
            do("cx", 0, 1),
            do("p", 1, by=-a / 2),
            do("cx", 0, 1),
        ],
    ],
    "crz": [
        lambda a: [do("p", 0, by=-a / 2), do("cp", 0, 1, by=a)],
        lambda a: [do("rz", 1, by=a / 2), do("rzz", 0, 1, by=-a / 2)],
        lambda a: [do("rz", 1, by=a / 2), do("cx", 0, 1), do("rz", 1, by=-a / 2), do("cx", 0, 1)],
    ],
    "rzz": [
        lambda a: [do("rz", 1, by=a), do("crz", 0, 1, by=-2 * a)],
        lambda a: [do("p", 0, by=a), do("p", 1, by=a), do("cp", 0, 1, by=-2 * a)],
        lambda a: [do("cx", 0, 1), do("rz", 1, by=a), do("cx", 0, 1)],
    ],
    "cy": [lambda: [do("sdg", 1), do("cx", 0, 1), do("s", 1)]],
    "ch": [
        lambda: [do("ry", 1, by=-pi / 4), do("cz", 0, 1), do("ry", 1, by=pi / 4)],
        lambda: [
            do("s", 1),
            do("h", 1),
            do("t", 1),
            do("cx", 0, 1),
            do("tdg", 1),
            do("h", 1),
            do("sdg", 1),
        ],
    ],
    "crx": [lambda a: [do("h", 1), do("crz", 0, 1, by=a), do("h", 1)]],
    "cry": [
        lambda a: [do("ry", 1, by=a / 2), do("cx", 0, 1), do("ry", 1, by=-a / 2), do("cx", 0, 1)]
    ],
    "cu3": [
        lambda theta, phi, lam: [
            do("p", 0, by=(lam + phi) / 2),
            do("p", 1, by=(lam - phi) / 2),
            do("cx", 0, 1),
            do("u3", 1, by=(-theta / 2, 0, -(phi + lam) / 2)),
            do("cx", 0, 1),
            do("u3", 1, by=(theta / 2, phi, 0)),
        ]
    ],
    "rxx": [lambda a: [do("h", 0), do("h", 1), do("rzz", 0, 1, by=a), do("h", 0), do("h", 1)]],
    "ryy": [
        lambda a: [do("sx", 0), do("sx", 1), do("rzz", 0, 1, by=a), do("sxdg", 0), do("sxdg", 1)]
    ],
}

THREE_QUBITS: dict[str, list[Alternative]] = {
    "ccx": [
        lambda: [
            do("h", 2),
            do("cp", 1, 2, by=pi / 2),
            do("cx", 0, 1),
            do("cp", 1, 2, by=-pi / 2),
            do("cx", 0, 1),
            do("cp", 0, 2, by=pi / 2),
            do("h", 2),
        ],
        lambda: [do("cx", 2, 1), do("cswap", 0, 1, 2), do("cx", 2, 1)],
        lambda: [
            do("h", 2),
            do("cx", 1, 2),
            do("tdg", 2),
            do("cx", 0, 2),
            do("t", 2),
            do("cx", 1, 2),
            do("tdg", 2),
            do("cx", 0, 2),
            do("t", 1),
            do("t", 2),
            do("h", 2),
            do("cx", 0, 1),
            do("t", 0),
            do("tdg", 1),
            do("cx", 0, 1),
        ],
    ],
    "cswap": [lambda: [do("cx", 2, 1), do("ccx", 0, 1, 2), do("cx", 2, 1)]],
    "ccz": [lambda: [do("h", 2), do("ccx", 0, 1, 2), do("h", 2)]],
}

RULES: dict[str, list[Alternative]] = ONE_QUBIT | TWO_QUBITS | THREE_QUBITS
