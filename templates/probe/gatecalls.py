"""Forms × names × layouts → recipes: every way that this probe knows to apply a gate to an object.

Forms are methods, subscripted attributes, calls with the gate's name as text, calls with a gate value, operators,
functions, tuples or dictionaries in a list, matrices, and lines of program text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import calls_by_name
import calls_in_chains
import calls_in_lists
import calls_of_functions
import calls_with_values
import matrix_parts
import shown
from bench import Bench, public_names
from recipes import Form, Recipe, excludes
from vocabulary import AVOID, EXTEND, EXTEND_FIRST, GATE_ARGUMENT, hypothesis

Json = dict[str, Any]


def forms(bench: Bench) -> list[Form]:
    """Forms that this object may take, the likeliest first."""
    circuit = bench.circuit
    if bench.text:
        return [Form("text")]
    found = [Form("shown")] if bench.shown else []
    if type(circuit) is list:
        found += [Form("value", "append"), Form("part", "append"), Form("tuple"), Form("dict")]
        return found
    found += [Form("method"), Form("item"), Form("key")]
    extenders = [n for n in public_names(circuit) if _extends(bench, n)]
    extenders.sort(key=lambda n: (not EXTEND_FIRST.match(n), len(n)))
    for name in extenders[:8]:
        found += [Form("string", name), Form("value", name), Form("part", name)]
    found += [Form(kind) for kind in ("augment", "function", "shift", "shift tuple", "value call")]
    found += [Form(kind) for kind in ("value method", "times", "or", "plus", "at", "function last")]
    found += [Form(kind) for kind in ("applier", "part applier", "pipe", "bare", "qubit method")]
    found += [Form("part method")]
    found += [Form(kind) for kind in calls_with_values.SYMBOLS if Form(kind) not in found]
    found += [Form("chain"), *(Form("listed value", name) for name in extenders[:3])]
    found += [Form("string last", name) for name in extenders[:3]]
    found += [Form("matrix", name) for name in extenders[:6]]
    found += [Form("matrix applier")]
    if bench.catalog.matrix_gates:
        found += [*(Form("matrix part", name) for name in extenders[:4]), Form("matrix part")]
    return found


def _extends(bench: Bench, name: str) -> bool:
    if AVOID.search(name) or hypothesis(name):
        return False
    if EXTEND.match(name):
        return True
    signature = bench.signature(bench.circuit, name)
    if signature and len(signature) == 1 and GATE_ARGUMENT.match(signature[0].name):
        return True
    if not signature or len(signature) < 2:
        return False
    first, second = signature[0], signature[1]
    takes_qubits = ("qubit", "control")
    return bool(
        (GATE_ARGUMENT.match(first.name) and second.role in takes_qubits)
        or (GATE_ARGUMENT.match(second.name) and first.role in takes_qubits)
    )


def recipes(bench: Bench, gate: str, form: Form, handle: Json | None = None) -> Iterator[Recipe]:
    """Recipes of one form for one gate, the likeliest first; without the layouts that the request excludes."""
    excluded = bench.catalog.request.get("exclude_layouts", ())
    for recipe in _FORMS[form.kind](bench, gate, form, handle):
        if not excludes(excluded, recipe.layout):
            yield recipe


_FORMS: dict[str, Callable[..., Iterator[Recipe]]] = {
    "shown": shown.shown,
    "method": calls_by_name.methods,
    "item": calls_by_name.items,
    "key": calls_by_name.keys,
    "string": calls_by_name.strings,
    "string last": calls_by_name.strings_last,
    "value": calls_with_values.values,
    "part": calls_with_values.parts,
    "augment": calls_with_values.combined(lambda value: [(value, "augment")]),
    "value call": calls_with_values.value_calls,
    "value method": calls_with_values.value_methods,
    "listed value": calls_with_values.listed_values,
    "part method": calls_with_values.part_methods,
    "applier": calls_of_functions.appliers,
    "part applier": calls_of_functions.part_appliers,
    "matrix applier": calls_of_functions.matrix_appliers,
    "matrix part": matrix_parts.gate_parts,
    "qubit method": calls_by_name.qubit_methods,
    "shift tuple": calls_with_values.shift_tuple,
    "pipe": calls_with_values.pipe,
    "function": calls_of_functions.functions,
    "function last": calls_of_functions.functions,
    "bare": calls_of_functions.functions,
    "tuple": calls_in_lists.tuples,
    "dict": calls_in_lists.dictionaries,
    "chain": calls_in_chains.chains,
    "matrix": calls_in_lists.matrices,
    "text": calls_in_lists.text,
    **{
        kind: calls_with_values.operator(symbol, first)
        for kind, (symbol, first) in calls_with_values.SYMBOLS.items()
    },
}
