"""The search over all objects: one fork each, best report kept, budgets in trials and seconds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bench import Trials
from catalog import Catalog
from effects import KINDS
from guard import ENDED, ChildResult, Watch, in_child
from inspect_object import EFFECTS, NAMES, RUNS, ObjectSearch, Report
from language import DriverError, resolve
from objects import Candidate, candidates
from vocabulary import ROTATIONS, SHAPES, hypothesis

Json = dict[str, Any]
#: For one object; while others have not been looked at at all it is less.
_PER_OBJECT_SECONDS, _FIRST_SECONDS = 30.0, 10.0
_AFTER_FOUND_SECONDS = 25.0
_PER_KEY = 3
#: Trials of one object that may hang; after one more the object is given up.
_MAX_HUNG = 3
_ENOUGH_MISSING = 4
_TEXT_BELOW = 18
#: Shares of the budgets that rounds may use: by names, by runs without a telling name, by effects alone.
_SHARES = (0.7, 0.85, 1.0)
#: A search that comes after another has at least the rest of its budget.
_SPENT_BEFORE = 0.4
#: Words that look like rotations and are everywhere in text about circuits.
_VAGUE = frozenset(("phase", "phi", "ph", "ps", "euler", "phases"))


@dataclass
class Found:
    """Result of the whole search: reports, best first, and what was spent."""

    best: list[Report] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    objects: int = 0
    runs: int = 0
    evaluations: int = 0
    seconds: float = 0.0
    ran_out: bool = False
    crashes: int = 0
    #: Trials that nothing but the end of their process could end.
    hung: int = 0

    @property
    def stage(self) -> str:
        """The last stage that any object reached."""
        if any(report.driver for report in self.reports):
            return "gates"
        if any(report.readings for report in self.reports):
            return "read"
        if any(report.hits for report in self.reports):
            return "x"
        return "object" if any(report.made for report in self.reports) else "import"


class Search:
    """Goes through the candidates until a complete driver with a state is found, or a budget is spent."""

    def __init__(
        self,
        catalog: Catalog,
        imports: list[str],
        progress: Callable[[Json], None],
        spent: float = 0.0,
    ) -> None:
        self.catalog, self.imports, self.progress = catalog, imports, progress
        self.budget = catalog.request["budget"]
        self.found = Found()
        #: Processor seconds of searching, without those of measuring; also those of a search before it.
        self.searching = min(spent, _SPENT_BEFORE * self.budget["search_seconds"])
        self.started = time.monotonic()
        self.stop_at: float | None = None
        self.tried: dict[str, int] = {}
        self.texts_moved = False
        self.left_early: set[str] = set()
        #: What could be made in the first round, for those that follow.
        self.made: list[tuple[Candidate, Report]] = []

    def by_names(self) -> Found:
        """Search every object by what things are called; never raises for what the package does."""
        self._round(candidates(self.catalog), NAMES)
        return self.found

    def by_effects(self) -> Found:
        """Then go through the objects that could be made once more, the likeliest first, whatever things are called.

        One that no name leads to must not keep those waiting whose names say everything.
        """
        for effort in (RUNS, EFFECTS):
            if not self.found.best:
                self._round(self._likeliest(effort), effort)
        return self.found

    def _round(self, queue: list[Candidate], effort: int) -> None:
        """Every object once; those whose time was up before anything was found come again when all had their turn."""
        self.tried.clear()
        unfinished: list[Candidate] = []
        while queue or unfinished:
            later = not queue
            candidate = unfinished.pop(0) if later else queue.pop(0)
            if self._spent(_SHARES[effort]):
                break
            if not later and candidate.key and self.tried.get(candidate.key, 0) >= _PER_KEY:
                continue
            report, again = self._try(candidate, effort, later)
            self._book(candidate, report, effort)
            if again:
                queue.insert(0, again)
            elif report.unfinished and not later and effort == NAMES:
                unfinished.append(candidate)
            if report.driver is not None and self._settle(queue):
                break
        self.found.seconds = round(time.monotonic() - self.started, 2)

    def _likeliest(self, effort: int) -> list[Candidate]:
        """One way of making each object: what could be read, and what holds gates or qubits, first."""

        def unlikely(pair: tuple[Candidate, Report]) -> tuple[bool, ...]:
            candidate, report = pair
            gates = self._member_gates(candidate.key or repr(candidate.setup))
            return (not report.readings, not report.seen, not gates, not report.hits)

        ranked = [
            c for c, report in sorted(self.made, key=unlikely) if report.hits or effort == EFFECTS
        ]
        if effort == EFFECTS:
            ranked = [candidate for candidate in ranked if not candidate.text]
        unique: dict[str, Candidate] = {}
        for candidate in ranked:
            unique.setdefault(candidate.key or repr((candidate.setup, candidate.text)), candidate)
        return list(unique.values())

    def _spent(self, share: float) -> bool:
        over = (
            self.searching > share * self.budget["search_seconds"]
            or self.found.runs > share * self.budget["search_trials"]
        )
        self.found.ran_out = self.found.ran_out or over
        return over or (self.stop_at is not None and self.searching > self.stop_at)

    def _try(
        self, candidate: Candidate, effort: int, later: bool
    ) -> tuple[Report, Candidate | None]:
        remaining = self.budget["search_seconds"] - self.searching
        most = _FIRST_SECONDS if effort == NAMES and not later else _PER_OBJECT_SECONDS
        # Who is looked at by effects leaves half of the time to the others.
        left = max(4.0, min(most, remaining / 2 if effort else remaining))
        trials = Trials(trial_seconds=self.budget["trial_seconds"], careful=candidate.careful)

        def work(send: Callable[[Any], None]) -> Json:
            search = ObjectSearch(
                *(self.catalog, candidate, self.imports, trials, left, effort),
                announce=lambda report: send(asdict(report)),
            )
            return asdict(search.work())

        hung: set[int] = set()
        lost = 0.0
        while True:
            watch = Watch(frozenset(hung))
            # The clock on the wall only ends what hangs.
            result = in_child(work, 4 * (left + 90), None, watch)
            known = isinstance(result.value, dict) and result.value["solved"]
            if not result.hung or len(hung) >= (1 if known else _MAX_HUNG):
                break
            hung.add(watch.number)
            lost += result.seconds
        self.found.hung += len(hung) + result.hung
        report = _report(candidate, result)
        report.seconds = lost + (report.seconds or result.seconds)
        again = None
        crashed = bool(result.signal) and not result.late and not result.hung
        left_early = result.error == ENDED and candidate.key not in self.left_early
        if (crashed or left_early) and not candidate.careful:
            # Once more, with each trial in a fork of its own; what leaves in its constructor does so each time.
            self.found.crashes += crashed
            self.left_early.add(candidate.key)
            again = replace(candidate, careful=True)
        return report, again

    def _book(self, candidate: Candidate, report: Report, effort: int) -> None:
        found = self.found
        if report.made and effort == NAMES:
            self.made.append((candidate, report))
        found.objects += 1
        found.runs += report.runs
        found.evaluations += report.evaluations
        found.ran_out = found.ran_out or report.ran_out
        self.searching += max(0.0, report.seconds - report.measuring)
        found.reports.append(report)
        if candidate.key and report.made:
            used = 9 if report.readings or not report.hits else 2
            self.tried[candidate.key] = self.tried.get(candidate.key, 0) + used
        if report.driver is not None:
            found.best.append(report)
            found.best.sort(key=self._rank, reverse=True)
        best = found.best[0] if found.best else None
        self.progress(
            {
                "stage": found.stage,
                "tried": found.runs,
                "objects": found.objects,
                "found": len(best.names) if best else 0,
                "object": candidate.origin[:120],
            }
        )

    def _rank(self, report: Report) -> tuple[Any, ...]:
        amplitudes = report.kind in KINDS[:3]
        return (
            report.solved,
            self._complete(report),
            amplitudes,
            report.by_matrix < len(report.names) / 2,
            len(report.names),
            report.driver is not None and "text" not in report.driver,
        )

    def _complete(self, report: Report) -> bool:
        return report.solved and (
            bool(ROTATIONS & set(report.names)) or not self._has_rotations(report)
        )

    def _has_rotations(self, report: Report) -> bool:
        """Whether the package has a word for a rotation that was not measured as something else."""
        measured = {name.split(":")[-1].split(".")[-1] for name in report.names.values()}
        return any(
            hypothesis(word) in ROTATIONS
            for word in self.catalog.words - measured
            if 1 < len(word) < 16 and word.lower() not in _VAGUE
        )

    def _settle(self, queue: list[Candidate]) -> bool:
        """Whether to stop; otherwise decide what is still worth trying."""
        best = self.found.best[0]
        if not (self._complete(best) and best.kind in KINDS[:3]):
            if best.solved and self.stop_at is None:
                self.stop_at = self.searching + _AFTER_FOUND_SECONDS
            return False
        if best.by_matrix > len(best.names) / 2 and self.stop_at is None:
            self.stop_at = self.searching + _AFTER_FOUND_SECONDS
        if best.by_matrix > len(best.names) / 2:
            return False
        expected = {gate for gate, refs in self.catalog.gates.items() if refs} & set(SHAPES)
        expected |= self._member_gates(best.origin)
        if len(expected - set(best.names)) < _ENOUGH_MISSING or len(best.names) >= len(SHAPES) - 2:
            return True
        texts = [c for c in queue if c.text and "ref" in repr(c.setup)]
        is_text = best.driver is not None and "text" in best.driver
        if len(best.names) < _TEXT_BELOW and texts and not self.texts_moved and not is_text:
            # A native class with few gates: its own text language may know more.
            self.texts_moved = True
            rest = [c for c in queue if c not in texts]
            queue[:] = [*texts[:10], *rest]
        if self.stop_at is None:
            self.stop_at = self.searching + _AFTER_FOUND_SECONDS / 2
        return False

    @staticmethod
    def _member_gates(text: str) -> set[str]:
        """Gates that members of the classes are called after whose references stand in a text."""
        found: set[str] = set()
        for part in re.findall(r"[\w.:]+", text):
            try:
                members = dir(resolve(part)) if ":" in part else []
            except DriverError:
                continue
            found |= {gate for member in members if (gate := hypothesis(member))}
        return found


def _report(candidate: Candidate, result: ChildResult) -> Report:
    """What the child found, also what it had found before a trial hung."""
    if isinstance(result.value, dict) and (result.hung or not result.error):
        return Report(**result.value)
    return Report(candidate.origin, errors=[result.error or "it ended without a report"])
