"""The bench: one object under search, set up afresh for every trial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from catalog import Catalog
from guard import ENDED, Outcome, attempt, in_child, survives
from language import (
    Operation,
    Scope,
    apply_gate,
    base_roles,
    evaluate,
    execute,
    roles_used,
    run_statements,
)
from layouts import Parameter, substitute

Json = dict[str, Any]

#: Angles while the search only looks whether a call is possible; large, so that degrees do something too.
SAMPLE_ANGLES = (1.1, 1.7, 2.3)
SHOTS = 37
#: A first call gets more time than a trial.
FIRST_CALL_SECONDS = 15.0
SEED = 11
#: Operators whose value is a new object, of whatever type: a product of gates and a state, say.
_GIVE_NEW = ("*", "@", "+", "&", "^")

__all__ = ["SHOTS", "Bench", "Trials"]


@dataclass
class Trials:
    """How much was tried; a budget in trials is deterministic, seconds are only a cap."""

    runs: int = 0
    evaluations: int = 0
    trial_seconds: float = 4.0
    #: After a crash by signal each first trial of an expression happens in a fork of its own.
    careful: bool = False


@dataclass
class Bench:
    """A candidate's setup on ``n`` qubits with a live scope to look at, and fresh ones to try on.

    ``handle`` maps ``q0`` … to the expression of a qubit object where a plain number is not what the package wants.
    """

    catalog: Catalog
    setup: list[Json]
    n: int
    trials: Trials
    text: Json | None = None
    imports: list[str] = field(default_factory=list)
    live: Scope = field(default_factory=Scope)
    values: dict[Any, Any] = field(default_factory=dict)
    #: Names that are tried for a gate though nothing about them suggests it: attributes or references.
    unnamed: dict[str, list[str]] = field(default_factory=dict)
    #: Ways to write a gate that examples show, see `shown.patterns`.
    shown: list[Any] = field(default_factory=list)
    #: The driver's context around the gates; every fresh scope is inside a new one.
    context: Json | None = None
    _last: Scope | None = None
    _compiled: bool = False

    def open(self, seconds: float) -> Outcome:
        """Make the live scope; the outcome tells why it could not be made."""
        outcome = attempt(self.fresh, seconds)
        if outcome.ok:
            self.live = outcome.value
        return outcome

    def fresh(self) -> Scope:
        """A new scope after the setup, with sample qubits and angles as roles."""
        self.trials.runs += 1
        self.leave()
        scope = Scope({}, base_roles(self.n, SHOTS, SEED))
        scope.roles.update({f"q{i}": i for i in range(min(3, self.n))})
        scope.roles.update({f"p{i}": angle for i, angle in enumerate(SAMPLE_ANGLES)})
        scope.roles["gate_qubits"] = [0]
        scope.roles["matrix"] = np.array([[0, 1], [1, 0]], dtype=complex)
        scope.roles["text"] = ""
        if "ket0" in roles_used([statement["value"] for statement in self.setup]):
            scope.roles["ket0"] = np.eye(1, 2**self.n, dtype=complex)[0]
        run_statements(self.setup, scope)
        if self.context:
            self._last = scope
            entered = scope.stack.enter_context(evaluate(self.context["value"], scope))
            scope.variables[self.context["var"]] = entered
        return scope

    def leave(self) -> None:
        """Close the context that is open, whatever closing it raises: some cannot be entered twice."""
        last, self._last = self._last, None
        if last is not None:
            attempt(last.stack.close, self.trials.trial_seconds)

    def trial(self, work: Callable[[], Any], seconds: float) -> Outcome:
        """Call ``work`` within ``seconds``; after a crash, in a fork first, as it may be what ends the process."""
        if self.trials.careful:
            before = in_child(lambda _send: bool(work() or True), seconds)
            if before.value is not True:
                return Outcome(False, None, before.error or ENDED, before.seconds)
        return attempt(work, seconds)

    @property
    def circuit(self) -> Any:
        """The live object."""
        return self.live.variables.get("circuit")

    def value(self, expression: Json) -> Outcome:
        """Evaluate an expression that does not touch the circuit, remembered."""
        key = repr(expression)
        if key not in self.values:
            self.trials.evaluations += 1
            limit = self.trials.trial_seconds
            if self.trials.careful and not survives(lambda: self._evaluated(expression), limit):
                self.values[key] = Outcome(False, None, "it raised, or ended the process")
            else:
                self.values[key] = attempt(lambda: evaluate(expression, self.live), limit)
        return self.values[key]

    def _evaluated(self, expression: Json) -> bool:
        evaluate(expression, self.live)
        return True

    def driver(self, gates: Json, reading: Json | None = None, **extra: Any) -> Json:
        """A driver from this setup, the given gates and perhaps a reading."""
        request = self.catalog.request
        made: Json = {
            "schema": 1,
            "distribution": request["distribution"],
            "version": request["version"],
            "imports": list(self.imports),
            "setup": self.setup,
            "gates": gates,
        }
        if self.text:
            made["text"] = self.text
        if self.context:
            made["context"] = self.context
        if reading:
            which = "counts" if reading["kind"] in ("counts", "samples") else "state"
            made[which] = reading
        made.update(extra)
        return made

    def effect_of(self, expression: Json) -> str | None:
        """What an expression does to a fresh circuit: `inplace`, `rebind` (it gives the new one), None: it raises."""
        if self.trials.careful and not survives(
            lambda: self._apply(expression), self.trials.trial_seconds
        ):
            return None
        limit = self.trials.trial_seconds
        outcome = attempt(lambda: self._apply(expression), limit)
        if not outcome.ok and outcome.seconds > 0.9 * limit and not self._compiled:
            # A first call may compile.
            self._compiled = True
            outcome = attempt(lambda: self._apply(expression), FIRST_CALL_SECONDS)
        if not outcome.ok:
            return None
        value, circuit = outcome.value
        if value is None or value is circuit or isinstance(value, (bool, int, float, str)):
            return "inplace"
        new = expression.get("op") in _GIVE_NEW or isinstance(value, type(circuit))
        return "rebind" if new else "inplace"

    def augments(self, expression: Json) -> bool:
        """Whether `circuit += expression` is possible."""
        entry = {"apply": expression, "effect": "augment"}
        driver = self.driver({"x": entry})
        return attempt(
            lambda: apply_gate(driver, Operation("x", (0,)), self.fresh()),
            self.trials.trial_seconds,
        ).ok

    def _apply(self, expression: Json) -> tuple[Any, Any]:
        scope = self.fresh()
        circuit = scope.variables.get("circuit")
        return evaluate(expression, scope), circuit

    def run(self, driver: Json, circuit: list[Operation], reading: Json) -> Outcome:
        """Run a circuit on a driver and give the raw value."""
        self.trials.runs += 1
        self.leave()
        shots = SHOTS
        return attempt(
            lambda: execute(driver, circuit, self.n, shots, SEED, reading),
            self.trials.trial_seconds,
        )

    def signature(self, owner: Any, name: str) -> list[Parameter] | None:
        """Parameters of a method of a live object."""
        return self.catalog.method_signature(owner, name)


def with_handle(expression: Any, handle: Json | None) -> Any:
    """Replace qubit numbers by qubit objects: ``handle`` is an expression with the role q0."""
    if handle is None:
        return expression
    replacements = {f"q{i}": substitute(handle, {"q0": {"role": f"q{i}"}}) for i in range(3)}
    return substitute(expression, replacements)


def member(value: Any, name: str) -> Any:
    """An attribute of a live object, or None where there is none or asking for it raises anything."""
    return attempt(lambda: getattr(value, name, None), 2).value


def public_names(value: Any) -> list[str]:
    """Public attribute names of a live object, also where `dir` raises."""
    outcome = attempt(lambda: dir(value), 2)
    if not outcome.ok:
        return []
    return [name for name in outcome.value if isinstance(name, str) and not name.startswith("_")]
