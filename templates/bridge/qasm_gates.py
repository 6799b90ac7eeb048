"""Gate statements of OpenQASM: library gates, definitions, modifiers and broadcasting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .errors import InvalidCircuit
from .gates import GATES, controlled, unitary
from .program import Operation, Program
from .qasm_expression import Cursor, Token
from .synthesis import diagonalise

MOST_OPERATIONS = 500_000
"""Operations and calls of defined gates together: ten nested definitions can stand for 10^10 gates."""
DEEPEST = 100
"""Definitions that use each other; a chain longer than this would end Python's own stack."""
WIDEST_MODIFIED = 8
"""Qubits of a gate with modifiers that has no name of its own: it is multiplied out."""

NAMES = {name: name for name in GATES} | {
    "U": "u3",
    "u": "u3",
    "u1": "p",
    "phase": "p",
    "CX": "cx",
    "cnot": "cx",
    "cu1": "cp",
    "cphase": "cp",
}
NOTHING = frozenset({"id", "u0"})
CONTROLLED = {
    ("x", 1): "cx",
    ("y", 1): "cy",
    ("z", 1): "cz",
    ("h", 1): "ch",
    ("p", 1): "cp",
    ("rx", 1): "crx",
    ("ry", 1): "cry",
    ("rz", 1): "crz",
    ("swap", 1): "cswap",
    ("cx", 1): "ccx",
    ("x", 2): "ccx",
    ("cz", 1): "ccz",
    ("z", 2): "ccz",
}
INVERSES = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t", "sx": "sxdg", "sxdg": "sx"}
SELF_INVERSE = frozenset(
    {"h", "x", "y", "z", "cx", "cy", "cz", "ch", "swap", "ccx", "ccz", "cswap"}
)
ROTATIONS = frozenset({"rx", "ry", "rz", "p", "cp", "crx", "cry", "crz", "rzz", "rxx", "ryy"})


@dataclass(frozen=True, slots=True)
class Definition:
    """A gate that the text defines."""

    parameters: tuple[str, ...]
    qubits: tuple[str, ...]
    body: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Modifier:
    """`ctrl` and `negctrl` with a number of controls, `pow` with an exponent, `inv`."""

    kind: str
    value: float = 1


@dataclass(frozen=True, slots=True)
class Call:
    """One gate on its qubits, as written."""

    name: str
    parameters: tuple[float, ...]
    qubits: tuple[int, ...]
    modifiers: tuple[Modifier, ...]
    line: int


Operand = Callable[[Cursor], list[int]]


class GateCalls:
    """Appends gate statements to a program."""

    def __init__(self) -> None:
        self.version = 3
        self.values: dict[str, float] = {}
        self.definitions: dict[str, Definition] = {}
        self._budget = MOST_OPERATIONS
        self._depth = 0
        # Global phase of what was called; it counts only where the whole is put under a control.
        self._phase = 0.0

    def call(
        self,
        program: Program,
        cursor: Cursor,
        operand: Operand,
        values: Mapping[str, float] | None = None,
    ) -> None:
        """Run one statement.

        Args:
            program: Where the operations go.
            cursor: At the first modifier, or at the gate's name.
            operand: Reads one operand: the qubits of a register, or one qubit.
            values: What names in angles mean; the text's constants by default.

        Raises:
            InvalidCircuit: Unknown gate, wrong number of parameters or qubits, or more than can be expanded.
        """
        values = self.values if values is None else values
        line = cursor.line
        modifiers = tuple(_modifiers(cursor, values))
        name = cursor.name()
        parameters: list[float] = []
        if cursor.try_take("("):
            while not cursor.try_take(")"):
                parameters.append(cursor.expression(values))
                if cursor.peek() != ")":
                    cursor.take(",")
        operands: list[list[int]] = []
        while cursor:
            operands.append(operand(cursor))
            if not cursor.try_take(","):
                break
        if name == "gphase" and not operands and not modifiers and len(parameters) == 1:
            self._phase += parameters[0]
            return
        widths = {len(found) for found in operands} - {1}
        if len(widths) > 1 or not operands:
            raise InvalidCircuit(
                f"line {line}: {name[:40]!r} is given registers of different sizes, or no qubit"
            )
        for place in range(widths.pop() if widths else 1):
            qubits = tuple(found[place if len(found) > 1 else 0] for found in operands)
            self._gate(program, Call(name, tuple(parameters), qubits, modifiers, line))

    def _gate(self, program: Program, call: Call) -> None:
        self._budget -= 1
        if self._budget < 0:
            raise InvalidCircuit(
                f"line {call.line}: the text stands for more than {MOST_OPERATIONS} operations"
            )
        program.checked(call.qubits, f"line {call.line}: {call.name[:40]}")
        if call.modifiers:
            plain = _without_modifiers(call) if call.name not in self.definitions else None
            if plain is None:
                program.append(Operation("matrix", (self._modified(call),), call.qubits))
                return
            call = plain
        definition = self.definitions.get(call.name)
        if definition is not None:
            self._expand(program, definition, call)
        elif call.name == "cu" and len(call.parameters) == 4:
            # A controlled e^{i gamma} u3: the phase turns the control.
            self._known(program, call, "p", call.parameters[3:], call.qubits[:1])
            self._known(program, call, "cu3", call.parameters[:3], call.qubits)
        elif call.name not in NOTHING:
            if self.version == 3 and call.name in ("U", "u2", "u3"):
                self._phase += _defined_phase(call)
            self._known(
                program, call, NAMES.get(call.name, call.name), call.parameters, call.qubits
            )

    def _known(
        self,
        program: Program,
        call: Call,
        name: str,
        parameters: tuple[float, ...],
        qubits: tuple[int, ...],
    ) -> None:
        gate = GATES.get(name)
        if gate is None:
            raise InvalidCircuit(f"line {call.line}: unknown gate or statement {name[:40]!r}")
        if len(qubits) != gate.qubits or len(parameters) != gate.parameters:
            raise InvalidCircuit(
                f"line {call.line}: {call.name} takes {gate.parameters} parameters and {gate.qubits} qubits, "
                f"not {len(parameters)} and {len(qubits)}"
            )
        program.append(Operation(name, parameters, qubits))

    def _expand(self, program: Program, definition: Definition, call: Call) -> None:
        if len(call.parameters) != len(definition.parameters) or len(call.qubits) != len(
            definition.qubits
        ):
            raise InvalidCircuit(
                f"line {call.line}: {call.name[:40]} takes {len(definition.parameters)} parameters and "
                f"{len(definition.qubits)} qubits, not {len(call.parameters)} and {len(call.qubits)}"
            )
        if self._depth == DEEPEST:
            raise InvalidCircuit(
                f"line {call.line}: more than {DEEPEST} gate definitions use each other"
            )
        values = {**self.values, **dict(zip(definition.parameters, call.parameters, strict=True))}
        inside = dict(zip(definition.qubits, call.qubits, strict=True))

        def operand(cursor: Cursor) -> list[int]:
            qubit = cursor.name()
            if qubit not in inside:
                raise InvalidCircuit(
                    f"line {cursor.line}: {qubit[:40]!r} is no qubit of the gate {call.name[:40]}"
                )
            return [inside[qubit]]

        body = Cursor(list(definition.body))
        # A gate may use only gates defined before it; hiding its own name refuses endless recursion.
        del self.definitions[call.name]
        self._depth += 1
        try:
            while body:
                statement = Cursor(body.until(";"))
                if not statement or statement.peek() == "barrier":
                    continue
                self.call(program, statement, operand, values)
                if statement:
                    raise InvalidCircuit(
                        f"line {statement.line}: {statement.peek()[:40]!r} was not expected"
                    )
        finally:
            self._depth -= 1
            self.definitions[call.name] = definition

    def _modified(self, call: Call) -> np.ndarray:
        """The unitary of a gate with modifiers; the last modifier, beside the gate, acts first."""
        controls = sum(
            int(found.value) for found in call.modifiers if found.kind in ("ctrl", "negctrl")
        )
        width = len(call.qubits) - controls
        if len(call.qubits) > WIDEST_MODIFIED or width < 0:
            raise InvalidCircuit(
                f"line {call.line}: {call.name[:40]} with {controls} controls cannot act on {len(call.qubits)} qubits"
            )
        matrix = self._unitary(call, width)
        for found in reversed(call.modifiers):
            if found.kind == "inv":
                matrix = matrix.conj().T
            elif found.kind == "pow":
                matrix = _power(matrix, found.value)
            elif found.kind == "ctrl":
                matrix = controlled(matrix, int(found.value))
            else:
                # The block where all controls are 1 and the one where all are 0 change places.
                size = matrix.shape[0]
                matrix = controlled(matrix, int(found.value))
                order = np.arange(matrix.shape[0])
                order[:size], order[-size:] = order[-size:].copy(), order[:size].copy()
                matrix = matrix[np.ix_(order, order)]
        return matrix

    def _unitary(self, call: Call, width: int) -> np.ndarray:
        if call.name == "gphase" and width == 0 and len(call.parameters) == 1:
            return np.array([[np.exp(1j * call.parameters[0])]])
        if width == 0:
            raise InvalidCircuit(
                f"line {call.line}: {call.name[:40]} is given no qubit beside its controls"
            )
        inner = Program(width)
        before, self._phase = self._phase, 0.0
        self._gate(inner, Call(call.name, call.parameters, tuple(range(width)), (), call.line))
        total = np.eye(2**width, dtype=complex) * np.exp(1j * self._phase)
        self._phase = before
        for name, parameters, qubits in inner.operations:
            total = _apply(
                parameters[0] if name == "matrix" else unitary(name, parameters), qubits, total
            )
        return total


def _defined_phase(call: Call) -> float:
    """Global phase of OpenQASM 3's definitions against the matrix of `u3`: e^{iθ/2} for U, determinant 1 for others."""
    if call.name == "U":
        return call.parameters[0] / 2 if call.parameters else 0.0
    return -sum(call.parameters[-2:]) / 2


def _modifiers(cursor: Cursor, values: Mapping[str, float]) -> list[Modifier]:
    found: list[Modifier] = []
    while cursor.peek() in ("ctrl", "negctrl", "inv", "pow") and cursor.peek(1) in ("@", "("):
        kind = cursor.take()
        value = 1.0
        if cursor.try_take("("):
            value = cursor.expression(values)
            cursor.take(")")
        cursor.take("@")
        if kind in ("ctrl", "negctrl") and (
            value != int(value) or not 1 <= value <= WIDEST_MODIFIED
        ):
            raise InvalidCircuit(f"line {cursor.line}: {value:g} controls are not possible")
        found.append(Modifier(kind, value))
    return found


def _without_modifiers(call: Call) -> Call | None:
    """The call under a name of its own, so that a backend's own gate is used; None if there is no such name."""
    name = NAMES.get(call.name, "")
    kinds = {found.kind for found in call.modifiers}
    # U and u3 have other global phases under a control than the gate that they are read as.
    if kinds & {"negctrl", "pow"} or call.name in ("U", "u2", "u3"):
        return None
    parameters = call.parameters
    if sum(found.kind == "inv" for found in call.modifiers) % 2:
        if name in ROTATIONS:
            parameters = tuple(-value for value in parameters)
        elif name not in SELF_INVERSE:
            name = INVERSES.get(name, "")
    controls = sum(int(found.value) for found in call.modifiers if found.kind == "ctrl")
    if controls:
        name = CONTROLLED.get((name, controls), "")
    return Call(name, parameters, call.qubits, (), call.line) if name in GATES else None


def _apply(matrix: np.ndarray, qubits: tuple[int, ...], total: np.ndarray) -> np.ndarray:
    """`matrix` on some qubits after `total` on all."""
    width, count = total.shape[0].bit_length() - 1, len(qubits)
    tensor = np.tensordot(
        matrix.reshape((2,) * (2 * count)),
        total.reshape((2,) * width + (-1,)),
        axes=(range(count, 2 * count), qubits),
    )
    return np.moveaxis(tensor, range(count), qubits).reshape(total.shape)


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Whole powers by multiplication, others by the principal root, as OpenQASM 3 defines `pow`."""
    if exponent == int(exponent) and abs(exponent) < 2**31:
        return np.linalg.matrix_power(matrix, int(exponent))
    vectors, phases = diagonalise(matrix)
    return (vectors * np.exp(1j * exponent * phases)) @ vectors.conj().T
