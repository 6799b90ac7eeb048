"""What an invented simulator looks like: one value for each axis, drawn from a seed and consistent with each other.

The axes are those of ``docs``: who receives the gate, how it is named, when parameters are given, where qubits stand,
when it acts, what comes back, how it is run, what can be read, the conventions, the names and the evidence.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, fields
from typing import Any

from .physics import GATES

#: Receivers of a gate, with their weights and the ways of naming a gate that go with them.
RECEIVERS: dict[str, tuple[int, tuple[str, ...]]] = {
    "circuit": (34, ("method", "method", "string", "enum", "class", "instance", "function", "key")),
    "state": (14, ("method", "function", "function", "string")),
    "register": (10, ("method", "function", "string")),
    "gate": (10, ("class", "instance", "key", "function")),
    "module": (8, ("function", "string")),
    "context": (5, ("function", "class")),
    "list": (11, ("string", "class", "dict")),
    "text": (8, ("text",)),
}


@dataclass(frozen=True)
class Axes:
    """One value per axis; see ``draw`` for the values."""

    seed: int
    receiver: str
    naming: str
    #: `call`, `constructor` (of a gate value), `whole` (value with qubits and angles), `name` (in the string), `bound` (at run)
    parameters: str
    #: `positional`, `keyword`, `list`, `tuple`, `handle`, `subscript`, `operator`
    qubits: str
    #: `together`, `apart`
    controls: str
    #: `first`, `last`
    angle: str
    #: `scalar`, `listed`
    angles: str
    #: gates whose native arguments are in another order: `usual`, `target first`
    order: str
    #: `at once`, `at run`
    acts: str
    #: `none`, `self`, `new`
    returns: str
    #: `nothing`, `method`, `engine`, `function`
    run: str
    #: what running gives: `result`, `value`, `itself`
    gives: str
    #: `attribute`, `method`, `function`
    reader: str
    #: `state`, `density`, `probabilities`, `counts`
    read: str
    #: `none`, `string dict`, `int dict`, `tuple dict`, `Counter`, `strings`, `ints`, `rows`
    counts: str
    state_order: str
    counts_order: str
    sign: int
    #: `radians`, `degrees`, `half turns`, `turns`
    unit: str
    #: `kept`, `dropped`
    phase: str
    precision: str
    start: str
    #: `argument`, `keyword`, `lazy`
    size: str
    #: `true`, `alias`, `renamed`, `opaque`
    names: str
    #: which evidence the package carries besides its code
    readme: bool
    docstrings: bool
    hints: bool
    gates: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For rows and summaries."""
        return asdict(self)


def axis_names() -> list[str]:
    """Names of the axes over which results are summed up."""
    return [field.name for field in fields(Axes) if field.name not in ("seed", "gates")]


def _weighted(rng: random.Random, choices: dict[Any, int]) -> Any:
    return rng.choices(list(choices), list(choices.values()))[0]


def draw(seed: int) -> Axes:
    """Axes of the simulator number ``seed``."""
    rng = random.Random(seed)
    receiver = _weighted(rng, {name: weight for name, (weight, _) in RECEIVERS.items()})
    naming = rng.choice(RECEIVERS[receiver][1])
    parameters = _parameters(receiver, naming, rng)
    qubits = _qubits(receiver, naming, parameters, rng)
    acts = _acts(receiver, parameters, rng)
    run, gives, reader = _running(receiver, acts, parameters, rng)
    read = _weighted(rng, {"state": 62, "density": 8, "probabilities": 10, "counts": 20})
    counts = _weighted(
        rng,
        {
            "string dict": 8,
            "int dict": 3,
            "tuple dict": 2,
            "Counter": 3,
            "strings": 2,
            "ints": 2,
            "rows": 2,
        },
    )
    if read != "counts" and rng.random() < 0.4:
        counts = "none"
    names = _weighted(rng, {"true": 40, "alias": 32, "renamed": 16, "opaque": 12})
    readme = rng.random() < 0.7
    docstrings = rng.random() < 0.5 or (names == "opaque" and not readme)
    reversed_rotations = rng.random() < 0.25
    return Axes(
        seed=seed,
        receiver=receiver,
        naming=naming,
        parameters=parameters,
        qubits=qubits,
        controls="apart"
        if qubits in ("list", "tuple", "keyword") and rng.random() < 0.4
        else "together",
        angle=rng.choice(("first", "last")),
        angles="listed" if qubits in ("list", "tuple") and rng.random() < 0.3 else "scalar",
        order=_weighted(rng, {"usual": 80, "target first": 20}),
        acts=acts,
        returns=_returns(receiver, naming, acts, rng),
        run=run,
        gives=gives,
        reader=reader,
        read=read,
        counts=counts,
        state_order=rng.choice(("big", "little")),
        counts_order=rng.choice(("big", "little")),
        sign=-1 if reversed_rotations else 1,
        unit=_weighted(rng, {"radians": 70, "degrees": 12, "half turns": 10, "turns": 8}),
        phase=_weighted(rng, {"kept": 90, "dropped": 10}),
        precision=_weighted(rng, {"double": 88, "single": 12}),
        start=_weighted(rng, {"zero": 97, "plus": 3}),
        size=_size(receiver, acts, rng),
        names=names,
        readme=readme,
        docstrings=docstrings,
        hints=rng.random() < 0.5,
        gates=_gates(rng),
    )


def _gates(rng: random.Random) -> tuple[str, ...]:
    """X, H, CX and a way out of the Clifford group; the rest by chance."""
    chosen = {"x", "h", "cx"} | {gate for gate in GATES if rng.random() < 0.5}
    if rng.random() < 0.85:
        chosen |= {"rx", "ry", "rz"}
    if not chosen & {"rx", "ry", "rz", "t", "u3", "p"}:
        chosen.add("t")
    return tuple(gate for gate in GATES if gate in chosen)


def _parameters(receiver: str, naming: str, rng: random.Random) -> str:
    if receiver == "gate":
        return rng.choice(("constructor", "whole"))
    if receiver == "list" and naming == "class":
        return "whole"
    if receiver == "circuit" and naming in ("class", "instance", "function", "key"):
        if naming == "class":
            return rng.choice(("constructor", "whole", "whole", "call"))
        if naming == "key":
            return rng.choice(("constructor", "call"))
        return rng.choice(("constructor", "whole")) if naming == "function" else "constructor"
    if receiver == "circuit" and naming == "string" and rng.random() < 0.2:
        return "name"
    if receiver == "circuit" and naming == "method" and rng.random() < 0.08:
        return "bound"
    return "call"


def _qubits(receiver: str, naming: str, parameters: str, rng: random.Random) -> str:
    if receiver in ("register", "context", "module", "text"):
        return "handle" if receiver == "register" else "positional"
    if parameters == "whole":
        return rng.choice(("positional", "positional", "keyword", "list", "operator"))
    if naming == "dict":
        return "keyword"
    if receiver == "circuit" and naming == "method":
        return rng.choice(
            (
                "positional",
                "positional",
                "positional",
                "keyword",
                "list",
                "tuple",
                "subscript",
                "handle",
            )
        )
    if receiver == "circuit" and naming in ("class", "instance", "function"):
        return rng.choice(("positional", "list", "tuple", "handle", "operator"))
    return rng.choice(("positional", "positional", "keyword", "list", "tuple"))


def _acts(receiver: str, parameters: str, rng: random.Random) -> str:
    if parameters == "bound" or receiver in ("list", "text"):
        return "at run"
    if receiver in ("state", "register", "gate", "module"):
        return "at once"
    return rng.choice(("at once", "at run", "at run"))


def _returns(receiver: str, naming: str, acts: str, rng: random.Random) -> str:
    if receiver == "state" and naming == "function":
        return rng.choice(("new", "new", "none"))
    if receiver == "gate":
        return rng.choice(("new", "none"))
    if receiver in ("circuit", "state"):
        return _weighted(rng, {"none": 4, "self": 4, "new": 2})
    return "none"


def _running(receiver: str, acts: str, parameters: str, rng: random.Random) -> tuple[str, str, str]:
    """How it is run, what that gives, and where the readings are."""
    reader = rng.choice(("attribute", "method", "method", "function"))
    if receiver == "module":
        return "nothing", "itself", "function"
    if receiver in ("list", "text"):
        return rng.choice(("engine", "function")), rng.choice(("result", "value")), reader
    if acts == "at once":
        return "nothing", "itself", reader
    run = rng.choice(("method", "engine", "function")) if parameters != "bound" else "method"
    gives = rng.choice(("result", "value", "itself") if run == "method" else ("result", "value"))
    return run, gives, reader


def _size(receiver: str, acts: str, rng: random.Random) -> str:
    if receiver == "circuit" and acts == "at run":
        return _weighted(rng, {"argument": 60, "keyword": 20, "lazy": 20})
    if receiver == "text":
        return rng.choice(("argument", "lazy"))
    if receiver in ("list", "module", "context"):
        return "argument"
    return _weighted(rng, {"argument": 75, "keyword": 25})
