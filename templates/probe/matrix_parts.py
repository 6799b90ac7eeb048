"""Gates without their qubits that are made from a matrix, and the ways in which such a part meets its qubits.

`circuit.add(Gate("u", matrix), qubits)`, `Operator(matrix)(state, qubits)`, `apply(state, Operator(matrix), qubits)`.
Where a package has few gates of its own, one of these gives all others.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from functools import partial

from bench import Bench, public_names
from calls_common import CIRCUIT, Json, made
from gatevalues import GateValue
from language import DriverError, resolve
from layouts import substitute
from recipes import Form, Recipe
from reference import unitary
from vocabulary import CONTROLLED, MATRIX_ARGUMENT, SHAPES

_MATRIX: Json = {"role": "matrix"}
_QUBITS: Json = {"role": "gate_qubits"}
_LISTED: Json = {"call": {"attr": [_MATRIX, "tolist"]}, "args": []}
_FROM_MATRIX = re.compile(r"^from_(matrix|array|unitary|numpy|ndarray)$")
_PART_METHODS = re.compile(r"^(on|apply\w*|act\w*|operate\w*|evolve|transform)$")
_NAME = re.compile(r"^(name|label|id|title|gate_?name|symbol|text|string)$", re.I)
_MAX_PARTS = 6
_ONE_QUBIT: tuple[Json, ...] = ({"list": [{"role": "q0"}]}, {"role": "q0"})


def matrix_parts(bench: Bench) -> list[GateValue]:
    """Parts made from the gate's matrix that evaluate, the first ways of a few constructors."""
    key = "matrix parts"
    if key not in bench.values:
        found: list[GateValue] = []
        bench.values[key] = found
        for reference in bench.catalog.matrix_gates:
            if len(found) >= _MAX_PARTS:
                break
            for call in _constructions(bench, reference):
                outcome = bench.value(call)
                if outcome.ok and outcome.value is not None:
                    found.append(GateValue(call, "matrix part", reference, outcome.value))
                    break
    return bench.values[key]


def _constructions(bench: Bench, reference: str) -> Iterator[Json]:
    try:
        owner = resolve(reference)
    except DriverError:
        return
    makers = [n for n in dir(owner) if _FROM_MATRIX.match(n)] if isinstance(owner, type) else []
    for maker in makers:
        yield {"call": {"ref": f"{reference}.{maker}"}, "args": [_MATRIX]}
    signature = bench.catalog.reference_signature(reference)
    required = [p for p in signature or [] if not p.optional and not p.star]
    for matrix in (_MATRIX, _LISTED):
        if signature is None:
            yield {"call": {"ref": reference}, "args": [matrix]}
            continue
        args = [
            matrix
            if MATRIX_ARGUMENT.match(p.name) or len(required) == 1
            else {"lit": "matrix"}
            if _NAME.match(p.name)
            else None
            for p in required
        ]
        if matrix in args and None not in args:
            yield {"call": {"ref": reference}, "args": args}


def placed_parts(bench: Bench, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """The parts with their qubits, in one form of the search, for gates of any number of qubits."""
    for part in matrix_parts(bench):
        for where in (_QUBITS, *_ONE_QUBIT):
            for index, call in enumerate(_calls(bench, form, part, where)):
                yield made(form, f"matrix part|{index}", part.name, call, handle)


def gate_parts(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.add(Gate(matrix), [qubit])`: one gate given as its unitary, where the package names none."""
    one = [{"role": "q0"}] if SHAPES[gate][0] == 1 else []
    for kind in ("part",) if form.method else ("value call", "part method", "part applier"):
        for part in matrix_parts(bench):
            for where in (_QUBITS, *one):
                for index, call in enumerate(_calls(bench, Form(kind, form.method), part, where)):
                    code = f"{kind}|{index}|{'q' if where in one else '[q]'}"
                    yield made(form, code, part.name, call, handle)
            if kind == "part":
                of_block = partial(_with_matrix, part.expression)
                for code, call in controlled_calls(bench, gate, form.method, of_block):
                    yield made(form, code, part.name, call, handle)


def controlled_calls(
    bench: Bench, gate: str, method: str, value: Callable[[Json], Json]
) -> Iterator[tuple[str, Json]]:
    """`circuit.apply(matrix, targets, controls)`: the matrix of what is controlled, with the controls apart."""
    signature = bench.signature(bench.circuit, method) or []
    required = [p for p in signature if not p.star and (not p.optional or p.role == "control")]
    if gate not in CONTROLLED or sum(p.role == "control" for p in required) != 1:
        return
    count = CONTROLLED[gate][0]
    qubits = [{"role": f"q{i}"} for i in range(SHAPES[gate][0])]
    base = CONTROLLED[gate][1]
    constant = SHAPES[base][1] == 0
    given = value(_written(base) if constant else _block(count, len(qubits) - count))
    for listed in (True, False):
        which: dict[str, Json] = {
            "control": {"list": qubits[:count]} if listed or count > 1 else qubits[0],
            "qubit": {"list": qubits[count:]} if listed or len(qubits) > count + 1 else qubits[-1],
        }
        if len(required) == 3 and sum(p.role in which for p in required) == 2:
            args = [which.get(p.role or "", given) for p in required]
            yield (
                f"control|{'[q]' if listed else 'q'}",
                {
                    "call": {"attr": [CIRCUIT, method]},
                    "args": args,
                },
            )


def _with_matrix(expression: Json, matrix: Json) -> Json:
    """The expression with another matrix in the place of the gate's."""
    return substitute(expression, {"matrix": matrix})


def _written(gate: str) -> Json:
    """The matrix of X, Z or SWAP, written down: it stays the same whatever it is applied to."""
    entries = unitary(gate).real.astype(int).tolist()
    rows = [{"list": [{"lit": entry} for entry in row]} for row in entries]
    call: Json = {"call": {"ref": "numpy:array"}, "args": [{"list": rows}]}
    return {**call, "kwargs": {"dtype": {"lit": "complex"}}}


def _block(controls: int, targets: int) -> Json:
    """The part of a gate's matrix in which all controls are one."""
    outer, inner = {"lit": 2**controls}, {"lit": 2**targets}
    split = {"call": {"attr": [_MATRIX, "reshape"]}, "args": [outer, inner, outer, inner]}
    blocks = {"call": {"attr": [split, "swapaxes"]}, "args": [{"lit": 1}, {"lit": 2}]}
    last = {"lit": 2**controls - 1}
    block: Json = {"item": [{"item": [blocks, last]}, last]}
    return {"call": {"attr": [block, "copy"]}, "args": []}


def _calls(bench: Bench, form: Form, part: GateValue, where: Json) -> Iterator[Json]:
    value = part.expression
    if form.kind == "part":
        function: Json = {"attr": [CIRCUIT, form.method]}
        signature = bench.signature(bench.circuit, form.method) or []
        named = [p.name for p in signature[1:] if p.role == "qubit"]
        required = [p for p in signature if not p.optional and not p.star]
        # Controls that must be there, and are none.
        rests: list[list[Json]] = [[]]
        if len(required) == 3 and required[2].role == "control":
            rests = [[{"list": []}], [{"lit": None}]]
        for rest in rests:
            yield {"call": function, "args": [value, where, *rest]}
        yield {"call": function, "args": [where, value]}
        for name in named[:1]:
            yield {"call": function, "args": [value], "kwargs": {name: where}}
    elif form.kind == "value call":
        yield {"call": value, "args": [CIRCUIT, where]}
    elif form.kind == "part method":
        for method in [n for n in public_names(part.value) if _PART_METHODS.match(n)][:3]:
            for args in ([CIRCUIT, where], [where, CIRCUIT]):
                yield {"call": {"attr": [value, method]}, "args": args}
    elif form.kind == "part applier":
        for reference in bench.catalog.appliers[:4]:
            for args in itertools.permutations((CIRCUIT, value, where)):
                yield {"call": {"ref": reference}, "args": list(args)}
