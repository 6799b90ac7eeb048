"""Gathering: every gate of a driver, each named by what it measures, not by what it is called."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from bench import Bench, public_names
from calls_in_lists import matrix_recipes
from gatecalls import forms, recipes
from guard import attempt, clock, survives
from identify import Identification
from language import resolve, roles_used
from readings import Hit
from recipes import Form, Learner, Recipe, excludes
from session import Session
from vocabulary import (
    AVOID,
    EXTEND,
    NON_CLIFFORD,
    RUN,
    SHAPES,
    for_several,
    hypothesis,
    search_order,
)

Json = dict[str, Any]
_MAX_TRIES = 160
#: Tries while no gate of this many qubits and parameters was found: there is nothing to learn from yet.
_MAX_FIRST_TRIES = 400
#: So many recipes of the family that worked are tried before all others are even written down.
_NEAR = 12
#: A name that raised in so many layouts of one form is not a gate of this form.
_DEAD_AFTER, _DEAD_AFTER_FIRST = 24, 120
_GATE_SECONDS = 12.0
_MAX_RAW = 700
#: After a right but not plain match (a reversed angle, say), so many further names are looked at.
_MORE_FOR_PLAIN = 6
#: With fewer gates than this, names that suggest nothing are tried too.
_ENOUGH_NAMED = 14
_MAX_UNNAMED = 80
#: Forms in which a gate is a word.
_WORDED = frozenset(("string", "string last", "key", "tuple", "dict"))
#: So few names that nothing was found for are always worth trying.
_FEW_LEFT = 24
#: Roles that tell how many qubits there are.
_SIZES = frozenset(("n", "bits", "nbits", "qubits", "zeros", "zero_list", "ket0", "dims"))
#: A gate given as its matrix comes after all names, and with its own number of tries.
_MAX_MATRICES = 24


@dataclass
class Gathered:
    """A driver with all gates that were found. ``odd``: what candidates turned out to be instead."""

    driver: Json
    names: dict[str, str] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    #: Id of the layout by which each gate is written.
    layouts: dict[str, str] = field(default_factory=dict)
    tries: int = 0
    ran_out: bool = False

    @property
    def solved(self) -> bool:
        """Enough for an integration: x, h, cx or cz, and something outside the Clifford group."""
        names = set(self.names)
        return {"x", "h"} <= names and bool({"cx", "cz"} & names) and bool(NON_CLIFFORD & names)


def gather(
    bench: Bench, driver: Json, hit: Hit, others: list[Form], deadline: float
) -> Gathered | None:
    """Measure all gates; None when the order of the qubits cannot be established."""
    which = "counts" if "state" not in driver else "state"
    session = Session(driver, bench.n, which)
    established = attempt(session.establish, 6 * bench.trials.trial_seconds)
    if not established.ok or not established.value:
        return None
    if not _grows(driver, bench, which):
        return None
    driver[which]["order"] = session.order
    worker = _Gatherer(bench, driver, hit, others, session, deadline)
    return worker.work()


def _grows(driver: Json, bench: Bench, which: str) -> bool:
    """Whether a driver that tells nobody how many qubits there are serves another number, too.

    An object that has three qubits when nothing is said is not one of as many as were asked for.
    """
    told = roles_used({part: value for part, value in driver.items() if part != "gates"})
    if bench.n < 2 or bench.text or _SIZES & set(told):
        return True
    larger = Session(driver, bench.n + 1, which)
    return bool(attempt(larger.establish, 6 * bench.trials.trial_seconds).value)


class _Gatherer:
    def __init__(
        self,
        bench: Bench,
        driver: Json,
        hit: Hit,
        others: list[Form],
        session: Session,
        deadline: float,
    ) -> None:
        self.bench, self.driver, self.hit = bench, driver, hit
        self.session, self.deadline = session, deadline
        self._until = deadline
        self.learner = Learner()
        self.learner.learn(hit.recipe, "x")
        self.found = Gathered(driver, {"x": hit.recipe.name}, layouts={"x": hit.recipe.layout})
        same = (
            [Form("value method")] if hit.recipe.form.kind == "value method" else [hit.recipe.form]
        )
        rest = [f for f in forms(bench) if f not in same and f not in others]
        self.forms = [*same, *[f for f in others if f not in same], *rest]
        self.sure = len(same) + len(others)

    def work(self) -> Gathered:
        for gate, (qubits, _) in search_order(self.session.has_amplitudes):
            if gate in self.found.names or qubits > self.bench.n:
                continue
            if clock() > self.deadline:
                self.found.ran_out = True
                break
            self._search(gate)
            if gate == "h":
                self._verify_x()
            if gate == "h" and "h" not in self.found.names and not self._superposes():
                continue
        self.bench.unnamed = {}
        if not self.bench.text:
            self._unnamed()
        self._matrix()
        return self.found

    def _verify_x(self) -> None:
        """Y turns a qubit over too; now that a superposition is known, its phases show."""
        hit = self.hit.recipe
        entry = self.driver["gates"]["x"]
        limit = 4 * self.bench.trials.trial_seconds
        one = attempt(lambda: self.session.identify(entry, 1, 0, "x"), limit).value
        if "h" not in self.found.names or one is None or one.gate == "x":
            return
        self._store(one, entry, hit)
        del self.found.names["x"]
        self._search("x")

    def _unnamed(self) -> None:
        """Names that suggest nothing, in the layouts that worked; the measurement says what they are."""
        form = self.forms[0]
        names = unnamed(self.bench, self.hit.recipe, set(self.found.names.values()))
        named = {gate for gate in self.found.names if not self._by_matrix(gate)}
        few = len(named) < _ENOUGH_NAMED or not self.found.solved
        if not few and len(names) > _FEW_LEFT:
            return
        for qubits, parameters in ((2, 0), (1, 1), (1, 0), (3, 0), (2, 1), (1, 3)):
            missing = [g for g, shape in SHAPES.items() if shape == (qubits, parameters)]
            missing = [g for g in missing if g not in named]
            if qubits > self.bench.n or not missing:
                continue
            gate = missing[0]
            self.bench.unnamed = {gate: names}
            self._forget(gate)
            left = _MAX_UNNAMED
            for recipe in sorted(
                self._of(gate, form, _MAX_RAW), key=lambda r: -self.learner.score(r, gate)
            ):
                if left <= 0 or clock() > self.deadline:
                    break
                left -= 1
                self._measure(gate, recipe)
            self.bench.unnamed = {}
            self._forget(gate)

    def _by_matrix(self, gate: str) -> bool:
        """Whether a gate is given as its matrix: right, but the package may have a name for it."""
        return "matrix" in roles_used(self.driver["gates"].get(gate))

    def _forget(self, gate: str) -> None:
        self.bench.values.pop(("values", gate, repr(self.hit.handle)), None)

    def _superposes(self) -> bool:
        return bool({"ry", "rx", "sx", "u3"} & set(self.found.names))

    def _candidates(self, gate: str, near: bool = False) -> list[Recipe]:
        """Recipes of all forms, or only of the ``near`` ones; those first that have most in common with what worked."""
        ranked: list[tuple[float, int, Recipe]] = []
        seen: set[str] = set()
        controlled = [f for f in self.forms if for_several(f.method, SHAPES[gate][0])]
        told = [Form("shown")] if self.bench.shown else []
        rest = [f for f in self.forms[1:] if f not in controlled and f not in told]
        order = [*told, *self.forms[:1], *([] if near else [*controlled, *rest])]
        for index, form in enumerate(order):
            if index >= self.sure + len(controlled) + len(told) and (
                len(ranked) > 120 or index > self.sure + 8
            ):
                break
            limit = _MAX_RAW if index < 3 else 150
            for recipe in self._of(gate, form, limit):
                key = repr(recipe.apply)
                if key in seen:
                    continue
                seen.add(key)
                score = -self.learner.score(recipe, gate) + 0.01 * index
                if form.kind.startswith("matrix") and form.kind != self.hit.recipe.form.kind:
                    score += 100
                ranked.append((score, len(ranked), recipe))
        ranked.sort(key=lambda one: one[:2])
        return [recipe for _, _, recipe in ranked]

    def _of(self, gate: str, form: Form, limit: int) -> list[Recipe]:
        def work() -> list[Recipe]:
            return list(itertools.islice(recipes(self.bench, gate, form, self.hit.handle), limit))

        return attempt(work, 10).value or []

    def _search(self, gate: str) -> None:
        """First the family that worked last and what examples show; then, unless that serves, everything."""
        self._until = min(self.deadline, clock() + _GATE_SECONDS)
        kinds = {
            (SHAPES[one][0] > 1, SHAPES[one][1] > 0) for one in self.found.names if one in SHAPES
        }
        first = (SHAPES[gate][0] > 1, SHAPES[gate][1] > 0) not in kinds
        dead_after = _DEAD_AFTER_FIRST if first else _DEAD_AFTER
        tried: set[str] = set()
        near = self._candidates(gate, near=True)[:_NEAR]
        if self._try(gate, near, len(near), dead_after, tried):
            return
        found = [r for r in self._candidates(gate) if repr(r.apply) not in tried]
        by_matrix = [r for r in found if r.form.kind.startswith("matrix")][:_MAX_MATRICES]
        named = [r for r in found if not r.form.kind.startswith("matrix")]
        left = _MAX_FIRST_TRIES if first else _MAX_TRIES
        self._try(gate, [*named[:left], *by_matrix], left, dead_after, tried)

    def _try(
        self, gate: str, recipes: list[Recipe], left: int, dead_after: int, tried: set[str]
    ) -> bool:
        """Measure recipes until one is the gate with plain angles; True when there is nothing better to look for."""
        dead: dict[tuple[Form, str], int] = {}
        for recipe in recipes:
            by_matrix = recipe.form.kind.startswith("matrix")
            if left <= 0 and not by_matrix:
                continue
            if clock() > self._until:
                self.found.ran_out = True
                break
            if dead.get((recipe.form, recipe.name), 0) > dead_after:
                continue
            left -= 1
            tried.add(repr(recipe.apply))
            state = self._measure(gate, recipe)
            if state == "raised":
                dead[recipe.form, recipe.name] = dead.get((recipe.form, recipe.name), 0) + 1
            if gate in self.found.names:
                if state == "plain" or by_matrix:
                    return True
                left = min(left, _MORE_FOR_PLAIN)
                if left <= 0:
                    break
        return False

    def _measure(self, gate: str, recipe: Recipe) -> str:
        """Measure one recipe and store it under the name that it measures; `plain`, `stored`, `raised` or `other`."""
        entry = self._entry(recipe)
        if entry is None:
            return "raised"
        qubits, parameters = SHAPES[gate]
        self.found.tries += 1
        self.bench.trials.runs += 1

        def work() -> Any:
            return self.session.identify(entry, qubits, parameters, gate)

        limit = 4 * self.bench.trials.trial_seconds
        if self.bench.trials.careful and not survives(work, limit):
            return "raised"
        outcome = attempt(work, limit)
        if not outcome.ok:
            self.found.odd.setdefault(gate, f"{recipe.name}: {outcome.error}")
            return "raised"
        one = outcome.value
        if one is None:
            self.found.odd[gate] = f"{recipe.name}: {self.session.reason}"
            return "other"
        takes_matrix = "'role': 'matrix'" in repr(recipe.apply)
        if (takes_matrix and one.gate != gate) or one.gate not in SHAPES:
            return "other"
        known = self.driver["gates"].get(one.gate) if one.gate in self.found.names else None
        better = (
            known is None
            or (_plain_angles(one) and "scale" in known)
            or self._closer(one.gate, recipe, gate)
            or (self._by_matrix(one.gate) and not takes_matrix)
        )
        if better:
            self._store(one, entry, recipe)
        if one.gate == gate:
            self.learner.learn(recipe, gate)
            return "plain" if _plain_angles(one) else "stored"
        self.found.odd[gate] = f"{recipe.name} is {one.gate}"
        return "other"

    def _closer(self, measured: str, recipe: Recipe, gate: str) -> bool:
        """Prefer the entry whose own name says what it is over one that was met by chance."""
        return measured == gate and hypothesis(self.found.names.get(measured, "")) != gate

    def _store(self, one: Any, entry: Json, recipe: Recipe) -> None:
        stored = dict(entry)
        if list(one.qubits) != sorted(one.qubits):
            stored["qubits"] = list(one.qubits)
        if list(one.parameters) != sorted(one.parameters):
            stored["parameters"] = list(one.parameters)
        if one.scale != 1 and one.parameters:
            stored["scale"] = one.scale
        self.driver["gates"][one.gate] = stored
        self.found.names[one.gate] = recipe.name
        self.found.layouts[one.gate] = recipe.layout
        self.found.errors[one.gate] = one.error

    def _entry(self, recipe: Recipe) -> Json | None:
        if recipe.effect:
            return recipe.entry("")
        same = recipe.form.kind == self.hit.recipe.form.kind
        effect = self.hit.effect if same else self.bench.effect_of(recipe.apply)
        return recipe.entry(effect) if effect else None

    def _matrix(self) -> None:
        """An entry that applies any matrix to any qubits, tried on one and on two qubits."""
        if not self.found.solved or "state" not in self.driver:
            return
        for form in self.forms:
            for recipe in self._matrix_candidates(form):
                if clock() > self.deadline:
                    return
                entry = self._entry(recipe)
                if entry and self._is_matrix(entry, recipe):
                    return

    def _matrix_candidates(self, form: Form) -> list[Recipe]:
        def work() -> list[Recipe]:
            listed = itertools.islice(matrix_recipes(self.bench, form, self.hit.handle), 40)
            excluded = self.bench.catalog.request.get("exclude_layouts", ())
            return [recipe for recipe in listed if not excludes(excluded, recipe.layout)]

        return attempt(work, 10).value or []

    def _is_matrix(self, entry: Json, recipe: Recipe) -> bool:
        limit = 4 * self.bench.trials.trial_seconds
        self.found.tries += 1
        stored = dict(entry)
        errors = [0.0]
        if "gate_qubits" in roles_used(entry) or "q1" in roles_used(entry):
            two = attempt(lambda: self.session.identify(entry, 2, 0, "matrix"), limit)
            if two.value is None:
                return False
            if list(two.value.qubits) != sorted(two.value.qubits):
                stored["qubits"] = list(two.value.qubits)
            errors.append(two.value.error)
        one = attempt(lambda: self.session.identify(stored, 1, 0, "matrix"), limit)
        if one.value is None:
            return False
        self.driver["gates"]["matrix"] = stored
        self.found.names["matrix"] = recipe.name
        self.found.layouts["matrix"] = recipe.layout
        self.found.errors["matrix"] = max(one.value.error, *errors)
        return True


def unnamed(bench: Bench, hit: Recipe, used: set[str]) -> list[str]:
    """Names beside the one that applies X: other methods of the object, other callables of its module, other words."""
    if hit.form.kind in _WORDED:
        return [word for word in bench.catalog.wording.quoted if word not in used][:_MAX_UNNAMED]
    if ":" not in hit.name:
        names = [n for n in public_names(bench.circuit) if n not in used and not RUN.match(n)]
        return [n for n in names if not AVOID.search(n) and not EXTEND.match(n)][:_MAX_UNNAMED]
    home, _, _ = (
        hit.name.rpartition(".") if "." in hit.name.split(":")[1] else hit.name.rpartition(":")
    )
    separator = "." if ":" in home else ":"
    outcome = attempt(lambda: vars(resolve(home)), 2)
    names = [
        n for n, value in (outcome.value or {}).items() if not n.startswith("_") and callable(value)
    ]
    return [f"{home}{separator}{n}" for n in names if f"{home}{separator}{n}" not in used][
        :_MAX_UNNAMED
    ]


def _plain_angles(one: Identification) -> bool:
    """Whether angles are taken as they are; another order of qubits is no reason to look for another name."""
    return one.scale == 1 or not one.parameters
