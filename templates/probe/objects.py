"""Objects: ways to make a circuit (or a program text) of n qubits, ranked; the request's candidates come first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import dialects
from catalog import Catalog
from language import DriverError, resolve
from layouts import Parameter
from pragmas import result_lines
from vocabulary import RUN_FIRST, SAMPLING, START_STATE

Json = dict[str, Any]
CIRCUIT: Json = {"var": "circuit"}
_BY_ROLE: dict[str, Json] = {
    "n": {"role": "n"}, "shots": {"role": "shots"}, "bits": {"role": "bits"}, "seed": {"role": "seed"},
    "name": {"lit": "circuit"}, "qubit": {"role": "qubits"}, "circuit": CIRCUIT, "text": {"role": "text"},
    "state": {"var": "state"},
}  # fmt: skip
_READS_TEXT = re.compile(r"qasm|quil|qcis|compile|parse|load|loads|run|exec|from", re.I)
_FILES = re.compile(r"file|path|save|write|dump|export|draw|to_", re.I)
_MAX_CLASSES = 24
#: Below this a class is named after noise, drawing or tests and has nothing of a circuit.
_LEAST_SCORE = -3
_FIRST = 16


@dataclass(frozen=True)
class Candidate:
    """One way to make an object, with who proposed it. ``run`` and ``gates`` come from an example."""

    origin: str
    setup: list[Json]
    run: list[Json] = field(default_factory=list)
    gates: list[Json] = field(default_factory=list)
    text: Json | None = None
    careful: bool = False
    #: A few candidates with the same key are enough: the same class, made in other ways.
    key: str = ""


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
        value = circuit if role == "circuit" else _BY_ROLE.get(role or "")
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


def constructions(catalog: Catalog, reference: str) -> list[Json]:
    """Calls that may construct something of n qubits: by the signature's names, then what is common."""
    signature = catalog.reference_signature(reference)
    made: list[tuple[list[Json], dict[str, Json]]] = []
    if signature is not None:
        plain = [p for p in signature if not p.star]
        required = [p for p in plain if not p.optional]
        values = [_BY_ROLE.get(p.role or ("n" if len(required) == 1 else "")) for p in required]
        if all(v is not None for v in values) and CIRCUIT not in values:
            args = [v for v, p in zip(values, required, strict=True) if v and not p.keyword_only]
            kwargs = {
                p.name: v for v, p in zip(values, required, strict=True) if v and p.keyword_only
            }
            made.append((args, kwargs))
        sizes = [p.name for p in plain if p.role in ("n", "bits")]
        wires = [p.name for p in plain if p.role == "qubit"]
        if not required and sizes:
            first = {sizes[0]: {"role": "n"}}
            made.insert(0, ([{"role": "n"}], {}) if plain[0].name == sizes[0] else ([], first))
            made.append(([], {name: {"role": "n"} for name in sizes[:2]}))
        if wires and len(required) <= 1:
            made += [([], {wires[0]: {"role": name}}) for name in ("qubits", "n")]
    made += [([{"role": "n"}], {}), ([], {}), ([{"role": "qubits"}], {}), ([{"role": "zeros"}], {})]
    made += [([{"role": "zero_list"}], {}), ([{"role": "n"}, {"role": "n"}], {})]
    calls: list[Json] = []
    for args, kwargs in made:
        call: Json = {"call": {"ref": reference}, "args": args}
        if kwargs:
            call["kwargs"] = kwargs
        if call not in calls:
            calls.append(call)
    return calls[:6]


def candidates(catalog: Catalog) -> list[Candidate]:
    """All candidates, best first, each setup once."""
    asked = list(_requested(catalog))
    # An object that is told how many qubits there are needs no tricks for idle ones.
    sized = sorted((c for c in asked if not c.text), key=lambda c: not _sized(c.setup))
    first, rest = sized[:_FIRST], [c for c in asked if not c.text and c not in sized[:_FIRST]]
    native = [*first, *_classes(catalog), *rest, *_starts(catalog)]
    texts = [*(c for c in asked if c.text), *_texts(catalog)]
    found = list(_interleaved(native, texts))
    found.append(Candidate("list", [{"var": "circuit", "value": {"list": []}}], key="list"))
    unique: dict[str, Candidate] = {}
    for one in found:
        unique.setdefault(repr((one.setup, one.text, one.run)), one)
    return list(unique.values())


def _sized(setup: Sequence[Json]) -> bool:
    return any(f"'role': '{name}'" in repr(setup) for name in ("n", "qubits", "zeros", "zero_list"))


def _interleaved(native: list[Candidate], texts: list[Candidate]) -> Iterator[Candidate]:
    """Mostly native objects, and some program text early: a package that only reads text is soon found."""
    while native or texts:
        yield from native[:_FIRST]
        yield from texts[: _FIRST // 2]
        native, texts = native[_FIRST:], texts[_FIRST // 2 :]


def _requested(catalog: Catalog) -> Iterator[Candidate]:
    for one in sorted(catalog.request["candidates"], key=lambda c: -c["score"]):
        dialect = one.get("dialect")
        if dialect is not None and dialect not in dialects.names():
            continue
        common = {"origin": f"{one['proposer']} {one['origin']}", "setup": one["setup"]}
        if dialect is None:
            yield Candidate(**common, run=one["run"], gates=one["gates"], key=_key(one["setup"]))
            continue
        for text in _programs(catalog, dialect, bool(one.get("measured"))):
            yield Candidate(**common, run=one["run"], gates=[], text=text)


def _programs(catalog: Catalog, dialect: str, measured: bool) -> Iterator[Json]:
    """The dialect as it is, and with each line at its end that asks for a state, where the package knows such lines."""
    if not measured and dialect.startswith("openqasm"):
        for line in result_lines(catalog):
            yield dialects.text_dialect(dialect, footer=[line])
    yield dialects.text_dialect(dialect, measured)


def _key(setup: Sequence[Json]) -> str:
    references = re.findall(r"'ref': '([\w.:]+)'", repr(setup))
    return " ".join(references) if len(setup) == 1 else ""


def _classes(catalog: Catalog) -> Iterator[Candidate]:
    for score, reference in catalog.classes[:_MAX_CLASSES]:
        if score < _LEAST_SCORE:
            continue
        for call in constructions(catalog, reference):
            yield Candidate(
                f"class {reference}", [{"var": "circuit", "value": call}], key=reference
            )


def _starts(catalog: Catalog) -> Iterator[Candidate]:
    """Start states as the object: static makers of state classes, functions, expressions of the request."""
    for _, reference in catalog.classes[:12]:
        try:
            members = dir(resolve(reference))
        except DriverError:
            continue
        for member in [m for m in members if START_STATE.match(m)]:
            for args in ([{"role": "n"}], [{"role": "zeros"}], []):
                call = {"call": {"ref": f"{reference}.{member}"}, "args": args}
                yield Candidate(
                    f"start {reference}.{member}",
                    [{"var": "circuit", "value": call}],
                    key=reference + member,
                )
    for expression in state_expressions(catalog):
        yield Candidate("start state", [{"var": "circuit", "value": expression}])


def state_expressions(catalog: Catalog) -> list[Json]:
    """Expressions for a start state: from the request, functions named like it, state classes, plain values."""
    found: list[Json] = list(catalog.request["states"])
    found += [{"call": {"ref": r}, "args": [{"role": "n"}]} for r in catalog.state_makers[:4]]
    for _, reference in catalog.classes[:16]:
        if re.search(r"state|vector|register", reference.split(":")[1], re.I):
            found += constructions(catalog, reference)[:2]
    unique = [e for index, e in enumerate(found) if e not in found[:index]]
    return unique[:8]


def _texts(catalog: Catalog) -> Iterator[Candidate]:
    """Programs in text: given to functions, constructors and methods that take text, or to a runner as they are."""
    for reference, call in _text_readers(catalog):
        for dialect in _likely_dialects(reference):
            for measured in (False, True):
                for text in _programs(catalog, dialect, measured):
                    setup = [{"var": "circuit", "value": call}]
                    yield Candidate(
                        f"text {reference}",
                        setup,
                        text=text,
                        key=f"{reference} {dialect} {measured}",
                    )
    present = catalog.text.lower()
    for dialect, word in (
        ("openqasm2", "qasm"),
        ("openqasm3", "qasm 3"),
        ("quil", "quil"),
        ("cqasm3", "cqasm"),
    ):
        if word in present:
            for measured in (False, True):
                text = dialects.text_dialect(dialect, measured)
                yield Candidate(
                    f"text {dialect}", [{"var": "circuit", "value": {"role": "text"}}], text=text
                )


def _text_readers(catalog: Catalog) -> Iterator[tuple[str, Json]]:
    from_request = [r for r in catalog.request["functions"] if _READS_TEXT.search(r.split(":")[1])]
    for reference in [*_annotated(catalog), *from_request, *(r for _, r in catalog.classes[:30])]:
        signature = catalog.reference_signature(reference) or []
        required = [p for p in signature if not p.optional and not p.star]
        texts = [p for p in signature if p.role == "text"]
        if texts and len(required) <= 1 and not _FILES.search(reference.split(":")[1]):
            yield (
                reference,
                {
                    "call": {"ref": reference},
                    "args": [],
                    "kwargs": {texts[0].name: {"role": "text"}},
                },
            )
        yield from _text_methods(catalog, reference)


def _text_methods(catalog: Catalog, reference: str) -> Iterator[tuple[str, Json]]:
    """Methods of a class that take program text, on an object made without much."""
    try:
        owner = resolve(reference)
    except DriverError:
        return
    if not isinstance(owner, type):
        return
    for name in [n for n in dir(owner) if not n.startswith("_") and _READS_TEXT.search(n)]:
        if _FILES.search(name):
            continue
        function = getattr(owner, name, None)
        signature = [p for p in catalog.signature(function) or [] if p.name not in ("self", "cls")]
        required = [p for p in signature if not p.optional and not p.star]
        if not required or len(required) > 1 or required[0].role != "text":
            continue
        static = not callable(function) or "self" not in _first_name(catalog, function)
        if static:
            yield (
                f"{reference}.{name}",
                {"call": {"ref": f"{reference}.{name}"}, "args": [{"role": "text"}]},
            )
        for made in constructions(catalog, reference)[:2]:
            yield (
                f"{reference}.{name}",
                {"call": {"attr": [made, name]}, "args": [{"role": "text"}]},
            )


def _first_name(catalog: Catalog, function: Any) -> str:
    signature = catalog.signature(function)
    return signature[0].name if signature else ""


def _annotated(catalog: Catalog) -> list[str]:
    """Classes that engines name as what they run: program types that live in a dependency."""
    found: list[str] = []
    for engine in catalog.engines[:8]:
        for reference in catalog.annotated_classes(engine):
            if reference not in found:
                found.append(reference)
    return found[:8]


def _likely_dialects(reference: str) -> list[str]:
    word = reference.lower()
    if "quil" in word:
        return ["quil"]
    if "cqasm" in word or "libqasm" in word:
        return ["cqasm3", "cqasm1"]
    if "qcis" in word:
        return ["qcis"]
    if "qasm3" in word:
        return ["openqasm3", "openqasm3_plain"]
    if "qasm2" in word:
        return ["openqasm2"]
    if "qasm" in word:
        return ["openqasm3_plain", "openqasm3", "openqasm2"]
    return ["openqasm2", "openqasm3", "openqasm3_plain", "qcis", "cqasm3", "quil"]
