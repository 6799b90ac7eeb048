"""What the writers of an invented package pass on to each other."""

from __future__ import annotations

import random
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .arguments import Arguments
from .axes import Axes
from .physics import GATES
from .words import CLASSES, VERBS, choose_names, opaque, pascal

#: Takes a gate, its native qubits and native angles as texts; gives the lines that apply it.
Apply = Callable[[str, Sequence[str], Sequence[str]], list[str]]
#: Readers of a class are put here.
READERS = "    # readings\n"


@dataclass
class Setting:
    """The axes, the names that were drawn for this package, and how it writes arguments."""

    axes: Axes
    rng: random.Random
    package: str
    words: dict[str, str]
    arguments: Arguments
    #: Source of helper classes that stands before the main class.
    helpers: str = ""

    @staticmethod
    def of(axes: Axes) -> Setting:
        """Draw all names for the axes; the same each time."""
        rng = random.Random(7919 * axes.seed + 17)
        package = opaque(rng, 3) + rng.choice(("", "", "q", "sim", "_qc"))
        words = choose_names(axes.gates, axes.names, rng)
        words = {gate: _cased(word, axes, rng) for gate, word in words.items()}
        if axes.naming in ("string", "dict", "text", "key", "enum") and rng.random() < 0.5:
            words = {gate: word.upper() for gate, word in words.items()}
        return Setting(axes, rng, package, words, Arguments(axes, rng))

    def name(self, kind: str) -> str:
        """A class name; a word that says nothing in one package of five."""
        if self.rng.random() < 0.2:
            return pascal(opaque(self.rng, 3))
        return self.rng.choice(CLASSES[kind])

    def verb(self) -> str:
        """The method that takes a gate."""
        return self.rng.choice(VERBS)

    def document(self, gate: str, pad: str = "        ") -> str:
        """The docstring of a gate, or nothing."""
        if not self.axes.docstrings:
            return ""
        angles = f", angle in {self.axes.unit}" if GATES[gate].angles else ""
        return f'{pad}"""{GATES[gate].doc.capitalize()}{angles}."""\n'


def _cased(word: str, axes: Axes, rng: random.Random) -> str:
    return pascal(word) if axes.naming in ("class", "instance") else word


@dataclass
class Api:
    """An API under construction.

    ``make(n)`` gives the lines that begin a circuit in the variable ``c``. ``psi`` is the expression for the amplitudes
    inside the package, with ``taken`` as its parameters; ``given`` are the arguments from outside.
    """

    make: Callable[[int], list[str]]
    apply: Apply
    source: str
    public: list[str]
    taken: list[str] = field(default_factory=lambda: ["circuit"])
    given: list[str] = field(default_factory=lambda: ["c"])
    psi: str = "circuit._psi()"
    #: Gates that live in a module of their own, and what it exports.
    gates: str = ""
    gates_public: list[str] = field(default_factory=list)
    #: The object is a class with a place for readers.
    readable: bool = False
    #: The circuit is the context of these lines.
    context: bool = False
    #: Arguments that the call that runs takes besides, outside and inside (bound values).
    more_given: list[str] = field(default_factory=list)
    more_taken: list[str] = field(default_factory=list)
    more_psi: str = ""


def block(text: str, **values: str) -> str:
    """A piece of source text, with values put in where ``<name>`` stands."""
    text = textwrap.dedent(text).strip("\n")
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return text + "\n"
