"""Tokens and angle expressions of OpenQASM 2 and 3."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .errors import InvalidCircuit

DEEPEST = 60
"""Nested parentheses and signs beyond this are refused, before Python's own stack is in danger."""


class Token(NamedTuple):
    """A piece of text and the line it stands on."""

    kind: str
    text: str
    line: int


_PATTERN = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<string>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<symbol>->|\*\*|==|[-+*/^@(){}\[\],;:=<>!&|%~$#?.])",
    re.DOTALL,
)


def tokens(text: str) -> list[Token]:
    """Split a program.

    Raises:
        InvalidCircuit: A character that OpenQASM does not know.
    """
    found: list[Token] = []
    place, line = 0, 1
    while place < len(text):
        match = _PATTERN.match(text, place)
        if match is None:
            raise InvalidCircuit(
                f"line {line} of the text is no OpenQASM: unexpected {text[place]!r}"
            )
        piece = match.group()
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), piece, line))
        line += piece.count("\n")
        place = match.end()
    return found


CONSTANTS = {
    "pi": math.pi,
    "π": math.pi,
    "tau": math.tau,
    "τ": math.tau,
    "euler": math.e,
    "ℇ": math.e,
}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "exp": math.exp,
    "ln": math.log,
    "log": math.log,
    "sqrt": math.sqrt,
    "arcsin": math.asin,
    "arccos": math.acos,
    "arctan": math.atan,
}


class Cursor:
    """Reads tokens one by one."""

    def __init__(self, found: list[Token]) -> None:
        self._found = found
        self._place = 0
        self._depth = 0

    def __bool__(self) -> bool:
        """Whether there are tokens left."""
        return self._place < len(self._found)

    @property
    def line(self) -> int:
        """Line of the next token, or of the last one."""
        return self._found[min(self._place, len(self._found) - 1)].line if self._found else 1

    def peek(self, ahead: int = 0) -> str:
        """Text of a token to come; empty at the end."""
        place = self._place + ahead
        return self._found[place].text if place < len(self._found) else ""

    def take(self, expected: str | None = None) -> str:
        """The next token's text.

        Raises:
            InvalidCircuit: Another one than expected, or the end.
        """
        if not self:
            raise InvalidCircuit(
                f"the OpenQASM text ends where {expected or 'more'!r} was expected"
            )
        text = self._found[self._place].text
        if expected is not None and text != expected:
            raise InvalidCircuit(f"line {self.line}: expected {expected!r}, found {text[:40]!r}")
        self._place += 1
        return text

    def try_take(self, text: str) -> bool:
        """Take the next token if it is this one."""
        if self.peek() != text:
            return False
        self._place += 1
        return True

    def name(self) -> str:
        """The next token, which must be a name."""
        if not self or self._found[self._place].kind != "name":
            raise InvalidCircuit(f"line {self.line}: expected a name, found {self.peek()[:40]!r}")
        return self.take()

    def until(self, end: str) -> list[Token]:
        """All tokens up to `end`, which is taken too; braces inside are kept together."""
        start, depth = self._place, 0
        while self:
            text = self.take()
            if text == end and depth == 0:
                return self._found[start : self._place - 1]
            depth += (text == "{") - (text == "}")
        raise InvalidCircuit(f"the OpenQASM text ends where {end!r} was expected")

    def expression(self, values: Mapping[str, float]) -> float:
        """A sum of products; the value of a real expression.

        Raises:
            InvalidCircuit: Not an expression, an unknown name, or no finite real value.
        """
        line = self.line
        try:
            value = self._sum(values)
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            if isinstance(error, InvalidCircuit):
                raise
            raise InvalidCircuit(f"line {line}: the angle has no finite value ({error})") from error
        if isinstance(value, complex) or not math.isfinite(value):
            raise InvalidCircuit(f"line {line}: the angle has no finite real value")
        return value

    def _sum(self, values: Mapping[str, float]) -> float:
        value = self._product(values)
        while self.peek() in ("+", "-"):
            value = (
                value + self._product(values)
                if self.take() == "+"
                else value - self._product(values)
            )
        return value

    def _product(self, values: Mapping[str, float]) -> float:
        value = self._signed(values)
        while self.peek() in ("*", "/", "%"):
            sign = self.take()
            other = self._signed(values)
            value = (
                value * other if sign == "*" else value / other if sign == "/" else value % other
            )
        return value

    def _signed(self, values: Mapping[str, float]) -> float:
        self._depth += 1
        if self._depth > DEEPEST:
            raise InvalidCircuit(f"line {self.line}: the expression is nested too deeply")
        try:
            if self.peek() in ("-", "+"):
                return -self._signed(values) if self.take() == "-" else self._signed(values)
            base = self._atom(values)
            if self.peek() in ("**", "^"):
                self.take()
                # Binds to the right and tighter than the sign on its left: -2 ** 2 is -(2 ** 2).
                base = base ** self._signed(values)
            return base
        finally:
            self._depth -= 1

    def _atom(self, values: Mapping[str, float]) -> float:
        if self.try_take("("):
            value = self._sum(values)
            self.take(")")
            return value
        if self and self._found[self._place].kind == "number":
            return float(self.take().replace("_", ""))
        name = self.name()
        if name in FUNCTIONS and self.peek() == "(":
            self.take("(")
            value = FUNCTIONS[name](self._sum(values))
            self.take(")")
            return value
        if name in values:
            return values[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        raise InvalidCircuit(
            f"line {self.line}: {name[:40]!r} has no value; give it one in options['params']"
        )
