"""The read walk: from a live result along attributes, items and methods with fillable arguments to what can be decoded.

Short paths first. What failed or was slow once is not asked again. Names that hint at effects are left out unless
nothing else was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench import Bench, public_names
from decode import Decoded, decode
from guard import attempt, clock
from language import Scope, walk
from objects import fill
from sources import homeless
from vocabulary import AVOID, NEVER, READ, READ_FIRST, SAMPLING, hypothesis

Json = dict[str, Any]
_PLAIN = (int, float, complex, str, bytes, type)
#: Methods that may give a number for one basis state.
_ONE_BY_ONE = re.compile(r"amp|prob|coef|weight|element", re.I)
_DEPTH = 3
_WIDTH = 40
_NOTHING_INSIDE = ("numpy", "torch", "scipy", "builtins")
_CHANGES = ("set", "is_", "add", "apply", "from_", "update", "insert", "append")


@dataclass
class Walker:
    """Walks results of one bench; remembers (type, name) pairs that failed."""

    bench: Bench
    shy: bool = True
    failed: set[tuple[type, str]] = field(default_factory=set)

    def walk(
        self, value: Any, scope: Scope, deadline: float
    ) -> Iterator[tuple[list[Json], Decoded]]:
        """Paths and what stands at their ends, near ones first."""
        done: set[str] = set()
        for depth in (1, _DEPTH):
            seen: dict[int, Any] = {}
            for path, found in self._step(value, scope, depth, [], seen, deadline):
                key = f"{path}{found.kind}"
                if key not in done:
                    done.add(key)
                    yield path, found

    def _step(
        self,
        value: Any,
        scope: Scope,
        depth: int,
        path: list[Json],
        seen: dict[int, Any],
        deadline: float,
    ) -> Iterator[tuple[list[Json], Decoded]]:
        if clock() > deadline:
            return
        outcome = attempt(lambda: decode(value, self.bench.n), self.bench.trials.trial_seconds)
        for found in outcome.value or []:
            yield path, found
        if outcome.value:
            # What can be read is not taken apart: rows of a unitary look like states.
            return
        if depth == 0 or value is None or isinstance(value, _PLAIN) or id(value) in seen:
            return
        seen[id(value)] = value
        if isinstance(value, (list, tuple)):
            for index, part in enumerate(value[:3]):
                yield from self._step(
                    part, scope, depth - 1, [*path, {"item": index}], seen, deadline
                )
        elif isinstance(value, dict):
            for key in [k for k in list(value)[:6] if type(k) in (str, int) and len(str(k)) <= 100]:
                yield from self._step(
                    value[key], scope, depth - 1, [*path, {"item": key}], seen, deadline
                )
        elif homeless(type(value)) or not type(value).__module__.startswith(_NOTHING_INSIDE):
            for name in self._names(value)[:_WIDTH]:
                yield from self._attribute(value, name, scope, depth, path, seen, deadline)

    def _names(self, value: Any) -> list[str]:
        names = [
            n
            for n in public_names(value)
            if (READ.search(n) or not self.shy)
            and (not hypothesis(n) or n in ("v", "u"))
            and not n.startswith(_CHANGES)
            and (not AVOID.search(n) or (not self.shy and not NEVER.search(n)))
        ]
        # Where everything that is named like a result has failed, any name may be one. What an object holds is looked
        # at before its methods are called: one of them may set it back.
        held: dict[str, Any] | None = None
        if not self.shy:
            held = attempt(lambda: dict(vars(value)), 1).value or {}

        def rank(name: str) -> tuple[bool, bool, bool, int]:
            waits = held is not None and (name not in held or callable(held[name]))
            return waits, not READ_FIRST.search(name), not READ.search(name), len(name)

        return sorted(names, key=rank)

    def _attribute(
        self,
        value: Any,
        name: str,
        scope: Scope,
        depth: int,
        path: list[Json],
        seen: dict[int, Any],
        deadline: float,
    ) -> Iterator[tuple[list[Json], Decoded]]:
        key = (type(value), name)
        if key in self.failed or clock() > deadline:
            return
        # Running the circuit is the readers' work; walking it would run everything again.
        if value is scope.variables.get("circuit") and re.match("run|simulate|execute", name):
            return
        got = self.bench.trial(lambda: getattr(value, name), self.bench.trials.trial_seconds)
        if not got.ok:
            self.failed.add(key)
            return
        here = [*path, {"attr": name}]
        if not callable(got.value) or hasattr(got.value, "tolist") or hasattr(got.value, "shape"):
            yield from self._step(got.value, scope, depth - 1, here, seen, deadline)
            return
        if isinstance(got.value, type):
            return
        for step in self._each(value, name):
            called = self.bench.trial(
                lambda: decode(walk(got.value, [step], scope), self.bench.n),  # noqa: B023
                self.bench.trials.trial_seconds,
            )
            found = called.value or []
            yield from (([*here, step], one) for one in found)
            if found:
                return
            if called.seconds > 0.3:
                self.failed.add(key)
                return
        for step in self._arguments(value, name, depth):
            called = self.bench.trial(
                lambda: walk(got.value, [step], scope),  # noqa: B023
                self.bench.trials.trial_seconds,
            )
            if called.ok:
                yield from self._step(called.value, scope, depth - 1, [*here, step], seen, deadline)
                return
            if called.seconds > 0.3:
                self.failed.add(key)
                return

    def _each(self, value: Any, name: str) -> list[Json]:
        """Steps that ask for one basis state after the other, where a method takes one thing."""
        if not (_ONE_BY_ONE.search(name) or not self.shy):
            return []
        signature = self.bench.signature(value, name)
        if signature is not None and [p.star for p in signature if not p.optional] != [False]:
            return []
        roles = ("index", "basis", "basis_list")
        return [{"each": [{"role": role}]} for role in roles]

    def _arguments(self, value: Any, name: str, depth: int) -> list[Json]:
        """Call steps that may be possible, those that ask for shots with a seed first."""
        signature = self.bench.signature(value, name)
        if signature is None:
            roles: list[list[Json]] = [[{"role": "n"}], [{"role": "shots"}], [{"role": "qubits"}]]
            return [{"call": args} for args in [[], *(roles if depth >= 2 else [])]]
        filled = fill(signature, name=name)
        if filled is None or any("var" in one for one in [*filled.args, *filled.kwargs.values()]):
            return []
        steps: list[Json] = []
        for extra in (*(filled.more if SAMPLING.search(name) else []), {}):
            kwargs = {**filled.kwargs, **extra}
            steps.append({"call": filled.args, **({"kwargs": kwargs} if kwargs else {})})
        return steps
