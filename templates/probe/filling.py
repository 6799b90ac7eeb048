"""Arguments of a call by what its parameters are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts import Parameter
from vocabulary import RUN_FIRST, SAMPLING

Json = dict[str, Any]
CIRCUIT: Json = {"var": "circuit"}
BY_ROLE: dict[str, Json] = {
    "n": {"role": "n"}, "shots": {"role": "shots"}, "bits": {"role": "bits"}, "seed": {"role": "seed"},
    "name": {"lit": "circuit"}, "qubit": {"role": "qubits"}, "circuit": CIRCUIT, "text": {"role": "text"},
    "state": {"var": "state"},
}  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """Arguments by the roles of the parameters, and further keywords (shots, a seed) that may be given, best first."""

    args: list[Json]
    kwargs: dict[str, Json]
    more: list[dict[str, Json]]

    def uses(self, variable: Json) -> bool:
        """Whether a variable is among the required arguments."""
        return variable in self.args or variable in self.kwargs.values()

    def calls(self, function: Json) -> list[tuple[Json, str]]:
        """The call as it is required, and with further keywords; each with a note for people."""
        found: list[tuple[Json, str]] = []
        for extra in ({}, *self.more):
            call: Json = {"call": function, "args": self.args}
            if self.kwargs or extra:
                call["kwargs"] = {**self.kwargs, **extra}
            found.append((call, f"({', '.join(extra)})" if extra else ""))
        return found


def _is_many(default: Any) -> bool:
    """Whether a default is how often something is done, whatever its parameter is called: 1000, 1024, 8192."""
    return type(default) is int and 100 <= default <= 1_000_000


def fill(
    signature: Sequence[Parameter] | None, circuit: Json = CIRCUIT, name: str = ""
) -> Filled | None:
    """Fill the required parameters by their roles; None where one is unknown.

    A method ``name``d after sampling whose one required parameter says nothing takes the number of shots.
    """
    if signature is None:
        return None
    args: list[Json] = []
    kwargs: dict[str, Json] = {}
    optional: dict[str, Json] = {}
    required = [p for p in signature if not p.optional and not p.star]
    for parameter in signature:
        if parameter.star:
            continue
        role = parameter.role
        unsaid = role in (None, "control") and required == [parameter]
        if unsaid and SAMPLING.search(name):
            role = "shots"
        value = circuit if role == "circuit" else BY_ROLE.get(role or "")
        if role is None and parameter.optional and _is_many(parameter.default):
            role = "shots"
        if parameter.optional:
            if role in ("shots", "seed"):
                optional.setdefault(parameter.name, {"role": role})
        elif value is None:
            return None
        elif parameter.keyword_only:
            kwargs[parameter.name] = value
        else:
            args.append(value)
    shots = {k: v for k, v in optional.items() if v == {"role": "shots"}}
    shots = dict(list(shots.items())[:1])
    seeds = dict([(k, v) for k, v in optional.items() if v == {"role": "seed"}][:1])
    asked = bool(shots) or {"role": "shots"} in args
    more = [{**shots, **seeds}] if asked and seeds else []
    more += [shots] if shots else []
    if not shots and RUN_FIRST.match(name) and any(p.star for p in signature):
        more.append({"shots": {"role": "shots"}})
    return Filled(args, kwargs, more)
