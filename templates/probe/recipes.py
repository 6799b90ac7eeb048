"""A recipe: one way to apply a gate, with the family that it belongs to; and the learner that ranks families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from vocabulary import SHAPES

Json = dict[str, Any]
#: What an example is worth, beside what was learned from gates that were measured.
_SHOWN = 8


@dataclass(frozen=True)
class Form:
    """How a gate reaches the circuit: the kind of receiver, and the method where there is one."""

    kind: str
    method: str = ""


@dataclass(frozen=True)
class Recipe:
    """An expression that may apply a gate. ``effect`` is empty where only a trial can tell."""

    form: Form
    code: str
    name: str
    apply: Json
    effect: str = ""
    #: An example or a person writes gates so.
    shown: bool = False

    @property
    def layout(self) -> str:
        """Stable id of this way of writing a call: who receives it, then how it is composed, then its arguments."""
        return f"{self.form.kind}|{self.code}"

    def entry(self, effect: str) -> Json:
        """The driver's entry for this recipe."""
        return {"apply": self.apply, "effect": self.effect or effect}


def excludes(excluded: Sequence[str], layout: str) -> bool:
    """Whether a layout is excluded: by its id, by the beginning of its id, or by any one part of it."""
    return any(
        layout == one or layout.startswith(f"{one}|") or one in layout.split("|")
        for one in excluded
    )


@dataclass
class Learner:
    """Remembers which families of recipes worked, so that the next gates try them first."""

    weights: dict[Any, int] = field(default_factory=dict)

    def _keys(self, recipe: Recipe, gate: str) -> list[tuple[int, Any]]:
        qubits, parameters = SHAPES.get(gate, (1, 0))
        kind = ("one" if qubits == 1 else "many", bool(parameters))
        head = recipe.code.split("|")[0]
        return [
            (4, ("form", recipe.form)),
            (3, ("head", recipe.form.kind, head, kind)),
            (3, ("code", recipe.code, kind)),
            (2, ("code", recipe.code)),
            (1, ("prefix", head)),
            (1, ("case", _case(recipe.name))),
            (2, ("home", recipe.name.rpartition(":")[0], ":" in recipe.name)),
        ]

    def learn(self, recipe: Recipe, gate: str) -> None:
        """Count a recipe that turned out to be right."""
        for _, key in self._keys(recipe, gate):
            self.weights[key] = min(4, self.weights.get(key, 0) + 1)

    def score(self, recipe: Recipe, gate: str) -> int:
        """The more a recipe has in common with those that worked, the higher."""
        known = sum(w * self.weights.get(key, 0) for w, key in self._keys(recipe, gate))
        return known + (_SHOWN if recipe.shown else 0)


def _case(name: str) -> str:
    short = name.split(".")[-1].split(":")[-1]
    return "upper" if short.isupper() else "lower" if short.islower() else "mixed"
