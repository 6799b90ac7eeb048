"""The search on one object, in a process of its own: setup → X → reading → all gates."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import blind
from bench import Bench, Trials, public_names
from calls_with_values import form_of
from catalog import Catalog
from effects import KINDS
from error_lines import one_line
from gatecalls import forms, recipes
from gather import Gathered, gather
from guard import attempt, clock
from hosts import adopt, uses_package
from language import roles_used
from objects import Candidate, fill
from readings import Found, Hit, ReadingSearch, reading_key
from recipes import Form, Recipe
from shown import patterns
from vocabulary import REGISTER
from walk import Walker

Json = dict[str, Any]
_SETUP_SECONDS = 15.0
_X_SECONDS = 20.0
_MEASURE_SECONDS = 60.0
_X_RUNS = 2000
_PER_FORM = 4
_MAX_WORDS = 8
_MAX_HITS = 18
#: Of the calls that no name suggests, so many lead to a whole search for readings; the others use what was read then.
_BLIND_READS = 3
#: How far the search on one object goes: what names tell; runs that no name tells; gates that no name tells.
NAMES, RUNS, EFFECTS = range(3)
#: Expressions for X that count as failed before a round begins; see `ObjectSearch.dead`.
_DEAD = (0, 2, 3)
_QUBIT_CLASS = re.compile(r"^(line_?)?(qu?bit|wire|site|mode)$", re.I)
_QUBIT_METHODS = ("qubit", "get_qubit", "q", "wire")


@dataclass
class Report:
    """What the search on one object found; plain data, since it crosses a process boundary."""

    origin: str
    made: bool = False
    hits: list[str] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    driver: Json | None = None
    names: dict[str, str] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    layouts: dict[str, str] = field(default_factory=dict)
    n: int = 0
    form: str = ""
    solved: bool = False
    #: How many gates are given as matrices: right, but not the way that people write.
    by_matrix: int = 0
    runs: int = 0
    evaluations: int = 0
    measuring: float = 0.0
    #: The clock ended the search for a gate; what is missing may be there.
    ran_out: bool = False
    #: The time was up before anything was found that could be measured.
    unfinished: bool = False
    #: Processor seconds of the whole search on this object.
    seconds: float = 0.0

    @property
    def kind(self) -> str:
        """Kind of the driver's best reading."""
        assert self.driver is not None
        return self.driver["state" if "state" in self.driver else "counts"]["kind"]


#: The qubit's number, counted from one.
FROM_ONE: Json = {"op": "+", "args": [{"role": "q0"}, {"lit": 1}]}


class ObjectSearch:
    """Searches one candidate. ``work`` returns a report also when nothing was found."""

    def __init__(
        self,
        catalog: Catalog,
        candidate: Candidate,
        imports: list[str],
        trials: Trials,
        seconds: float,
        effort: int = NAMES,
        announce: Callable[[Report], None] = lambda _report: None,
    ) -> None:
        self.catalog, self.candidate, self.trials = catalog, candidate, trials
        self.imports, self.effort, self.announce = imports, effort, announce
        self.report = Report(candidate.origin)
        self.started = clock()
        self.deadline = self.started + seconds
        self.best: Gathered | None = None
        #: Expressions for X for which nothing could be read; the more, the less patience for the next.
        self.dead = _DEAD[effort]
        #: How often a start state |+…+⟩ is still assumed, where uniform results were seen.
        self.plus_left = 2

    def work(self) -> Report:
        """Search until a complete driver is found, nothing is left to try, or the time is up."""
        for setup in self._setups():
            bench = self._bench(setup)
            if bench is not None:
                try:
                    self._search(bench)
                except Exception as error:  # a package may raise where nobody asks it
                    self._error(f"the search on this object ended: {one_line(error)}")
            if self._done() or clock() > self.deadline:
                break
        self.report.runs, self.report.evaluations = self.trials.runs, self.trials.evaluations
        self.report.unfinished = clock() > self.deadline and self.best is None
        self.report.seconds = clock() - self.started
        return self.report

    def _done(self) -> bool:
        return self.report.solved and self.report.kind in KINDS[:3]

    # ------------------------------------------------------------------ setup

    def _setups(self) -> list[list[Json]]:
        """The setup as proposed, and with a register of qubits where the object has a method that makes one."""
        setup = self.candidate.setup
        found = [setup]
        if self.candidate.text or len(setup) != 1:
            return found
        bench = Bench(self.catalog, setup, 3, Trials(), None, self.imports)
        if not bench.open(_SETUP_SECONDS).ok or type(bench.circuit) in (list, str):
            return found
        for name in [n for n in public_names(bench.circuit) if REGISTER.match(n)][:4]:
            signature = bench.signature(bench.circuit, name)
            filled = fill(signature)
            options = (
                [[{"role": "n"}], []] if signature is None else [filled.args] if filled else []
            )
            for args in options[:2]:
                call = {"call": {"attr": [{"var": "circuit"}, name]}, "args": args}
                longer = [*setup, {"var": "register", "value": call}]
                trial = Bench(self.catalog, longer, 3, Trials(), None, self.imports)
                if trial.open(5).ok:
                    found.append(longer)
                    break
        # With a register first: where qubits must be allocated, nothing works without.
        return [*found[1:], found[0]] if len(found) > 1 and self._needs_register(bench) else found

    def _needs_register(self, bench: Bench) -> bool:
        size = attempt(lambda: len(public_names(bench.circuit)), 2)
        return size.ok and "n" not in repr([s["value"].get("args") for s in self.candidate.setup])

    def _bench(self, setup: list[Json]) -> Bench | None:
        for n in (3, 2, 1):
            bench = Bench(self.catalog, setup, n, self.trials, self.candidate.text, self.imports)
            bench.context = self.candidate.context
            outcome = bench.open(_SETUP_SECONDS)
            if outcome.ok and (bench.circuit is not None or self.candidate.text):
                self.report.made = True
                adopt(self.catalog, [setup, self.candidate.run], bench.circuit)
                bench.shown = patterns(bench, self._examples())
                return bench
            if self.candidate.text and not outcome.ok:
                # Text without gates may be refused; the setup is tried with gates later.
                self.report.made = True
                return bench
            self._error(outcome.error or "the setup made no circuit")
        return None

    def _examples(self) -> list[Json]:
        """Gate statements that people wrote: of this candidate, then of all others; what a person hints comes first."""
        others = sorted(self.catalog.request["candidates"], key=lambda c: c["proposer"] != "hint")
        return [*self.candidate.gates, *(gate for one in others for gate in one["gates"])]

    def _error(self, text: str) -> None:
        if len(self.report.errors) < 6 and text not in self.report.errors:
            self.report.errors.append(text)

    # ------------------------------------------------------------------ X

    def _handles(self, bench: Bench) -> list[Json | None]:
        """How a qubit may be handed over: its number, an item of a register, or what a method gives for it."""
        found: list[Json | None] = [None]
        if bench.text:
            return found
        q0 = {"role": "q0"}
        for name, value in bench.live.variables.items():
            if name != "circuit" and hasattr(value, "__getitem__"):
                found.append({"item": [{"var": name}, q0]})
        found += [p.handle for p in bench.shown if p.handle is not None and p.handle not in found]
        circuit = bench.circuit
        if type(circuit) in (list, str):
            return found
        for name in _QUBIT_METHODS:
            if name in public_names(circuit):
                found.append({"call": {"attr": [{"var": "circuit"}, name]}, "args": [q0]})
        for _, reference in self.catalog.classes:
            if _QUBIT_CLASS.search(reference.split(":")[1]):
                made = {"call": {"ref": reference}, "args": [q0]}
                if bench.value(made).ok:
                    found.append(made)
        if hasattr(circuit, "__getitem__") and not hasattr(circuit, "shape"):
            found.append({"item": [{"var": "circuit"}, q0]})
        return found

    def _hits(self, bench: Bench, handles: list[Json | None]) -> list[Hit]:
        """Recipes for X that do not raise, from every form in turn."""
        deadline = min(self.deadline, clock() + _X_SECONDS)
        first = self.trials.runs
        by_form: list[list[Hit]] = []
        for form in forms(bench):
            row: list[Hit] = []
            for handle in handles:
                if clock() > deadline or self.trials.runs > first + _X_RUNS:
                    break
                row += self._hits_of(bench, form, handle)
            if row:
                by_form.append(row)
        mixed = [hit for row in itertools.zip_longest(*by_form) for hit in row if hit]
        return mixed[:_MAX_HITS]

    def _hits_of(self, bench: Bench, form: Form, handle: Json | None) -> list[Hit]:
        found: list[Hit] = []
        codes: set[str] = set()
        listed = attempt(lambda: list(itertools.islice(recipes(bench, "x", form, handle), 60)), 10)
        for recipe in listed.value or []:
            if len(found) >= (_MAX_WORDS if bench.text else _PER_FORM):
                break
            # One of each layout, except that every name of a text line is a word of its own.
            usual = recipe.effect == "line" or recipe.name.split(":")[-1] in ("X", "x", "NOT")
            if recipe.code in codes and not usual:
                continue
            effect = _effect(bench, recipe)
            if effect:
                codes.add(recipe.code)
                found.append(Hit(recipe, effect, handle))
        return found

    # ------------------------------------------------------------------ readings and gates

    def _blind(self, bench: Bench, search: ReadingSearch) -> None:
        """No name led to a reading: every name is tried. What flips a qubit is found by its effect."""
        until = min(self.deadline, clock() + _X_SECONDS)
        found = blind.hits(bench, self._handles(bench), until, _effect)
        unnamed = bench.unnamed
        for index, hit in enumerate(found):
            if self._over():
                break
            bench.unnamed = unnamed
            self._readings(bench, search, hit, found, index < _BLIND_READS)
        bench.unnamed = {}

    def _search(self, bench: Bench) -> None:
        hits = self._hits(bench, self._handles(bench))
        if not hits and not bench.text:
            # Perhaps there is no qubit 0: some count from one.
            hits = self._hits(bench, [FROM_ONE])
        self.report.hits += [
            f"{h.recipe.form.kind} {h.recipe.name} ({h.recipe.code})" for h in hits
        ][:8]
        search = ReadingSearch(bench, self.candidate, Walker(bench))
        if self.effort == NAMES:
            self._by_names(bench, search, hits)
        elif self.effort == RUNS:
            self._by_runs(bench, search, hits[:3])
        else:
            search.walker.shy = False
            search.unnamed = bool(hits)
            self._blind(bench, search)
        self.report.seen = list(search.seen)[:12]
        for error in list(search.errors)[:4]:
            self._error(error)

    def _by_names(self, bench: Bench, search: ReadingSearch, hits: list[Hit]) -> None:
        # First round: one full search for readings, then every other expression for X on what could be read.
        for hit, full in [*((h, h is hits[0]) for h in hits), *((h, True) for h in hits[1:])]:
            if self._over():
                break
            self._readings(bench, search, hit, hits, full)
        # What the object itself holds under any name comes before what a call of any name gives.
        search.walker.shy = False
        self.dead = min(self.dead, 2)
        if hits and not self.best and not self._over():
            self._readings(bench, search, hits[0], hits, True)
        if hits and not self.best and not bench.text:
            self._from_one(bench, search, hits)

    def _from_one(self, bench: Bench, search: ReadingSearch, hits: list[Hit]) -> None:
        """Where qubits count from one, a gate on qubit 0 may do nothing and raise nothing."""
        search.walker.shy = True
        forms_of = list(dict.fromkeys(h.recipe.form for h in hits if h.handle is None))[:3]
        found = [hit for form in forms_of for hit in self._hits_of(bench, form, FROM_ONE)]
        for hit in found[:6]:
            if self._over() or self.best:
                break
            self._readings(bench, search, hit, found, hit is found[0])

    def _by_runs(self, bench: Bench, search: ReadingSearch, hits: list[Hit]) -> None:
        """The expressions for X that names tell, with whatever takes the circuit."""
        search.walker.shy = False
        search.unnamed = True
        for hit in hits:
            if self._over() or self.best:
                break
            self._readings(bench, search, hit, hits, True)

    def _over(self) -> bool:
        return clock() > self.deadline or self._done()

    def _readings(
        self, bench: Bench, search: ReadingSearch, hit: Hit, hits: list[Hit], full: bool
    ) -> None:
        """Find readings for one expression for X, and measure the gates with each."""
        left = self.deadline - clock()
        patience = 7 if not self.dead else 4 if self.dead < 3 else 1.5
        for _ in range(3):
            found = search.find(hit, min(left, patience), full=full)
            if not found and full and search.starts_in_plus and self.plus_left and not bench.text:
                self.plus_left -= 1
                found = self._with_plus(bench, search, hit)
            self.dead += full and not found
            self.report.readings += [f"{one.kind}: {one.how}" for one in found][:3]
            rejected = [one for one in found if not self._measure(bench, search, hit, one, hits)]
            if not found or len(rejected) < len(found):
                break

    def _with_plus(self, bench: Bench, search: ReadingSearch, hit: Hit) -> list[Found]:
        for recipe in itertools.islice(recipes(bench, "h", hit.recipe.form, hit.handle), 4):
            found = search.find(hit, 9, recipe.entry(hit.effect))
            if found:
                return found
        return []

    def _measure(
        self, bench: Bench, search: ReadingSearch, hit: Hit, one: Found, hits: list[Hit]
    ) -> bool:
        """Measure all gates with a reading; False when the reading is no good."""
        if not uses_package(self.catalog, one.driver) or self._done():
            return True
        worse = self.best is not None and KINDS.index(one.kind) >= KINDS.index(self.report.kind)
        if worse and len(self.report.names) >= 4:
            return True
        start = clock()
        found = dict.fromkeys([*form_of(hit.recipe.apply), *(h.recipe.form for h in hits)])
        others = [form for form in found if form != hit.recipe.form][:8]
        gathered = gather(bench, one.driver, hit, others, start + _MEASURE_SECONDS)
        if gathered is None:
            which = "state" if "state" in one.driver else "counts"
            search.rejected.add((reading_key(one.driver[which]), repr(hit.handle)))
        elif self._better(gathered, one):
            self._keep(bench, search, hit, one, gathered)
        spent = clock() - start
        self.report.measuring += spent
        self.deadline += spent
        return gathered is not None

    def _better(self, gathered: Gathered, one: Found) -> bool:
        if self.best is None:
            return True
        new = (gathered.solved, one.kind in KINDS[:3], len(gathered.names))
        return new > (self.best.solved, self.report.kind in KINDS[:3], len(self.best.names))

    def _keep(
        self, bench: Bench, search: ReadingSearch, hit: Hit, one: Found, gathered: Gathered
    ) -> None:
        self.best = gathered
        driver, report = gathered.driver, self.report
        report.driver, report.names, report.odd = driver, gathered.names, gathered.odd
        report.layouts = gathered.layouts
        report.ran_out = gathered.ran_out
        named = [entry for gate, entry in driver["gates"].items() if gate != "matrix"]
        report.by_matrix = sum("matrix" in roles_used(entry) for entry in named)
        report.n, report.solved = bench.n, gathered.solved and bench.n > 1
        report.form = f"{hit.recipe.form.kind} {hit.recipe.form.method} {hit.recipe.code}".strip()
        if hit.handle:
            driver["handle"] = repr(hit.handle)[:60]
        if gathered.solved and "counts" not in driver:
            # What is found stays found, should a way to count never come back.
            self.report.runs, self.report.evaluations = self.trials.runs, self.trials.evaluations
            self.announce(report)
            beside = search.counts(driver, hit, 8)
            if beside:
                driver["counts"] = {**beside.driver["counts"], "order": "big"}


def _effect(bench: Bench, recipe: Recipe) -> str | None:
    """What a recipe does to a fresh circuit; None where it raises."""
    if recipe.effect == "augment":
        return "augment" if bench.augments(recipe.apply) else None
    if recipe.effect == "line":
        return "line"
    seen = bench.effect_of(recipe.apply)
    return None if seen is None else recipe.effect or seen
