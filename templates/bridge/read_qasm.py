"""From OpenQASM 2 and 3 text to `Program`.

Read are: registers, gates of the two standard libraries, gate definitions, modifiers (`ctrl`, `negctrl`, `inv`, `pow`),
constants, `input` parameters, barriers, resets of untouched qubits and measurements at the end. Everything else
(loops, conditions, subroutines, files) is refused by name. Source: the OpenQASM 2.0 and 3.0 specifications.
"""

from __future__ import annotations

from collections.abc import Mapping

from .errors import InvalidCircuit, TooManyQubits
from .program import READABLE_QUBITS, Program, number
from .qasm_expression import Cursor, Token, tokens
from .qasm_gates import Definition, GateCalls

LONGEST = 20_000_000
"""Characters of a text."""

LIBRARIES = ("qelib1.inc", "stdgates.inc")


def read_qasm(text: str, params: Mapping[str, object]) -> Program:
    """Read a program; qubit 0 is the first one declared, a classical register becomes a measurement key.

    Args:
        text: OpenQASM 2 or 3.
        params: Values of `input` parameters.

    Raises:
        InvalidCircuit: It is no OpenQASM, or contains what cannot be run; the message names the line.
        TooManyQubits: More qubits than anything could simulate; nothing of that size is made.
    """
    if len(text) > LONGEST:
        raise InvalidCircuit(
            f"the OpenQASM text has {len(text)} characters; the longest that is read has {LONGEST}"
        )
    if "OPENQASM" not in text and "qreg" not in text and "qubit" not in text:
        raise InvalidCircuit("the text is no OpenQASM program: it declares no qubits")
    return _Reader(text, params).read()


class _Reader:
    """Declarations first, then gates: their number of qubits must be known before the first one."""

    def __init__(self, text: str, params: Mapping[str, object]) -> None:
        self.cursor = Cursor(tokens(text))
        self.params = params
        self.gates = GateCalls()
        self.registers: dict[str, range] = {}
        self.bits: dict[str, int] = {}
        self.measured: dict[str, dict[int, int]] = {}
        self.qubits = 0

    def read(self) -> Program:
        later: list[Cursor] = []
        while self.cursor:
            declared_bits = self._declaration()
            if declared_bits is not None:
                later.append(self._statement(declared_bits))
        if not self.qubits:
            raise InvalidCircuit("the OpenQASM text declares no qubits")
        program = Program(self.qubits)
        for statement in later:
            self._run(program, statement)
        return program.measure_registers(self.measured)

    # Declarations

    def _declaration(self) -> list[Token] | None:
        """Take a declaration; else the tokens that the statement begins with, taken already or none."""
        cursor = self.cursor
        word = cursor.peek()
        if word == "OPENQASM":
            cursor.take()
            self._version(cursor.take())
        elif word == "include":
            cursor.take()
            name = cursor.take().strip("\"'")
            if name not in LIBRARIES:
                known = " and ".join(LIBRARIES)
                raise InvalidCircuit(
                    f"line {cursor.line}: {name[:60]!r} is not included; only {known} are known"
                )
        elif word in ("qreg", "creg"):
            cursor.take()
            name = cursor.name()
            self._declare(name, self._size(), quantum=word == "qreg")
        elif word in ("qubit", "bit"):
            cursor.take()
            size = self._size() if cursor.peek() == "[" else 1
            line, name = cursor.line, cursor.name()
            self._declare(name, size, quantum=word == "qubit")
            if cursor.peek() == "=":
                return [Token("name", name, line)]
        elif word in ("input", "const"):
            self._value(word)
        elif word == "gate":
            self._define()
            return None
        elif word == "opaque":
            cursor.until(";")
            return None
        else:
            return []
        cursor.take(";")
        return None

    def _version(self, version: str) -> None:
        major = version.partition(".")[0]
        if major not in ("2", "3"):
            raise InvalidCircuit(f"OpenQASM {version[:20]} is not known; versions 2 and 3 are")
        self.gates.version = int(major)

    def _statement(self, start: list[Token]) -> Cursor:
        """The next statement, to be run when all qubits are known."""
        found = [*start, *self.cursor.until(";")]
        for token in found:
            if token.text == "{":
                raise InvalidCircuit(
                    f"line {token.line}: {found[0].text[:40]!r} is control flow; only fixed circuits can be run"
                )
        return Cursor(found)

    def _size(self) -> int:
        cursor = self.cursor
        cursor.take("[")
        text = cursor.take()
        cursor.take("]")
        if not text.isascii() or not text.isdigit() or int(text[:12]) == 0:
            raise InvalidCircuit(f"line {cursor.line}: {text[:40]!r} is no size of a register")
        return int(text[:12])

    def _declare(self, name: str, size: int, quantum: bool) -> None:
        if name in self.registers or name in self.bits:
            raise InvalidCircuit(f"line {self.cursor.line}: {name[:40]!r} is declared twice")
        if not quantum:
            self.bits[name] = size
            return
        if self.qubits + size > READABLE_QUBITS:
            raise TooManyQubits(self.qubits + size, READABLE_QUBITS)
        self.registers[name] = range(self.qubits, self.qubits + size)
        self.qubits += size

    def _value(self, word: str) -> None:
        cursor = self.cursor
        cursor.take()
        cursor.name()  # the type, which does not matter: every value is an angle
        if cursor.try_take("["):
            cursor.take()
            cursor.take("]")
        name = cursor.name()
        values = self.gates.values
        if word == "const":
            cursor.take("=")
            values[name] = cursor.expression(values)
        elif name in self.params:
            values[name] = number(self.params[name], name[:40])
        else:
            raise InvalidCircuit(
                f"line {cursor.line}: the input {name[:40]!r} has no value; give it in options['params']"
            )

    def _define(self) -> None:
        cursor = self.cursor
        cursor.take("gate")
        name = cursor.name()
        parameters: list[str] = []
        if cursor.try_take("("):
            while not cursor.try_take(")"):
                parameters.append(cursor.name())
                cursor.try_take(",")
        qubits = [cursor.name()]
        while cursor.try_take(","):
            qubits.append(cursor.name())
        cursor.take("{")
        body = tuple(cursor.until("}"))
        self.gates.definitions[name] = Definition(tuple(parameters), tuple(qubits), body)

    # Statements

    def _run(self, program: Program, cursor: Cursor) -> None:
        word = cursor.peek()
        if not word or word == "barrier":
            return
        if word == "measure":
            self._measure(program, cursor, None)
        elif cursor.peek(1) == "=" or (cursor.peek(1) == "[" and cursor.peek(4) == "="):
            target = self._bit(cursor)
            cursor.take("=")
            self._measure(program, cursor, target)
        elif word == "reset":
            cursor.take()
            for qubit in self._operand(cursor):
                if not program.is_untouched(qubit):
                    raise InvalidCircuit(
                        f"line {cursor.line}: only qubits in |0⟩ can be reset, qubit {qubit} was used before"
                    )
        else:
            self.gates.call(program, cursor, self._operand)
        if cursor:
            raise InvalidCircuit(f"line {cursor.line}: {cursor.peek()[:40]!r} was not expected")

    def _operand(self, cursor: Cursor) -> list[int]:
        name = cursor.name()
        register = self.registers.get(name)
        if register is None:
            raise InvalidCircuit(f"line {cursor.line}: {name[:40]!r} is no register of qubits")
        if cursor.peek() != "[":
            return list(register)
        return [register[_index(cursor, len(register), name)]]

    def _bit(self, cursor: Cursor) -> tuple[str, list[int]]:
        name = cursor.name()
        size = self.bits.get(name)
        if size is None:
            raise InvalidCircuit(f"line {cursor.line}: {name[:40]!r} is no classical register")
        if cursor.peek() != "[":
            return name, list(range(min(size, READABLE_QUBITS)))
        return name, [_index(cursor, size, name)]

    def _measure(
        self, program: Program, cursor: Cursor, target: tuple[str, list[int]] | None
    ) -> None:
        line = cursor.line
        cursor.take("measure")
        register = cursor.peek()
        qubits = self._operand(cursor)
        if target is None and cursor.try_take("->"):
            target = self._bit(cursor)
        name, bits = target or (
            register,
            [qubit - self.registers[register].start for qubit in qubits],
        )
        if len(bits) != len(qubits):
            raise InvalidCircuit(
                f"line {line}: {len(qubits)} qubits are measured into {len(bits)} bits"
            )
        self.measured.setdefault(name, {}).update(zip(bits, qubits, strict=True))
        program.measured.update(qubits)


def _index(cursor: Cursor, size: int, name: str) -> int:
    """`[i]`; a negative index counts from the end."""
    cursor.take("[")
    negative = cursor.try_take("-")
    text = cursor.take()
    if not text.isascii() or not text.isdigit():
        raise InvalidCircuit(f"line {cursor.line}: {text[:40]!r} is no index of {name[:40]}")
    cursor.take("]")
    index = int(text[:12])
    index = size - index if negative else index
    if not 0 <= index < size:
        raise InvalidCircuit(
            f"line {cursor.line}: {name[:40]} has {size} entries, there is no index {text[:12]}"
        )
    return index
