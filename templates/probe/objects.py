"""Objects: ways to make a circuit (or a program text) of n qubits, ranked; the request's candidates come first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import dialects
import line_languages
from catalog import Catalog
from filling import BY_ROLE, CIRCUIT, fill
from language import DriverError, resolve
from layouts import Parameter
from pragmas import result_lines
from vocabulary import (
    REGISTER,
    START_STATE,
    VECTOR_ARGUMENT,
    hypothesis,
)

Json = dict[str, Any]
_READS_TEXT = re.compile(r"qasm|quil|qcis|compile|parse|load|loads|run|exec|from", re.I)
_FILES = re.compile(r"file|path|save|write|dump|export|draw|to_", re.I)
_WRITES = re.compile(r"save|write|dump|export|draw|plot|to_", re.I)
_FILE_ARGUMENT = re.compile(r"^(\w+_)?(file_?(name|path)?|path|fname|filename)$", re.I)
#: Languages that are tried where the package shows no program and names no language.
_LINE_DIALECTS = ("lines", "lines_angle_first", "lines_called", "lines_sized")
#: What is named so holds no qubits.
_CLASSICAL = re.compile(r"classical|cbit|clbit|creg", re.I)
_KET = re.compile(r"^(qu?bits?|q?kets?|(basis|zero)_?(state|ket))$", re.I)
_GPU = re.compile(r"gpu|cuda|opencl", re.I)
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
    #: `with value as circuit:` around the gates, where the object is a context that collects them.
    context: Json | None = None
    #: A few candidates with the same key are enough: the same class, made in other ways.
    key: str = ""


def constructions(catalog: Catalog, reference: str) -> list[Json]:
    """Calls that may construct something of n qubits: by the signature's names, then what is common."""
    signature = catalog.reference_signature(reference)
    made: list[tuple[list[Json], dict[str, Json]]] = []
    if signature is not None:
        plain = [p for p in signature if not p.star]
        required = [p for p in plain if not p.optional]
        values = [BY_ROLE.get(p.role or ("n" if len(required) == 1 else "")) for p in required]
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
        vectors = [p for p in required or plain[:1] if p.role in (None, "state", "text")]
        if len(required) <= 1 and vectors and VECTOR_ARGUMENT.match(vectors[0].name):
            ket: Json = {"role": "ket0"}
            listed = {"call": {"attr": [ket, "tolist"]}, "args": []}
            made = [([ket], {}), ([listed], {}), *made]
        # What a machine without a graphics processor does not have is not asked for where it can be left.
        off = {p.name: {"lit": False} for p in plain if p.default is True and _GPU.search(p.name)}
        made = [*((args, {**kwargs, **off}) for args, kwargs in made[:2] if off), *made]
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
    native = [c for c in asked if not c.text]
    sized = sorted(
        native,
        key=lambda c: (
            bool(_CLASSICAL.search(c.key)),
            bool(catalog.near) and f"'{catalog.near}" not in repr(c.setup),
            not (_sized(c.setup) or c.origin.startswith("host ")),
        ),
    )
    first, rest = sized[:_FIRST], [c for c in asked if not c.text and c not in sized[:_FIRST]]
    # A package that is a host of circuits itself is driven as one before anything else in it is tried.
    host = [c for c in asked[:1] if c.origin.startswith("host ")]
    native = [
        *host,
        *_kets(catalog),
        *first,
        *_classes(catalog),
        *_contexts(catalog),
        *rest,
        *_starts(catalog),
        *_modules(catalog),
    ]
    native += _vectors(catalog)
    texts = [*(c for c in asked if c.text), *_texts(catalog)]
    # Where what the analysis thinks likeliest is program text, that is not made to wait for weaker guesses.
    head = texts[: _FIRST // 2] if asked and asked[0].text else []
    found = [*head, *_interleaved(native, texts[len(head) :])]
    found.append(Candidate("list", [{"var": "circuit", "value": {"list": []}}], key="list"))
    unique: dict[str, Candidate] = {}
    for one in found:
        unique.setdefault(repr((one.setup, one.text, one.run, one.context)), one)
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
        if one.get("program"):
            shown = line_languages.infer(one["program"], catalog.wording.glosses)
            dialect = dialects.register("own", shown) if shown else dialect
        if dialect is not None and dialect not in dialects.names():
            continue
        common = {"origin": f"{one['proposer']} {one['origin']}", "setup": one["setup"]}
        if dialect is None:
            yield Candidate(**common, run=one["run"], gates=one["gates"], key=_key(one["setup"]))
            continue
        both = (False, True) if one.get("program") else (bool(one.get("measured")),)
        for text in [t for measured in both for t in _programs(catalog, dialect, measured)]:
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


def _kets(catalog: Catalog) -> Iterator[Candidate]:
    """A state that is written down: `Qubit("000")`, where gates live in a part of a large package."""
    named = [r for _, r in catalog.classes if catalog.near and catalog.near in r]
    named = [r for r in named if _KET.match(r.split(":")[1])]
    for reference in sorted(named, key=lambda r: "bit" not in r.lower()):
        for role in ("zeros", "zero_list", "ket0"):
            setup = [
                {"var": "circuit", "value": {"call": {"ref": reference}, "args": [{"role": role}]}}
            ]
            yield Candidate(f"class {reference}", setup, key=reference)


def _contexts(catalog: Catalog) -> Iterator[Candidate]:
    """Classes whose objects are entered: `with Program(3) as circuit:`, and gates are functions that find it there."""
    for score, reference in catalog.classes[:_MAX_CLASSES]:
        try:
            kind = resolve(reference)
        except DriverError:
            continue
        if score < _LEAST_SCORE or not (hasattr(kind, "__enter__") and hasattr(kind, "__exit__")):
            continue
        for value in constructions(catalog, reference)[:3]:
            context = {"var": "circuit", "value": value, "over": "gates"}
            yield Candidate(f"context {reference}", [], context=context)


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


def _vectors(catalog: Catalog) -> Iterator[Candidate]:
    """A plain start vector, as numpy styles want it: flat, one axis for each qubit, a column, a row."""
    functions = [r for refs in catalog.gates.values() for r in refs]
    if not (catalog.appliers or functions or catalog.keyed):
        return
    ket: Json = {"role": "ket0"}
    reshaped = {"attr": [ket, "reshape"]}
    shapes = ([{"role": "dims"}], [{"lit": -1}, {"lit": 1}], [{"lit": 1}, {"lit": -1}])
    for value in (ket, *({"call": reshaped, "args": shape} for shape in shapes)):
        yield Candidate("start vector", [{"var": "circuit", "value": value}])


def _modules(catalog: Catalog) -> Iterator[Candidate]:
    """A module that is the simulator: functions named like gates act on a state of its own, which another one makes."""
    for module in catalog.modules():
        functions = [
            name
            for name, value in list(vars(module).items())
            if callable(value) and not isinstance(value, type) and not name.startswith("_")
        ]
        gates = {gate for name in functions if (gate := hypothesis(name))}
        makers = [name for name in functions if REGISTER.match(name) or START_STATE.match(name)]
        if len(gates) < 3:
            continue
        for maker in makers[:3]:
            reference = f"{module.__name__}:{maker}"
            filled = fill(catalog.reference_signature(reference))
            args = filled.args if filled and filled.args else [{"role": "n"}]
            yield Candidate(
                f"module {module.__name__}",
                [
                    {"value": {"call": {"ref": reference}, "args": args}},
                    {"var": "circuit", "value": {"ref": module.__name__}},
                ],
                key=f"module {reference}",
            )


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
    shown = line_languages.programs(catalog.text, catalog.wording.glosses)
    own = [dialects.register("own", one) for one in shown]
    known = re.search(r"OPENQASM|qasm|quil", catalog.text, re.I)
    fallback = [] if known or own else list(_LINE_DIALECTS)
    for dialect in [*own, *fallback]:
        for text in (dialects.text_dialect(dialect, measured) for measured in (False, True)):
            setup = [{"var": "circuit", "value": {"role": "text"}}]
            yield Candidate(f"text {dialect}", setup, text=text)
    for reference, call in _text_readers(catalog):
        for dialect in [*own, *fallback, *_likely_dialects(reference)]:
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
        if texts and not _FILES.search(reference.split(":")[1]):
            given = {p.name: BY_ROLE.get(p.role or "") for p in [*required, texts[0]]}
            if None not in given.values() and CIRCUIT not in given.values():
                yield reference, {"call": {"ref": reference}, "args": [], "kwargs": given}
        if len(required) == 1 and _takes_file(reference, required[0]):
            yield reference, {"call": {"ref": reference}, "args": [{"role": "file"}]}
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
        function = getattr(owner, name, None)
        signature = [p for p in catalog.signature(function) or [] if p.name not in ("self", "cls")]
        required = [p for p in signature if not p.optional and not p.star]
        file = len(required) == 1 and _takes_file(name, required[0])
        if not file and (_FILES.search(name) or len(required) != 1 or required[0].role != "text"):
            continue
        given: Json = {"role": "file" if file else "text"}
        static = not callable(function) or "self" not in _first_name(catalog, function)
        if static:
            yield (
                f"{reference}.{name}",
                {"call": {"ref": f"{reference}.{name}"}, "args": [given]},
            )
        for made in constructions(catalog, reference)[:2]:
            yield (
                f"{reference}.{name}",
                {"call": {"attr": [made, name]}, "args": [given]},
            )


def _takes_file(name: str, parameter: Parameter) -> bool:
    """Whether a callable reads a program from the file that its parameter names."""
    reads = _READS_TEXT.search(name) or _READS_TEXT.search(parameter.name)
    return bool(_FILE_ARGUMENT.match(parameter.name) and reads and not _WRITES.search(name))


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
