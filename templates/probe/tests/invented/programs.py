"""Circuits that are plain data: lists of tuples, dictionaries or gates, and text in a line language."""

from __future__ import annotations

from collections.abc import Sequence

from .api import Api, Setting, block
from .values import gate_values


def plain_list(setting: Setting) -> Api:
    """`run([("rx", 0, 0.3)], 3)`, `run([{"gate": "rx", …}], 3)`, `run([RX(0, 0.3)], 3)`."""
    axes = setting.axes
    gates, public = "", []
    keys = setting.rng.choice(
        (
            ("gate", "qubits", "params"),
            ("name", "targets", "angles"),
            ("op", "wires", "args"),
            ("type", "on", "theta"),
        )
    )
    if axes.naming == "class":
        values = gate_values(setting)
        gates, public = values.source, values.public
        unpack = "word, wires, angles = step.word, step.wires, step.angles"
    elif axes.naming == "dict":
        unpack = (
            f'word, wires, angles = step["{keys[0]}"], step["{keys[1]}"], step.get("{keys[2]}", ())'
        )
    elif axes.qubits in ("list", "tuple", "keyword"):
        unpack = "word, wires, angles = (*step, ())[:3]"
        if axes.angle == "first":
            unpack = "word, wires, angles = (step[0], step[-1], step[1] if len(step) > 2 else ())"
    else:
        first = "step[1 : 1 + size], step[1 + size :]"
        if axes.angle == "first":
            first = "step[len(step) - size :], step[1 : len(step) - size]"
        unpack = f"word, size = step[0], kernel.width(step[0])\n        wires, angles = {first}"
    example = setting.words["cx"]
    source = block(
        '''
        def _carry_out(steps, count):
            """Carry out a list of gates<example>."""
            psi = kernel.blank(count)
            for step in steps:
                <unpack>
                psi = kernel.operate(psi, word, tuple(wires), tuple(angles))
            return psi
    ''',
        unpack=unpack,
        example="" if axes.naming == "class" else f", {example} for one",
    )

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        word = f'"{setting.words[gate]}"'
        listed = f"[{', '.join(angles)}]"
        if axes.naming == "class":
            return [f"c.append({values.whole(gate, qubits, angles)})"]
        if axes.naming == "dict":
            more = f', "{keys[2]}": {listed}' if angles else ""
            return [f'c.append({{"{keys[0]}": {word}, "{keys[1]}": [{", ".join(qubits)}]{more}}})']
        if axes.qubits in ("list", "tuple", "keyword"):
            where = (
                f"({', '.join(qubits)},)" if axes.qubits == "tuple" else f"[{', '.join(qubits)}]"
            )
            parts = [listed, where] if axes.angle == "first" else [where, listed]
            return [f"c.append(({word}, {', '.join(parts if angles else [where])}))"]
        parts = [*angles, *qubits] if axes.angle == "first" else [*qubits, *angles]
        return [f"c.append(({word}, {', '.join(parts)}))"]

    operations = setting.rng.choice(
        ("circuit", "operations", "gates", "ops", "program", "instructions")
    )
    count = setting.rng.choice(("n", "n_qubits", "num_qubits"))
    return Api(
        lambda n: [f"c, n = [], {n}"], apply, source, [], taken=[operations, count], given=["c", "n"],
        psi=f"_carry_out({operations}, {count})", gates=gates, gates_public=public,
    )  # fmt: skip


def text(setting: Setting) -> Api:
    """`run("H 0\\nRX 0.3 1", 3)`: a line language of its own."""
    axes, rng = setting.axes, setting.rng
    style = rng.choice(("plain", "plain", "brackets", "comma"))
    prefix = rng.choice(("", "", "q"))
    header = rng.choice(("qubits", "QUBITS", "register", "qreg")) if axes.size == "lazy" else ""
    separator = rng.choice(("\\n", "\\n", ";"))
    split = {
        "plain": "parts = line.split()",
        "brackets": 'parts = line.replace("(", " ").replace(")", " ").replace(",", " ").split()',
        "comma": 'parts = line.replace(",", " ").split()',
    }[style]
    order = (
        "values[len(values) - size :], values[: len(values) - size]"
        if axes.angle == "first" or style == "brackets"
        else "values[:size], values[size:]"
    )
    head = ""
    if header:
        head = f'if parts[0] == "{header}":\n                    psi = kernel.blank(int(parts[1]))\n                    continue'
    source = block('''
        def _interpret(text<count>):
            """Interpret lines such as `<example>`; words: <words>."""
            psi = <begin>
            for line in text.strip().split("<separator>"):
                if not line.strip():
                    continue
                <split>
                <head>
                word, values = parts[0], parts[1:]
                size = kernel.width(word)
                wires, angles = <order>
                psi = kernel.operate(psi, word, [int(w<strip>) for w in wires], [float(a) for a in angles])
            return psi
    ''', count="" if header else ", count", begin="None" if header else "kernel.blank(count)", separator=separator,
        split=split, head=head, order=order, strip=f'.removeprefix("{prefix}")' if prefix else "",
        words=" ".join(setting.words.values()), example=_line(setting, style, prefix, "cx", ["0", "1"], []))  # fmt: skip

    def apply(gate: str, qubits: Sequence[str], angles: Sequence[str]) -> list[str]:
        return [f'c += "{_line(setting, style, prefix, gate, qubits, angles)}{separator}"']

    given = ["c"] if header else ["c", "n"]
    taken = ["text"] if header else ["text", "n"]
    begin = f'"{header} {{n}}{separator}"' if header else '""'
    return Api(
        lambda n: [f"c, n = {begin.replace('{n}', str(n))}, {n}"], apply, source, [], taken=taken, given=given,
        psi=f"_interpret({', '.join(taken)})",
    )  # fmt: skip


def _line(
    setting: Setting,
    style: str,
    prefix: str,
    gate: str,
    qubits: Sequence[str],
    angles: Sequence[str],
) -> str:
    word, where = setting.words[gate], [prefix + q for q in qubits]
    between = ", " if style == "comma" else " "
    if style == "brackets" and angles:
        return f"{word}({', '.join(angles)}) {', '.join(where)}"
    parts = (
        [*angles, *where]
        if setting.axes.angle == "first" and style != "brackets"
        else [*where, *angles]
    )
    return f"{word} {(', ' if style == 'brackets' else between).join(parts)}"
