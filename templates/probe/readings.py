"""The search for readings: ways to run × the read walk, each proved by its effects.

Discovery wakes all qubits (X·X on each, then X on one), so that lazily sized circuits show as many qubits as they have;
whether that is needed is then tested and noted in the driver.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import dialects
from bench import SAMPLE_ANGLES, SHOTS, Bench
from counting import counting
from effects import (
    KINDS,
    amplitudes_or_probabilities,
    observe,
    place,
    step,
    three_effects,
    uniform,
)
from expressions import references
from gatecalls import recipes
from guard import clock
from language import Operation, Scope, prepare, run_statements
from objects import Candidate
from readers import Run, runs
from readers_unnamed import unnamed_runs
from recipes import Form, Recipe
from reference import unitary
from vocabulary import SHAPES
from walk import Walker

Json = dict[str, Any]
_MAX_RUNS = 120
_FIRST_CALL_SECONDS = 15.0
#: How long to look for a better kind of reading than the one that was found; a unitary costs 4^n, so longer for it.
_SOFT_SECONDS = (4.0, 12.0)
_OWN_VARIABLES = ("result", "engine", "program", "job", "state", "circuit")


@dataclass(frozen=True)
class Hit:
    """A recipe for X that can be applied, with its effect and the qubit handle that it uses."""

    recipe: Recipe
    effect: str
    handle: Json | None = None

    @property
    def entry(self) -> Json:
        """The driver's entry for X."""
        return self.recipe.entry(self.effect)


@dataclass(frozen=True)
class Found:
    """A reading that passed the test by effects, as a driver with the gate x."""

    driver: Json
    kind: str
    how: str


def reading_key(reading: Json) -> str:
    """Equal for readings that run and read the same."""
    return repr([reading[part] for part in ("run", "root", "path", "kind")])


@dataclass(frozen=True)
class _Warm:
    """A reading that could be decoded. ``moved``: X had an effect on it, so it is the likelier one."""

    run: Run
    root: str
    path: list[Json]
    kind: str
    moved: bool


@dataclass
class ReadingSearch:
    """Readings of one bench; what worked for one recipe is tried first for the next."""

    bench: Bench
    candidate: Candidate
    walker: Walker
    warm: dict[str, _Warm] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    seen: dict[str, None] = field(default_factory=dict)
    errors: dict[str, None] = field(default_factory=dict)
    starts_in_plus: bool = False
    #: Readings that passed the test by effects but are no good for a kind of qubits: their order cannot be established.
    rejected: set[tuple[str, str]] = field(default_factory=set)
    #: Also run what no name suggests, and that first: everything with a telling name has failed.
    unnamed: bool = False
    #: The last search ended because X had no effect on anything that can be read.
    stalled: bool = False
    _compiled: bool = False
    _hadamards: dict[str, list[Json]] = field(default_factory=dict)
    #: Families of recipes whose H showed what a reading is.
    _telling: set[str] = field(default_factory=set)

    def find(
        self, hit: Hit, seconds: float, plus: Json | None = None, full: bool = True
    ) -> list[Found]:
        """Readings that show X's effects, best kind first.

        ``plus``: entry of H, for a start state |+…+⟩. Without ``full`` only what could be decoded before is tried.
        """
        gates = {"x": hit.entry} if plus is None else {"x": hit.entry, "h": plus}
        extra = {} if plus is None else {"plus": True}
        found = self._from_warm(hit, gates, extra)
        if not found and full:
            found = self._from_runs(hit, gates, extra, clock() + seconds)
        return sorted(found, key=lambda one: KINDS.index(one.kind))

    def counts(self, driver: Json, hit: Hit, seconds: float) -> Found | None:
        """A reading of counts or samples beside the driver's state, if there is one."""
        deadline = clock() + seconds
        gates = {"x": driver["gates"]["x"]}
        extra = {key: driver[key] for key in ("touch", "plus") if key in driver}
        if "plus" in extra:
            gates["h"] = driver["gates"]["h"]
        given = self._uses_package(hit.entry)
        for search in (self, self._measured()):
            if search is None:
                continue
            for run in counting(search.bench, self.candidate, hit.entry, driver.get("state")):
                if not given and not self._uses_package(run.statements):
                    continue
                for one in search._try(run, hit, gates, extra, deadline, ("counts", "samples")):
                    if search._serves(one, driver["gates"]):
                        if search is not self:
                            one.driver["counts"]["text"] = search.bench.text
                        return one
                if clock() > deadline:
                    return None
            deadline += seconds / 2
        return None

    def _measured(self) -> ReadingSearch | None:
        """The same search over programs that measure all qubits at their end, where this one's do not."""
        text = self.bench.text
        if not text or text["dialect"] not in dialects.names():
            return None
        measured = dialects.text_dialect(text["dialect"], measured=True)
        if measured["footer"] == text["footer"]:
            return None
        bench = replace(self.bench, text=measured)
        return ReadingSearch(bench, self.candidate, Walker(bench))

    def _serves(self, one: Found, gates: Json) -> bool:
        """Whether a reading gives as many counts as asked, also after every kind of one-qubit gate.

        An engine for Clifford circuits only, say, passes the test by effects and serves nobody.
        """
        driver = {**one.driver, "gates": gates}
        circuit = [
            Operation(gate, (0,), angles, unitary(gate, angles))
            for gate, (qubits, parameters) in SHAPES.items()
            for angles in [SAMPLE_ANGLES[:parameters]]
            if gate in gates and qubits == 1
        ]
        found = observe(self.bench, driver, circuit, one.driver["counts"])
        return found is not None and round(float(found.data.sum())) == SHOTS

    def _from_warm(self, hit: Hit, gates: Json, extra: Json) -> list[Found]:
        found: list[Found] = []
        likely = sorted(self.warm.values(), key=lambda w: (not w.moved, KINDS.index(w.kind)))
        for warm in likely[:12]:
            one = self._proved(hit, gates, extra, warm.run, warm.root, warm.path, warm.kind)
            if one and all(one.kind != other.kind for other in found):
                found.append(one)
            if one and one.kind == "state":
                break
        return found

    def _from_runs(self, hit: Hit, gates: Json, extra: Json, deadline: float) -> list[Found]:
        found: list[Found] = []
        # What was found last may take a little longer than there was time for: something better may be next.
        soft = deadline
        started = clock()
        for run in itertools.islice(self._runs(hit), _MAX_RUNS * (1 + self.unnamed)):
            if clock() > soft:
                break
            still = sum(w.kind == "state" and not w.moved for w in self.warm.values())
            if still >= 3 and not found and clock() - started > 1:
                # States can be read, and this X moves none of them: try other expressions for X on what is known.
                self.stalled = True
                break
            for one in self._try(run, hit, gates, extra, soft, KINDS):
                if one.kind == "state":
                    return [*found, one]
                if all(one.kind != other.kind for other in found):
                    found.append(one)
                    soft = clock() + _SOFT_SECONDS[one.kind == "unitary"]
        return found

    def _runs(self, hit: Hit) -> Iterator[Run]:
        """All ways to run that use the package; behind one that raised comes at once what may work instead."""
        given = self._uses_package(hit.entry)
        named = runs(self.bench, self.candidate)
        last = unnamed_runs(self.bench) if self.unnamed else ()
        # Attributes of the circuit as it is are looked at before anything is run whose name says nothing.
        for run in itertools.chain(itertools.islice(named, 1), last, named):
            if not given and not self._uses_package(run.statements):
                continue
            yield run
            if run.instead is not None and repr(run.statements) in self.raised:
                yield from run.instead()

    def _uses_package(self, part: Any) -> bool:
        """Whether the circuit itself or ``part`` is the package's: a host's circuit run by its host proves nothing."""
        own = self.bench.catalog.own
        return any(
            own(reference) for reference in references([self.bench.setup, self.bench.context, part])
        )

    def _try(
        self, run: Run, hit: Hit, gates: Json, extra: Json, deadline: float, kinds: tuple[str, ...]
    ) -> Iterator[Found]:
        key = repr(run.statements)
        if key in self.slow:
            return
        scope = self._discover(run, self.bench.driver(gates, **{**extra, "touch": True}), key)
        if scope is None:
            return
        roots = [v for v in _OWN_VARIABLES if v in scope.variables]
        roots += [v for v in scope.variables if v not in _OWN_VARIABLES]
        for root in roots:
            value = scope.variables[root]
            until = min(deadline, clock() + 5)
            for path, one in self.walker.walk(value, scope, until):
                self._note(value, path, one.kind)
                where = place(one)
                if where is None:
                    self.starts_in_plus = self.starts_in_plus or uniform(one)
                    continue
                moved = where != 0
                if len(self.warm) < 40:
                    self.warm.setdefault(
                        f"{key}{root}{path}{one.kind}", _Warm(run, root, path, one.kind, moved)
                    )
                if not moved or one.kind not in kinds:
                    continue
                proved = self._proved(hit, gates, extra, run, root, path, one.kind)
                if proved:
                    yield proved

    def _discover(self, run: Run, driver: Json, key: str) -> Scope | None:
        """Run X on qubit 1 and keep the scope; a first call gets more time, since it may compile."""
        circuit = [step("x", min(1, self.bench.n - 1))]

        def work() -> Scope:
            scope = prepare(driver, circuit, self.bench.n, 37, 11)
            run_statements(run.statements, scope)
            return scope

        self.bench.trials.runs += 1
        self.bench.leave()
        limit = self.bench.trials.trial_seconds
        outcome = self.bench.trial(work, limit)
        if not outcome.ok and outcome.seconds > 0.9 * limit:
            if self._compiled:
                self.slow.add(key)
                return None
            self._compiled = True
            outcome = self.bench.trial(work, _FIRST_CALL_SECONDS)
            if not outcome.ok:
                self.slow.add(key)
        if not outcome.ok:
            self.raised.add(key)
            if len(self.errors) < 12:
                self.errors.setdefault(f"{run.how}: {outcome.error}")
            return None
        return outcome.value

    def _proved(
        self, hit: Hit, gates: Json, extra: Json, run: Run, root: str, path: list[Json], kind: str
    ) -> Found | None:
        reading = {"run": run.statements, "root": root, "path": path, "kind": kind, "order": "big"}
        if (reading_key(reading), repr(hit.handle)) in self.rejected:
            return None
        for more in ({}, {"touch": True}) if not extra.get("touch") else ({},):
            driver = self.bench.driver(gates, reading, **extra, **more)
            if not three_effects(self.bench, driver, reading):
                continue
            if kind in ("state", "probabilities"):
                told = self._told(hit, driver, reading)
                # Where H shows itself in another reading and here it does not, this one comes after a collapse.
                if told != kind and (told is not None or self._family(hit) in self._telling):
                    return None
            steps = "".join(next(iter(step)) for step in path)
            return Found(driver, kind, f"{run.how} → {root}{' ' + steps if steps else ''}")
        return None

    def _told(self, hit: Hit, driver: Json, reading: Json) -> str | None:
        """Amplitudes or probabilities, told by the first recipe for H that shows either."""
        for entry in self._hadamard_entries(hit):
            gates = {**driver["gates"], "h": entry}
            told = amplitudes_or_probabilities(self.bench, {**driver, "gates": gates}, reading)
            if told is not None:
                self._hadamards[self._family(hit)] = [entry]
                self._telling.add(self._family(hit))
                return told
        return None

    @staticmethod
    def _family(hit: Hit) -> str:
        return repr((hit.recipe.form, hit.recipe.code, hit.handle))

    def _hadamard_entries(self, hit: Hit) -> list[Json]:
        """Entries for H of the same family as the recipe for X."""
        family = self._family(hit)
        if family not in self._hadamards:
            form = hit.recipe.form
            if form.kind == "value method":
                form = Form("value method")
            if hit.recipe.shown:
                form = Form("shown")
            blind = "h" in self.bench.unnamed
            listed = itertools.islice(
                recipes(self.bench, "h", form, hit.handle), 600 if blind else 60
            )
            same = [recipe for recipe in listed if recipe.code == hit.recipe.code]
            entries = [recipe.entry(hit.effect) for recipe in same]
            self._hadamards[family] = entries[: 60 if blind else 12]
        return self._hadamards[family]

    def _note(self, value: Any, path: list[Json], kind: str) -> None:
        if len(self.seen) < 20:
            steps = "".join(
                f".{s['attr']}" if "attr" in s else f"[{s['item']!r}]" if "item" in s else "()"
                for s in path
            )
            self.seen.setdefault(f"{type(value).__name__}{steps}: {kind}")
