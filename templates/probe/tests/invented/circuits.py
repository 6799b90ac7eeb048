"""Circuits and states as objects: a class that gates are called on, or that takes them."""

from __future__ import annotations

from collections.abc import Sequence

from .api import READERS, Api, Apply, Setting, block
from .physics import GATES
from .values import gate_values

_CLASS = '''
class <name>:
    """<title>."""

    def __init__(self, <size>):
        <begin>

<readings>
<body>
    def _note(self, word, wires, angles=()):
        <note>

    def _psi(self<values>):
        <psi>
'''

_NOTES = {
    ("at once", "none"): "self._amps = kernel.operate(self._amps, word, wires, angles)",
    (
        "at once",
        "self",
    ): "self._amps = kernel.operate(self._amps, word, wires, angles)\n        return self",
    (
        "at once",
        "new",
    ): "other = copy.copy(self)\n        other._amps = kernel.operate(self._amps, word, wires, angles)\n"
    "        return other",
    ("at run", "none"): "self._steps.append((word, wires, angles))",
    ("at run", "self"): "self._steps.append((word, wires, angles))\n        return self",
    (
        "at run",
        "new",
    ): "other = copy.copy(self)\n        other._steps = [*self._steps, (word, wires, angles)]\n        return other",
}


def circuit_api(setting: Setting) -> Api:
    """A class whose objects receive the gates."""
    axes = setting.axes
    name = setting.name("state" if axes.receiver == "state" else "circuit")
    handle = _handle(setting) if axes.qubits == "handle" else ""
    body, apply, gates, gates_public = _body(setting, handle)
    size = setting.rng.choice(("n", "n_qubits", "num_qubits", "qubits", "size"))
    header = f"{size}: int" if axes.hints else size
    lazy = axes.size == "lazy"
    begin = [f"self.{size} = {size}"] if not lazy else []
    begin.append(
        f"self._amps = kernel.blank({size})" if axes.acts == "at once" else "self._steps = []"
    )
    if handle == "qubits":
        begin.append(f"self.qubits = [Qubit(i) for i in range({size})]")
    bound = axes.parameters == "bound"
    source = block(
        _CLASS,
        name=name,
        title="Qubits and what happens to them",
        size=header if not lazy else "label=''",
        begin="\n        ".join(begin if not lazy else ["self.label = label", *begin]),
        readings=READERS,
        body=body,
        note=_NOTES[axes.acts, axes.returns],
        values=", values=None" if bound else "",
        psi=_psi(size, lazy, bound) if axes.acts == "at run" else "return self._amps",
    )
    helpers = setting.helpers + (_QUBIT + "\n\n" if handle else "")
    source = helpers + source
    public = [name, *(["Qubit"] if handle == "class" else [])]
    argument = {"argument": "{n}", "keyword": f"{size}={{n}}", "lazy": ""}[axes.size]

    def make(n: int) -> list[str]:
        return [
            f"c = {setting.package}.{name}({argument.format(n=n)})",
            *(["values = {}"] if bound else []),
        ]

    rebinds = axes.returns == "new"

    def applied(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        lines = apply(gate, qubits, angles)
        if rebinds and " += " not in lines[-1]:
            lines[-1] = f"c = {lines[-1]}"
        return lines

    api = Api(make, applied, source, public, gates=gates, gates_public=gates_public, readable=True)
    if bound:
        api.more_given, api.more_taken, api.more_psi = ["values"], ["values"], "values"
    return api


def _psi(size: str, lazy: bool, bound: bool) -> str:
    count = (
        "1 + max((max(wires) for _, wires, _ in self._steps), default=0)"
        if lazy
        else f"self.{size}"
    )
    lines = [f"psi = kernel.blank({count})", "for word, wires, angles in self._steps:"]
    if bound:
        lines.append("    angles = [values[a] if isinstance(a, str) else a for a in angles]")
    lines += ["    psi = kernel.operate(psi, word, wires, angles)", "return psi"]
    return "\n        ".join(lines)


_QUBIT = block('''
class Qubit:
    """One qubit."""

    def __init__(self, index):
        self.index = index

    def __repr__(self):
        return f"Qubit({self.index})"
''')


def _handle(setting: Setting) -> str:
    lazy = setting.axes.size == "lazy"
    return "class" if lazy else setting.rng.choice(("qubits", "method", "item", "class"))


def _grip(setting: Setting, handle: str, qubits: Sequence[str]) -> list[str]:
    """Qubits as they are handed over."""
    text = {"": "{q}", "qubits": "c.qubits[{q}]", "method": "c.qubit({q})", "item": "c[{q}]"}
    text["class"] = f"{setting.package}.Qubit({{q}})"
    return [text[handle].format(q=q) for q in qubits]


def _body(setting: Setting, handle: str) -> tuple[str, Apply, str, list[str]]:
    axes = setting.axes
    extra = {
        "method": "    def qubit(self, index):\n        return Qubit(index)\n\n",
        "item": "    def __getitem__(self, index):\n        return Qubit(index)\n\n",
    }.get(handle, "")
    if axes.naming == "method":
        body, apply = _methods(setting, handle)
        return extra + body, apply, "", []
    if axes.naming in ("string", "enum", "key") and axes.parameters != "constructor":
        body, apply, gates, public = _named(setting, handle)
        return extra + body, apply, gates, public
    body, apply, gates, public = _taking(setting, handle)
    return extra + body, apply, gates, public


def _wires(wires: str, handle: str) -> str:
    return f"tuple(w.index for w in {wires})" if handle else wires


def _methods(setting: Setting, handle: str) -> tuple[str, Apply]:
    """`c.rx(0, 0.3)`, `c.rx(0.3)[0]`, `c[0].rx(0.3)`."""
    axes, arguments = setting.axes, setting.arguments
    if axes.qubits == "subscript":
        return _subscripts(setting)
    parts = []
    for gate in axes.gates:
        parameters = ", ".join(["self", *arguments.parameters(gate)])
        wires, turns = _wires(arguments.wires(gate), handle), arguments.turns(gate)
        parts.append(
            f"    def {setting.words[gate]}({parameters}):\n{setting.document(gate)}"
            f'        return self._note("{setting.words[gate]}", {wires}, {turns})\n'
        )

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        lines = []
        if axes.parameters == "bound":
            lines = [f'values["a" + str(len(values))] = {angle}' for angle in angles]
            first = len(angles)
            angles = [f'"a" + str(len(values) - {first - k})' for k in range(first)]
        given = arguments.call(gate, _grip(setting, handle, qubits), angles)
        return [*lines, f"c.{setting.words[gate]}({given})"]

    return "\n".join(parts), apply


_SLOT = """
    def __getitem__(self, wires):
        return _Place(self, wires if isinstance(wires, tuple) else (wires,))

"""


def _subscripts(setting: Setting) -> tuple[str, Apply]:
    axes, arguments = setting.axes, setting.arguments
    parts = []
    if axes.seed % 2:
        # c[0, 1].cx()
        for gate in axes.gates:
            parameters = ", ".join(["self", *arguments.angle_parameters(gate)])
            parts.append(
                f"    def {setting.words[gate]}({parameters}):\n{setting.document(gate)}"
                f'        return self._owner._note("{setting.words[gate]}", self._wires, {arguments.turns(gate)})\n'
            )
        place = "class _Place:\n    def __init__(self, owner, wires):\n        self._owner, self._wires = owner, wires\n\n"
        setting.helpers = place + "\n".join(parts) + "\n\n"

        def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
            return [
                f"c[{', '.join(qubits)}].{setting.words[gate]}({arguments.call(gate, None, angles)})"
            ]

        return _SLOT, apply
    setting.helpers = (
        block("""
        class _Slot:
            def __init__(self, owner, word, angles):
                self._owner, self._word, self._angles = owner, word, angles

            def __getitem__(self, wires):
                wires = wires if isinstance(wires, tuple) else (wires,)
                return self._owner._note(self._word, wires, self._angles)
    """)
        + "\n\n"
    )
    for gate in axes.gates:
        word, parameters = (
            setting.words[gate],
            ", ".join(["self", *arguments.angle_parameters(gate)]),
        )
        mark = "" if GATES[gate].angles else "    @property\n"
        parts.append(
            f"{mark}    def {word}({parameters}):\n{setting.document(gate)}"
            f'        return _Slot(self, "{word}", {arguments.turns(gate)})\n'
        )

    def apply_slot(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        call = f"({arguments.call(gate, None, angles)})" if angles else ""
        return [f"c.{setting.words[gate]}{call}[{', '.join(qubits)}]"]

    return "\n".join(parts), apply_slot


def _named(setting: Setting, handle: str) -> tuple[str, Apply, str, list[str]]:
    """`c.add("rx", 0, 0.3)`, `c.add(Kind.RX, …)`, `c["rx"](0, 0.3)`, `c.add("rx(0.3)", 0)`."""
    axes, arguments = setting.axes, setting.arguments
    verb = setting.verb()
    listing = ", ".join(f'"{word}"' for word in setting.words.values())
    if axes.parameters == "name":
        plain = arguments.qubits_only()
        body = block(
            '''
            def <verb>(self, name, <parameters>):
                """Add a gate such as "<example>"; gates: <all>."""
                word, _, rest = name.partition("(")
                angles = tuple(float(part) for part in rest.rstrip(")").split(",") if part.strip())
                return self._note(word, <wires>, angles)
        ''',
            verb=verb,
            parameters=plain[0],
            wires=_wires(plain[1], handle),
            example=_example(setting),
            all=", ".join(setting.words.values()),
        )

        def apply_text(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
            text = f"{setting.words[gate]}({', '.join(angles)})" if angles else setting.words[gate]
            where = (
                arguments.generic_call(gate, _grip(setting, handle, qubits), [])
                if axes.qubits in ("list", "tuple", "keyword")
                else ", ".join(_grip(setting, handle, qubits))
            )
            return [f'c.{verb}("{text}", {where})']

        return _indent(body), apply_text, "", []
    parameters, wires, turns = arguments.generic_parameters("kernel.width(word)")
    gates, public = "", []
    if axes.naming == "enum":
        kind = setting.rng.choice(("Gates", "Kind", "OpCode", "GateType"))
        rows = "\n".join(f'    {word.upper()} = "{word}"' for word in setting.words.values())
        gates, public = (
            f'import enum\n\n\nclass {kind}(enum.Enum):\n    """The gates."""\n\n{rows}\n',
            [kind],
        )
    if axes.naming == "key":
        body = block(
            '''
            def __getitem__(self, word):
                """The gate of that name: <all>."""

                def gate(<parameters>):
                    return self._note(word, <wires>, <turns>)

                return gate
        ''',
            all=listing,
            parameters=parameters,
            wires=_wires(wires, handle),
            turns=turns,
        )
    else:
        body = block(
            '''
            def <verb>(self, <first>, <parameters>):
                """Apply a gate<all>."""
                word = <word>
                return self._note(word, <wires>, <turns>)
        ''',
            verb=verb,
            first="kind"
            if axes.naming == "enum"
            else setting.rng.choice(("name", "gate", "which", "kind")),
            parameters=parameters,
            wires=_wires(wires, handle),
            turns=turns,
            word="<first>",
            all="" if axes.naming == "enum" else f", one of {listing}",
        )
        first = body.split("(self, ")[1].split(",")[0]
        body = body.replace("<first>", f"{first}.value" if axes.naming == "enum" else first)

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        given = arguments.generic_call(gate, _grip(setting, handle, qubits), angles)
        word = setting.words[gate]
        if axes.naming == "key":
            return [f'c["{word}"]({given})']
        label = f"{setting.package}.{public[0]}.{word.upper()}" if public else f'"{word}"'
        return [f"c.{verb}({label}, {given})"]

    return _indent(body), apply, gates, public


def _example(setting: Setting) -> str:
    gate = next((gate for gate in setting.axes.gates if GATES[gate].angles), "h")
    return setting.words[gate] + ("(0.5)" if GATES[gate].angles == 1 else "")


def _taking(setting: Setting, handle: str) -> tuple[str, Apply, str, list[str]]:
    """`c.add(RX(0.3), 0)`, `c.add(RX(0, 0.3))`, `c << RX(0, 0.3)`, `c.add(RX, 0, 0.3)`."""
    axes, arguments = setting.axes, setting.arguments
    values = gate_values(setting)
    if axes.parameters == "whole":
        symbol = (
            setting.rng.choice(("<<", "+=", "|", "@", "+")) if axes.qubits == "operator" else ""
        )
        method = {
            "<<": "__lshift__",
            "+=": "__iadd__",
            "|": "__or__",
            "@": "__matmul__",
            "+": "__add__",
        }.get(symbol)
        verb = method or setting.verb()
        result = "self._note(gate.word, gate.wires, gate.angles)"
        kept = "return " + result
        if symbol and axes.returns == "none":
            kept = f"{result}\n        return self"
        body = f"    def {verb}(self, gate):\n        {kept}\n"

        def apply_whole(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
            value = values.whole(gate, _grip(setting, handle, qubits), angles)
            if symbol:
                return [f"c {symbol} {value}"]
            return [f"c.{verb}({value})"]

        return body, apply_whole, values.source, values.public
    verb = setting.verb()
    if axes.parameters == "call":
        parameters, wires, turns = arguments.generic_parameters("gate.size")
        body = f"    def {verb}(self, gate, {parameters}):\n        return self._note(gate.word, {_wires(wires, handle)}, {turns})\n"

        def apply_class(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
            given = arguments.generic_call(gate, _grip(setting, handle, qubits), angles)
            return [f"c.{verb}({values.name(gate)}, {given})"]

        return body, apply_class, values.source, values.public
    parameters, wires = arguments.qubits_only()
    if axes.qubits == "operator":
        body = "    def __lshift__(self, pair):\n        gate, *wires = pair\n        self._note(gate.word, tuple(wires), gate.angles)\n        return self\n"
        if axes.returns == "new":
            body = body.replace("        self._note", "        return self._note").replace(
                "\n        return self\n", "\n", 1
            )
    else:
        body = f"    def {verb}(self, gate, {parameters}):\n        return self._note(gate.word, {_wires(wires, handle)}, gate.angles)\n"

    def apply_part(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        value = values.part(gate, angles)
        if axes.qubits == "operator":
            return [f"c << ({value}, {', '.join(qubits)})"]
        where = arguments.generic_call(gate, _grip(setting, handle, qubits), [])
        return [f"c.{verb}({value}, {where})"]

    return body, apply_part, values.source, values.public


def _indent(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
