"""Which gate is a measured unitary?

A gate's name is a hypothesis; its unitary decides. A measured matrix is compared with every
reference gate of its size, over the order of its qubits, the order of its parameters and the unit
and sign of its angles, up to one global phase, which no experiment sees. Two sets of angles are
measured: one could fit by chance, and all angles are at least 1, because 0.3 *degrees* look like
the identity.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from reference import ARITY, Matrix, permuted, unitary

#: Angles at which a gate with parameters is measured; see the module's text for "at least 1".
#: No multiple of them in any unit below is a whole turn, where signs and units look alike.
ANGLE_SETS: tuple[tuple[float, float, float], ...] = ((2.1, 1.3, 2.7), (1.1, 2.3, 1.7))

#: native = factor x radians. Radians first, so that a plain reading wins where two fit.
UNITS: tuple[tuple[float, str], ...] = (
    (1.0, "radians"),
    (1 / math.pi, "half turns"),
    (180 / math.pi, "degrees"),
    (1 / (2 * math.pi), "turns"),
    (2 / math.pi, "units of pi/2"),
    (0.5, "half the angle"),
    (2.0, "twice the angle"),
    (0.25, "a quarter of the angle"),
    (4.0, "four times the angle"),
)
SCALES: tuple[float, ...] = tuple(sign * factor for factor, _ in UNITS for sign in (1.0, -1.0))


@dataclass(frozen=True)
class Identification:
    """What a native gate is: ``gate`` in the words of the driver language.

    ``qubits``: native qubit i is our qubit ``qubits[i]``. ``parameters``: native parameter i is our
    parameter ``parameters[i]`` times ``scale``. ``error``: largest deviation of an entry of the
    unitary (of a probability, for simulators that show no amplitudes). ``phase``: global phase in
    radians by which the native matrix differs. ``provisional``: the phases between columns could
    not be seen yet (no superposition known); measure again later.
    """

    gate: str
    qubits: tuple[int, ...]
    parameters: tuple[int, ...]
    scale: float
    error: float
    phase: float = 0.0
    provisional: bool = False

    @property
    def plain(self) -> bool:
        """Whether the native gate takes our qubits and angles as they are."""
        return (
            self.scale == 1
            and list(self.qubits) == sorted(self.qubits)
            and list(self.parameters) == sorted(self.parameters)
        )

    @property
    def note(self) -> str:
        """What differs from a plain gate, for people: ``"angle reversed, in half turns"``."""
        words = []
        if list(self.qubits) != sorted(self.qubits):
            words.append(f"qubits in the order {list(self.qubits)}")
        if list(self.parameters) != sorted(self.parameters):
            words.append(f"angles in the order {list(self.parameters)}")
        if self.scale < 0:
            words.append("angle reversed")
        if abs(self.scale) != 1:
            words.append(f"angle in {unit_name(self.scale)}")
        if abs(self.phase) > 1e-6:
            words.append(f"global phase {self.phase:+.4f} rad")
        return ", ".join(words)

    def entry(self, gate: dict[str, Any]) -> dict[str, Any]:
        """The gate's entry of a driver with what was measured written into it.

        Orders and a scale that ``gate`` had already when it was measured are kept and composed.
        """
        inner_qubits = gate.get("qubits") or range(len(self.qubits))
        inner_parameters = gate.get("parameters") or range(len(self.parameters))
        qubits = [self.qubits[i] for i in inner_qubits]
        parameters = [self.parameters[i] for i in inner_parameters]
        scale = gate.get("scale", 1.0) * self.scale
        kept = ("qubits", "parameters", "scale")
        result = {key: value for key, value in gate.items() if key not in kept}
        if qubits != sorted(qubits):
            result["qubits"] = qubits
        if parameters != sorted(parameters):
            result["parameters"] = parameters
        if parameters and scale != 1:
            result["scale"] = scale
        return result


def unit_name(scale: float) -> str:
    """The unit of a native angle that is ``scale`` times ours."""
    for factor, name in UNITS:
        if math.isclose(abs(scale), factor, rel_tol=1e-9):
            return name
    return f"{abs(scale):.6g} times radians"


def deviation(measured: Matrix, expected: Matrix) -> tuple[float, float]:
    """Largest deviation of an entry, and the global phase (radians) that was taken out.

    Works for matrices and for vectors: the phase is the one that maximises the overlap.
    """
    overlap = complex(np.vdot(expected, measured))
    phase = cmath.phase(overlap) if abs(overlap) > 1e-12 else 0.0
    return float(np.max(np.abs(measured * cmath.exp(-1j * phase) - expected))), phase


def is_identity(matrix: Matrix, tolerance: float) -> bool:
    """Whether the matrix does nothing but a global phase."""
    return deviation(matrix, np.eye(len(matrix)))[0] <= tolerance


@dataclass(frozen=True)
class Measured:
    """A native gate's unitary at one set of native angles, on its qubits in native order.

    ``phased`` is false where only each column by itself is known, up to its own phase.
    """

    angles: tuple[float, ...]
    matrix: Matrix
    phased: bool = True


def identify(
    measured: Sequence[Measured], prefer: str | None = None, tolerance: float = 1e-8
) -> Identification | None:
    """The reference gate that a native gate is, or ``None``.

    ``measured`` holds the gate at one or more sets of native angles. ``prefer`` is the gate that
    its name suggests: it wins where two references are the same up to a global phase (``p`` and
    ``rz``). A gate that is the identity is never accepted. Without phases between columns only a
    permutation can be told, by its moduli: the result is provisional.
    """
    size = len(measured[0].matrix)
    qubits = size.bit_length() - 1
    if any(is_identity(one.matrix, tolerance) for one in measured):
        return None
    phased = all(one.phased for one in measured)
    if not phased and not all(_moves_basis_states(one.matrix, tolerance) for one in measured):
        return None
    for hypothesis in hypotheses(qubits, len(measured[0].angles), prefer):
        gate, order, parameter_order, scale = hypothesis
        error, phase = 0.0, None
        for one in measured:
            expected = hypothesis_matrix(hypothesis, one.angles)
            if phased:
                deviates, turned = deviation(one.matrix, expected)
            else:
                deviates, turned = float(np.max(np.abs(abs(one.matrix) - abs(expected)))), 0.0
            error = max(error, deviates)
            phase = turned if phase is None else phase
            if error > tolerance:
                break
        else:
            return Identification(
                gate, order, parameter_order, scale, error, phase or 0.0, not phased
            )
    return None


def identify_matrix(
    measured: Matrix, wanted: Matrix, tolerance: float = 1e-8
) -> Identification | None:
    """Whether a gate that takes a matrix applied ``wanted``, and in which order of its qubits.

    Only the plain and the reversed order are known, because they have a meaning for any size.
    """
    count = len(wanted).bit_length() - 1
    for order in dict.fromkeys((tuple(range(count)), tuple(range(count))[::-1])):
        error, phase = deviation(measured, permuted(wanted, order))
        if error <= tolerance:
            return Identification("matrix", order, (), 1.0, error, phase)
    return None


def _moves_basis_states(matrix: Matrix, tolerance: float) -> bool:
    """Whether each column has one entry of modulus 1 and they are not all on the diagonal."""
    moduli = np.abs(matrix)
    monomial = bool(np.all(np.minimum(moduli, np.abs(moduli - 1)) <= tolerance))
    return monomial and float(np.min(moduli.diagonal())) <= tolerance


Hypothesis = tuple[str, tuple[int, ...], tuple[int, ...], float]


def hypotheses(qubits: int, parameters: int, prefer: str | None) -> Iterator[Hypothesis]:
    """All readings of a native gate of this size: plain ones first, the preferred name first."""
    gates = [gate for gate, arity in ARITY.items() if arity == (qubits, parameters)]
    gates.sort(key=lambda gate: gate != prefer)
    scales = SCALES if parameters else (1.0,)
    for gate in gates:
        for scale in scales:
            for order in permutations(range(qubits)):
                for parameter_order in permutations(range(parameters)):
                    yield gate, order, parameter_order, scale


def hypothesis_matrix(hypothesis: Hypothesis, native: Sequence[float]) -> Matrix:
    """Unitary that the native gate would have, on its qubits in native order, at native angles."""
    gate, order, parameter_order, scale = hypothesis
    ours = [0.0] * len(native)
    for position, value in zip(parameter_order, native, strict=True):
        ours[position] = value / scale
    return permuted(unitary(gate, ours), order)


def explain(measured: Matrix, angles: Sequence[float], tolerance: float = 1e-4) -> str:
    """What a matrix is, for people: another gate, a gate's inverse, or its entries."""
    size = len(measured)
    if is_identity(measured, tolerance):
        return "it does nothing (the identity)"
    given = tuple(angles)
    found = identify([Measured(given, measured)], None, tolerance)
    if found is not None:
        return f"it is {found.gate}" + (f" ({found.note})" if not found.plain else "")
    inverse = identify([Measured(given, measured.conj().T)], None, tolerance)
    if inverse is not None and inverse.plain:
        return f"it is the inverse of {inverse.gate}"
    if float(np.max(np.abs(measured.conj().T @ measured - np.eye(size)))) > 1e-3:
        return f"it is not unitary: {show(measured)}"
    return f"measured {show(measured)}"


def show(matrix: Matrix) -> str:
    """A small matrix in one line, three decimals; large ones by their entries that are not zero."""
    if len(matrix) <= 4:
        return "[" + "; ".join(" ".join(_number(entry) for entry in row) for row in matrix) + "]"
    entries = [
        f"({row},{column}): {_number(matrix[row, column])}"
        for row, column in zip(*np.nonzero(np.abs(matrix) > 5e-4), strict=True)
    ]
    return "{" + ", ".join(entries[:12]) + (", ...}" if len(entries) > 12 else "}")


def _number(value: complex) -> str:
    real, imaginary = round(value.real, 3) + 0.0, round(value.imag, 3) + 0.0
    if imaginary == 0:
        return f"{real:g}"
    return f"{imaginary:g}i" if real == 0 else f"{real:g}{imaginary:+g}i"
