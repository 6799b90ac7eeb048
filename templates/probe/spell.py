"""Expressions of the driver language in the words of Python, for people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_FACTORS: tuple[tuple[float, str], ...] = (
    (1.0, "{}"),
    (1 / math.pi, "{}/pi"),
    (180 / math.pi, "degrees({})"),
    (1 / (2 * math.pi), "{}/(2*pi)"),
    (2 / math.pi, "2*{}/pi"),
    (0.5, "{}/2"),
    (4 / 3, "4*{}/3"),
    (1 / 3, "{}/3"),
)


def spell_gate(gate: Mapping[str, Any]) -> str:
    """How a gate of a driver is called: ``circuit.rx(q0, -p0)``, in our qubits and angles."""
    scale = gate.get("scale", 1)
    names: dict[str, str] = {"gate_qubits": "qubits", "matrix": "matrix"}
    for index, source in enumerate(gate.get("qubits") or range(3)):
        names[f"q{index}"] = f"q{source}"
    for index, source in enumerate(gate.get("parameters") or range(3)):
        names[f"p{index}"] = _scaled(f"p{source}", scale)
    text = spell(gate["apply"], names)
    return {"rebind": "circuit = ", "augment": "circuit += "}.get(gate["effect"], "") + text


def spell(expression: Any, names: Mapping[str, str] | None = None) -> str:
    """One expression as Python text; ``names`` replaces roles."""
    names = names or {}
    if not isinstance(expression, Mapping):
        return repr(expression)
    word = next(iter(expression))
    value = expression[word]
    match word:
        case "lit":
            return repr(value)
        case "role":
            return names.get(value, value)
        case "var":
            return str(value)
        case "ref":
            module, _, name = value.partition(":")
            return f"{module.rpartition('.')[2]}.{name}" if name else module
        case "call":
            parts = [spell(one, names) for one in expression.get("args", ())]
            keywords = expression.get("kwargs") or {}
            parts += [f"{key}={spell(one, names)}" for key, one in keywords.items()]
            return f"{spell(value, names)}({', '.join(parts)})"
        case "attr":
            return f"{spell(value[0], names)}.{value[1]}"
        case "item":
            return f"{spell(value[0], names)}[{spell(value[1], names)}]"
        case "chain":
            # What stands between identities, and what is done with the operator over the whole register.
            return f"chain({spell(value, names)}, {spell(expression['apply'], names)})"
        case "list":
            return "[" + ", ".join(spell(one, names) for one in value) + "]"
        case "tuple":
            inner = ", ".join(spell(one, names) for one in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case "dict":
            inner = ", ".join(f"{spell(key, names)}: {spell(one, names)}" for key, one in value)
            return "{" + inner + "}"
        case "op":
            left, right = (spell(one, names) for one in expression["args"])
            return f"({left} {value} {right})"
        case "format":
            parts = [one if isinstance(one, str) else f"{{{spell(one, names)}}}" for one in value]
            return "f" + repr("".join(parts))
        case _:
            return f"<{word}>"


def _scaled(name: str, scale: float) -> str:
    sign = "-" if scale < 0 else ""
    for factor, form in _FACTORS:
        if math.isclose(abs(scale), factor, rel_tol=1e-9):
            return sign + form.format(name)
    return f"{scale:.6g}*{name}"
