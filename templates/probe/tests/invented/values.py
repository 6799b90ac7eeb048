"""Gates as values: classes, instances, functions, or entries of a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .api import Setting
from .physics import GATES


@dataclass
class Values:
    """The source of the gates' module, its public names, and how a value is written from outside."""

    setting: Setting
    source: str
    public: list[str]
    table: str = ""

    def name(self, gate: str) -> str:
        """The thing that stands for a gate: a class, a function, an instance, an entry."""
        word, package = self.setting.words[gate], self.setting.package
        return f'{package}.{self.table}["{word}"]' if self.table else f"{package}.{word}"

    def part(self, gate: str, angles: Sequence[str]) -> str:
        """A gate without its qubits."""
        if not angles and self.setting.axes.naming in ("instance", "key"):
            return self.name(gate)
        return f"{self.name(gate)}({self.setting.arguments.call(gate, None, angles)})"

    def whole(self, gate: str, qubits: Sequence[str], angles: Sequence[str]) -> str:
        """A gate with its qubits."""
        return f"{self.name(gate)}({self.setting.arguments.call(gate, qubits, angles)})"


_BASE = '''class <base>:
    """A gate<what>."""

    def __init__(self, word, wires=(), angles=()):
        self.word, self.wires, self.angles = word, wires, tuple(angles)

    def __repr__(self):
        return f"{self.word}{self.wires}{self.angles}"
<more>

'''


def gate_values(setting: Setting, more: str = "", prepare: str = "") -> Values:
    """Gate values of the package; ``more`` is the body of further methods of their base class."""
    axes = setting.axes
    base = setting.rng.choice(("Gate", "Operation", "Op", "_Gate", "Unitary"))
    head = prepare + _BASE.replace("<base>", base).replace("<what>", " of this package").replace(
        "<more>", more
    )
    whole = axes.parameters == "whole"
    parts, public = [], []
    for gate in axes.gates:
        parts.append(_one(setting, gate, base, whole))
        public.append(setting.words[gate])
    values = Values(setting, head + "\n\n".join(parts) + "\n", public)
    if axes.naming == "key":
        values.table = setting.rng.choice(("GATES", "gates", "ops", "LIBRARY"))
        rows = "".join(f'    "{word}": _{word},\n' for word in setting.words.values())
        values.source += f"\n\n{values.table} = {{\n{rows}}}\n"
        values.public = [values.table]
    return values


def _one(setting: Setting, gate: str, base: str, whole: bool) -> str:
    axes, arguments, word = setting.axes, setting.arguments, setting.words[gate]
    parameters = arguments.parameters(gate, qubits=whole)
    wires = arguments.wires(gate) if whole else "()"
    if axes.qubits == "handle" and whole:
        wires = f"tuple(w.index for w in {wires})"
    turns = arguments.turns(gate)
    if axes.naming == "class":
        if axes.parameters == "call":
            note = setting.document(gate, "    ") or '    """A gate."""\n'
            return f'class {word}({base}):\n{note}\n    word = "{word}"\n    size = {GATES[gate].qubits}\n'
        note = setting.document(gate, "    ")
        return (
            f"class {word}({base}):\n{note}{chr(10) if note else ''}    def __init__({', '.join(['self', *parameters])}):\n"
            f'        super().__init__("{word}", {wires}, {turns})\n'
        )
    shown = f"_{word}" if axes.naming == "key" else word
    if not whole and axes.naming in ("instance", "key") and not GATES[gate].angles:
        return f'{shown} = {base}("{word}")\n'
    return f'def {shown}({", ".join(parameters)}):\n{setting.document(gate, "    ")}    return {base}("{word}", {wires}, {turns})\n'
