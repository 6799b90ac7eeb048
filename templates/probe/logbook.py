"""How a driver works and what was measured about it, in the words of Python, a few lines for a physicist."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from spell import spell, spell_gate

Json = dict[str, Any]
_SHOWN = ("x", "rx", "ry", "u3", "cx", "cz")
_MOST_SHOWN = 3
_ORDERS = {
    "little": "qubit 0 is the least significant bit",
    "big": "qubit 0 is the most significant bit",
}
_UNITS = (
    (1 / math.pi, "in half turns"),
    (1 / (2 * math.pi), "in full turns"),
    (180 / math.pi, "in degrees"),
    (0.5, "as half the angle"),
)


def described(driver: Json, gates: list[Json], conventions: Mapping[str, Any] | None) -> list[str]:
    """The circuit, its gates, how it is run and read, what differs from our conventions, and what was left out."""
    lines = [f"the circuit: {_statements(driver['setup']) or 'none, a program text'}"]
    known = driver["gates"]
    shown = [spell_gate(known[gate]) for gate in _SHOWN if gate in known][:_MOST_SHOWN]
    lines.append(f"gates such as {', '.join(shown)}")
    for which in ("state", "counts"):
        if which in driver:
            lines.append(_reading(driver[which], which))
    if driver.get("plus"):
        lines.append("it starts in |+...+>: H goes first on every qubit")
    if driver.get("touch"):
        lines.append("idle qubits vanish from its results: each is touched by X twice first")
    lines += _turned(known)
    if conventions is not None:
        lines.append(_numbers(conventions))
    wrong = [
        f"{one['gate']} ({one.get('reason', '')[:120]})"
        for one in gates
        if one["outcome"] == "wrong"
    ]
    if wrong:
        lines.append("left out as wrong: " + "; ".join(wrong[:4]))
    return lines


def _statements(statements: list[Json]) -> str:
    return "; ".join(
        (f"{one['var']} = " if one.get("var") else "") + spell(one["value"]) for one in statements
    )


def _reading(reading: Json, which: str) -> str:
    text = reading["root"]
    for step in reading["path"]:
        if "attr" in step:
            text += f".{step['attr']}"
        elif "item" in step:
            text += f"[{step['item']!r}]"
        elif "call" in step:
            given = [spell(one) for one in step["call"]]
            given += [f"{key}={spell(one)}" for key, one in (step.get("kwargs") or {}).items()]
            text += f"({', '.join(given)})"
        else:
            text += f", {next(iter(step))}"
    run = _statements(reading["run"])
    how = f"after {run}, " if run else ""
    kind = "" if reading["kind"] == which else f" ({reading['kind']})"
    return f"{which}{kind}: {how}{text}; {_ORDERS[reading['order']]}"


def _turned(gates: Mapping[str, Json]) -> list[str]:
    """Gates that take another sign, unit or order of arguments than ours."""
    by_scale: dict[float, list[str]] = {}
    for gate, entry in gates.items():
        if entry.get("scale", 1) != 1:
            by_scale.setdefault(entry["scale"], []).append(gate)
    lines = []
    for scale, names in by_scale.items():
        unit = next((text for one, text in _UNITS if math.isclose(abs(scale), one)), "")
        sign = "the other way round" if scale < 0 else ""
        how = " and ".join(part for part in (sign, unit) if part) or f"{scale:.6g} times"
        lines.append(f"angles {how}: {', '.join(names)}")
    swapped = [
        gate
        for gate, entry in gates.items()
        if entry.get("qubits") and entry["qubits"] != sorted(entry["qubits"])
    ]
    if swapped:
        lines.append(f"qubits in another order: {', '.join(swapped)}")
    return lines


def _numbers(conventions: Mapping[str, Any]) -> str:
    counts = {
        "samples": "counts are samples",
        "rounded": "counts are rounded expectations",
        "none": "no counts of its own",
    }[conventions["counts"]]
    seed = ", repeated by a seed" if conventions["seed"] else ""
    return f"{conventions['precision']} precision; {counts}{seed}"
