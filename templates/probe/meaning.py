"""What a name or a sentence says about a gate, read word by word: `flip_if`, `turnX`, "Rotation about the X axis".

Lists of names (``vocabulary.ALIASES``) know what is usual. Here names are taken apart, and what people write
*beside* a name counts as well: its docstring, its row in a table of a README. As everywhere, this only ranks;
the measurement decides.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import re
from typing import Any

from vocabulary import hypothesis

_AXIS = {"x", "y", "z"}
_TURN = {
    "rot",
    "rotate",
    "rotates",
    "rotation",
    "rotations",
    "turn",
    "turns",
    "spin",
    "r",
    "rotator",
}
_CONTROL = {
    "controlled",
    "control",
    "controls",
    "ctrl",
    "cond",
    "conditional",
    "conditionally",
    "if",
    "c",
    "when",
    "ctl",
}
_TWICE = {"cc", "double", "doubly", "twice", "both", "two", "and"}
_FLIP = {
    "flip",
    "flips",
    "not",
    "toggle",
    "toggles",
    "invert",
    "inverts",
    "bitflip",
    "xor",
    "negation",
}
_SIGN = {"sign", "signflip", "phaseflip", "negate", "negates", "csign"}
_SWAP = {"swap", "swaps", "exchange", "exchanges", "interchange", "trade", "switch", "swapped"}
_ROOT = {"sqrt", "root", "half", "v"}
_BACK = {
    "dagger",
    "dag",
    "inverse",
    "inv",
    "adj",
    "adjoint",
    "undo",
    "back",
    "minus",
    "conjugate",
    "conj",
    "dg",
}
_SUPERPOSE = {"hadamard", "had", "superpose", "superposition", "walsh", "hadamards"}
_PHASE = {"phase", "phases", "phaseshift"}
_EULER = {"euler", "u3", "general", "generic", "arbitrary", "any"}
_ISING = {"zz", "ising", "rzz"}
_WHOLE = {
    "toffoli": "ccx", "ccnot": "ccx", "ccx": "ccx", "fredkin": "cswap", "cswap": "cswap", "iswap": "iswap",
    "cnot": "cx", "cx": "cx", "cz": "cz", "csign": "cz", "cphase": "cp", "crz": "crz", "cp": "cp", "entangle": "cx",
    "rx": "rx", "ry": "ry", "rz": "rz", "sdg": "sdg", "tdg": "tdg", "sx": "sx",
}  # fmt: skip
_UNDER_CONTROL = {"x": "cx", "z": "cz", "p": "cp", "rz": "crz", "swap": "cswap"}
_MOST_WORDS = 14
#: `| word | what it does |`, `- word: what it does`, `word - what it does`, also with code marks.
_ROW = re.compile(
    r"^\s*\|\s*`{0,2}([A-Za-z_]\w{0,30})(?:\([^|`]*\))?`{0,2}\s*\|\s*([^|\n]{1,120})\|", re.M
)
_ITEM = re.compile(
    r"^\s*[-*]?\s*`{0,2}([A-Za-z_]\w{0,30})(?:\([^`\n]*\))?`{0,2}\s*(?::|-|–|—|\.\.\.)\s+([^\n]{1,120})$",
    re.M,
)

#: `CNT c, t      controlled NOT`: an instruction, what stands behind it, and what it does, in columns.
_INSTRUCTION = re.compile(
    r"^\s*([A-Z][A-Z0-9_]{0,11})(?:[ \t]+[\w, \t]{1,30}?)?(?:[ \t]{2,}|\t|[ \t]+[-–:][ \t]+)([A-Za-z][^\n]{2,100})$",
    re.M,
)
_MOST_INSTRUCTIONS = 60


def instructions(text: str) -> dict[str, str]:
    """Words in capitals that a table in a docstring or a comment explains as gates, each with its gate."""
    found: dict[str, str] = {}
    for word, explanation in _INSTRUCTION.findall(text[:400_000])[:_MOST_INSTRUCTIONS]:
        gate = meaning(explanation)
        if gate is not None:
            found.setdefault(word, gate)
    return found


def words_of(text: str) -> list[str]:
    """Lower-case words of a name or a sentence: `TurnX_if` → turn, x, if."""
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    text = re.sub(r"([A-Z])([A-Z][a-z])", r"\1 \2", text)
    return re.findall(r"[a-z]+\d?|\d+", text.lower())


def meaning(text: str) -> str | None:
    """The gate that a name or the beginning of a sentence speaks of, or None."""
    words = words_of(text)[:_MOST_WORDS]
    found = set(words)
    for word in words:
        if word in _WHOLE:
            return _WHOLE[word]
    controls = 0
    if found & _CONTROL:
        controls = 2 if found & _TWICE or words.count("controlled") > 1 else 1
    elif "xor" in found:
        controls = 1
    base = _base(words, found)
    if base == "x" and controls == 2:
        return "ccx"
    return _UNDER_CONTROL.get(base or "") if controls else base


def _base(words: list[str], found: set[str]) -> str | None:
    """The gate without its controls."""
    axis = next((word for word in words if word in _AXIS), None)
    if found & _SUPERPOSE:
        return "h"
    if found & _SWAP:
        return "iswap" if found & {"i", "phase"} else "swap"
    if found & _EULER and found & (_TURN | {"euler", "u3", "unitary"}):
        return "u3"
    if found & _ISING:
        return "rzz"
    if found & {"fourth", "eighth", "45", "magic"} or _is(words, "t"):
        return "tdg" if found & _BACK else "t"
    if found & {"quarter", "90"} and not axis or _is(words, "s") or (found & _ROOT and axis == "z"):
        return "sdg" if found & _BACK else "s"
    if found & _ROOT and (axis == "x" or found & _FLIP):
        return "sx"
    if found & _TURN and axis:
        return f"r{axis}"
    if found & _SIGN or {"phase", "flip"} <= found:
        return "z"
    if found & _FLIP:
        return "y" if axis == "y" else "x"
    if axis and (found & {"pauli", "sigma", "gate"} or len(words) <= 2):
        return axis
    return "p" if found & _PHASE else None


def _is(words: list[str], letter: str) -> bool:
    """Whether the letter stands for the gate of that name: alone, or with little beside it."""
    rest = [word for word in words if word != letter]
    return letter in words and all(word in _BACK | {"gate", "of", "the"} for word in rest[:3])


def described(value: Any) -> str | None:
    """What the docstring of a callable or a class says first; inherited texts speak of something else."""
    text = getattr(value, "__doc__", None)
    if not isinstance(text, str) or text == getattr(type(value), "__doc__", None):
        return None
    own = (
        vars(type(value)).get("__doc__")
        if not inspect.isroutine(value) and not isinstance(value, type)
        else None
    )
    return None if own is text else meaning(text.strip().split("\n")[0].split(". ")[0])


def gate_of(name: str, value: Any = None, glosses: dict[str, str] | None = None) -> str | None:
    """The gate that a name suggests: the usual names, then what is written beside it, then its parts."""
    short = name.rsplit(".", 1)[-1].rsplit(":", 1)[-1]
    return (
        hypothesis(short)
        or (glosses or {}).get(short)
        or (described(value) if callable(value) else None)
        or meaning(short)
    )


def read_glosses(distribution: str) -> dict[str, str]:
    """Words that the distribution's own description explains as gates, each with its gate."""
    try:
        text = importlib.metadata.metadata(distribution).get_payload()
    except Exception:
        return {}
    found: dict[str, str] = {}
    if not isinstance(text, str):
        return found
    for pattern in (_ROW, _ITEM):
        for word, explanation in pattern.findall(text[:200_000]):
            gate = meaning(explanation)
            if gate is not None:
                found.setdefault(word, gate)
    return found
