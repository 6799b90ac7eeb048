"""Receivers that are no circuit: states under functions, registers, gates that act, modules, contexts."""

from __future__ import annotations

from collections.abc import Sequence

from .api import READERS, Api, Setting, block
from .physics import GATES
from .values import gate_values


def functions_on_state(setting: Setting) -> Api:
    """`psi = rx(psi, 0, 0.3)`: plain arrays and functions."""
    axes, arguments = setting.axes, setting.arguments
    maker = setting.rng.choice(
        ("zero_state", "zeros", "initial_state", "new_state", "ground_state", "init", "prepare")
    )
    state = setting.rng.choice(("state", "psi", "ket", "vec"))
    last = setting.rng.random() < 0.25
    parts = [
        block(
            '''
        def <maker>(n):
            """A state of n qubits at rest."""
            return kernel.blank(n)
    ''',
            maker=maker,
        )
    ]
    new = axes.returns == "new"
    for gate in axes.gates:
        own = arguments.parameters(gate)
        given = [*own, state] if last and "*" not in own else [state, *own]
        result = f'kernel.operate({state}, "{setting.words[gate]}", {arguments.wires(gate)}, {arguments.turns(gate)})'
        action = f"return {result}" if new else f"{state}[:] = {result}"
        parts.append(
            f"def {setting.words[gate]}({', '.join(given)}):\n{setting.document(gate, '    ')}    {action}\n"
        )

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        call = arguments.call(gate, qubits, angles)
        order = f"{call}, c" if last and axes.qubits != "keyword" else f"c, {call}"
        return [("c = " if new else "") + f"{setting.package}.{setting.words[gate]}({order})"]

    return Api(
        lambda n: [f"c = {setting.package}.{maker}({n})"],
        apply,
        "\n\n".join(parts),
        [maker, *(setting.words[gate] for gate in axes.gates)],
        taken=["state"],
        psi="state",
    )


def register(setting: Setting) -> Api:
    """`reg[0].rx(0.3)`, `rx(0.3, reg[0])`, `reg[0].apply("rx", 0.3)`."""
    axes, arguments, rng = setting.axes, setting.arguments, setting.rng
    name = setting.name("register")
    verb = setting.verb()
    methods, functions, public = [], [], [name]
    for gate in axes.gates:
        word = setting.words[gate]
        angles = arguments.angle_parameters(gate)
        others = [f"other{i}" for i in range(GATES[gate].qubits - 1)]
        if axes.naming == "method":
            given = [*angles, *others] if axes.angle == "first" else [*others, *angles]
            where = "".join(f", {other}._place" for other in others)
            methods.append(
                f"    def {word}({', '.join(['self', *given])}):\n{setting.document(gate)}"
                f'        self._owner._do("{word}", (self._place{where},), {arguments.turns(gate)})\n'
            )
        elif axes.naming == "function":
            qubits = arguments.qubit_names(gate)
            given = [*angles, *qubits] if axes.angle == "first" else [*qubits, *angles]
            where = ", ".join(f"{q}._place" for q in qubits)
            functions.append(
                f"def {word}({', '.join(given)}):\n{setting.document(gate, '    ')}"
                f'    {qubits[0]}._owner._do("{word}", ({where},), {arguments.turns(gate)})\n'
            )
            public.append(word)
    if axes.naming == "string":
        listing = ", ".join(setting.words.values())
        methods.append(
            block(f'''
                def {verb}(self, name, *others, angles=()):
                    """One of {listing}; further qubits follow."""
                    self._owner._do(name, (self._place, *(o._place for o in others)), tuple(angles))
        ''')
            .replace("def ", "    def ", 1)
            .replace("\n    ", "\n        ")
        )
    source = block('''
        class Qubit:
            """One place of a register."""

            def __init__(self, owner, place):
                self._owner, self._place = owner, place

        <methods>

        class <name>:
            """Qubits that belong together."""

            def __init__(self, <size>):
                self._amps = kernel.blank(<size>)
                self._qubits = [Qubit(self, i) for i in range(<size>)]

        <readings>
            def __len__(self):
                return len(self._qubits)

            def __getitem__(self, place):
                return self._qubits[place]

            def _do(self, word, wires, angles=()):
                self._amps = kernel.operate(self._amps, word, wires, angles)

            def _psi(self):
                return self._amps
    ''')
    size = rng.choice(("n", "size", "num_qubits"))
    source = (
        source.replace("<methods>", "\n".join(methods))
        .replace("<name>", name)
        .replace("<size>", size)
    )
    source = source.replace("<readings>", READERS)
    source += "\n\n" + "\n\n".join(functions)

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        word = setting.words[gate]
        if axes.naming == "string":
            more = "".join(f", c[{q}]" for q in qubits[1:]) + (
                f", angles=[{', '.join(angles)}]" if angles else ""
            )
            return [f'c[{qubits[0]}].{verb}("{word}"{more})']
        shown = list(angles)
        if axes.naming == "method":
            others = [f"c[{q}]" for q in qubits[1:]]
            given = [*shown, *others] if axes.angle == "first" else [*others, *shown]
            return [f"c[{qubits[0]}].{word}({', '.join(given)})"]
        held = [f"c[{q}]" for q in qubits]
        given = [*shown, *held] if axes.angle == "first" else [*held, *shown]
        return [f"{setting.package}.{word}({', '.join(given)})"]

    argument = "{n}" if axes.size == "argument" else f"{size}={{n}}"
    return Api(
        lambda n: [f"c = {setting.package}.{name}({argument.format(n=n)})"], apply, source, public, readable=True,
        taken=["register"], psi="register._psi()",
    )  # fmt: skip


def acting_gates(setting: Setting) -> Api:
    """`RX(0.3).apply(state, 0)`, `RX(0, 0.3).apply(state)`, `RX(0.3)(state, 0)`."""
    axes, arguments, rng = setting.axes, setting.arguments, setting.rng
    verb = rng.choice(
        ("apply", "act", "apply_to", "on", "__call__", "__call__", "act_on", "run_on")
    )
    whole = axes.parameters == "whole"
    parameters, wires = ("", "self.wires") if whole else arguments.qubits_only()
    result = f"kernel.operate(state._amps, self.word, {wires}, self.angles)"
    action = f"state._amps = {result}"
    if axes.returns == "new":
        action = f"other = copy.copy(state)\n        other._amps = {result}\n        return other"
    more = f'\n    def {verb}(self, state{", " if parameters else ""}{parameters}):\n        """Act on a state."""\n        {action}\n'
    values = gate_values(setting, more)
    name = setting.name("state")
    size = rng.choice(("n", "n_qubits", "num_qubits"))
    source = (
        block('''
        class <name>:
            """The state of some qubits."""

            def __init__(self, <size>):
                self._amps = kernel.blank(<size>)

        <readings>
            def _psi(self):
                return self._amps
    ''')
        .replace("<name>", name)
        .replace("<size>", size)
        .replace("<readings>", READERS)
    )

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        value = values.whole(gate, qubits, angles) if whole else values.part(gate, angles)
        given = (
            ["c"]
            if whole
            else [
                "c",
                arguments.generic_call(gate, qubits, [])
                if axes.qubits in ("list", "tuple", "keyword")
                else ", ".join(qubits),
            ]
        )
        call = (
            f"{value}({', '.join(given)})"
            if verb == "__call__"
            else f"{value}.{verb}({', '.join(given)})"
        )
        return [("c = " if axes.returns == "new" else "") + call]

    argument = "{n}" if axes.size == "argument" else f"{size}={{n}}"
    return Api(
        lambda n: [f"c = {setting.package}.{name}({argument.format(n=n)})"], apply, source, [name], readable=True,
        taken=["state"], psi="state._psi()", gates=values.source, gates_public=values.public,
    )  # fmt: skip


def module(setting: Setting) -> Api:
    """`pkg.start(3); pkg.rx(0, 0.3); pkg.state()`: one machine for the whole module."""
    axes, arguments = setting.axes, setting.arguments
    begin = setting.rng.choice(
        ("start", "init", "initialize", "reset", "setup", "allocate", "create")
    )
    parts = [
        block(
            '''
        _MACHINE = {"amps": kernel.blank(1)}


        def <begin>(n):
            """Begin again with n qubits."""
            _MACHINE["amps"] = kernel.blank(n)


        def _do(word, wires, angles=()):
            _MACHINE["amps"] = kernel.operate(_MACHINE["amps"], word, wires, angles)
    ''',
            begin=begin,
        )
    ]
    public = [begin]
    verb = setting.rng.choice(("gate", "apply", "do"))
    if axes.naming == "string":
        parameters, wires, turns = arguments.generic_parameters("kernel.width(name)")
        listing = ", ".join(setting.words.values())
        parts.append(
            f'def {verb}(name, {parameters}):\n    """Gates: {listing}."""\n    _do(name, {wires}, {turns})\n'
        )
        public.append(verb)
    else:
        for gate in axes.gates:
            word = setting.words[gate]
            parts.append(
                f"def {word}({', '.join(arguments.parameters(gate))}):\n{setting.document(gate, '    ')}"
                f'    _do("{word}", {arguments.wires(gate)}, {arguments.turns(gate)})\n'
            )
            public.append(word)

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        if axes.naming == "string":
            return [
                f'{setting.package}.{verb}("{setting.words[gate]}", {arguments.generic_call(gate, qubits, angles)})'
            ]
        return [f"{setting.package}.{setting.words[gate]}({arguments.call(gate, qubits, angles)})"]

    return Api(
        lambda n: [f"{setting.package}.{begin}({n})"], apply, "\n\n".join(parts), public,
        taken=[], given=[], psi='_MACHINE["amps"]',
    )  # fmt: skip


def context(setting: Setting) -> Api:
    """`with Program(3) as c: rx(0.3, 0)`."""
    axes, arguments = setting.axes, setting.arguments
    name = setting.name("circuit")
    parts, public = [], [name]
    for gate in axes.gates:
        word, parameters = setting.words[gate], arguments.parameters(gate)
        wires, turns = arguments.wires(gate), arguments.turns(gate)
        if axes.naming == "class":
            parts.append(
                f"class {word}:\n{setting.document(gate, '    ') or '    ' + chr(34) * 3 + 'A gate.' + chr(34) * 3 + chr(10)}\n"
                f"    def __init__({', '.join(['self', *parameters])}):\n"
                f'        _OPEN[-1]._steps.append(("{word}", {wires}, {turns}))\n'
            )
        else:
            parts.append(
                f"def {word}({', '.join(parameters)}):\n{setting.document(gate, '    ')}"
                f'    _OPEN[-1]._steps.append(("{word}", {wires}, {turns}))\n'
            )
        public.append(word)
    source = (
        block('''
        _OPEN = []


        class <name>:
            """A program; gates that are called inside of it belong to it."""

            def __init__(self, n):
                self.n, self._steps = n, []

        <readings>
            def __enter__(self):
                _OPEN.append(self)
                return self

            def __exit__(self, *_):
                _OPEN.pop()

            def _psi(self):
                psi = kernel.blank(self.n)
                for word, wires, angles in self._steps:
                    psi = kernel.operate(psi, word, wires, angles)
                return psi
    ''')
        .replace("<name>", name)
        .replace("<readings>", READERS)
    )
    source += "\n\n" + "\n\n".join(parts)

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        return [f"{setting.package}.{setting.words[gate]}({arguments.call(gate, qubits, angles)})"]

    return Api(
        lambda n: [f"c = {setting.package}.{name}({n})"],
        apply,
        source,
        public,
        readable=True,
        context=True,
    )
