"""Where no name helps: every method, callable and quoted word of the package may be X, and its effect decides.

The names go through the same forms and layouts as known ones (``Bench.unnamed``). They are tried last, and only on
objects for which nothing could be read by any name.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from bench import Bench, public_names
from catalog import shortest_reference
from gatecalls import forms, recipes
from guard import attempt, clock
from readings import Hit
from recipes import Form, Recipe
from sources import homeless
from vocabulary import AVOID, EXTEND, READ_FIRST

Json = dict[str, Any]
_MAX_METHODS, _MAX_REFERENCES, _MAX_WORDS = 80, 80, 60
_MAX_RECIPES = 600
#: Where arrays and lists come from.
_LIBRARIES = frozenset(("numpy", "scipy", "torch", "jax", "jaxlib", "collections", "sympy"))
#: Ways of writing one name that are kept; the others of its form say the same.
_PER_NAME = 2
_MAX_HITS = 90
#: Calls of one object that are tried: a cap in trials gives the same on every machine.
_MAX_TRIALS = 4000
#: Forms in which the gate's own name or text stands; the others combine values of which these know all.
_KINDS = frozenset(
    (
        "method",
        "item",
        "key",
        "string",
        "value",
        "part",
        "function",
        "function last",
        "bare",
        "on qubit",
        "tuple",
        "dict",
    )
)


def names(bench: Bench) -> list[str]:
    """What may be a gate though nothing says so: methods, then references, then words in quotes.

    A list that is sorted, or an array that is partitioned, may look as if a qubit had been flipped: what an object of
    another library can do is no gate of the package.
    """
    own = [] if _foreign(bench) else public_names(bench.circuit)
    methods = [n for n in own if not AVOID.search(n) and not READ_FIRST.search(n)]
    methods = [n for n in methods if not EXTEND.match(n)][:_MAX_METHODS]
    return [
        *methods,
        *_callables(bench)[:_MAX_REFERENCES],
        *bench.catalog.wording.unexplained()[:_MAX_WORDS],
    ]


def _foreign(bench: Bench) -> bool:
    """Whether the object is of another library, and not of the package's own."""
    kind = type(bench.circuit)
    root = kind.__module__.split(".")[0]
    if root == "builtins":
        return not homeless(kind)
    return root in _LIBRARIES and root not in bench.catalog.roots


def _callables(bench: Bench) -> list[str]:
    """Public functions and classes of the package, the ones that its top module exports first."""
    found: dict[str, int] = {}
    for module in bench.catalog.modules():
        for name, value in list(vars(module).items()):
            if name.startswith("_") or isinstance(value, ModuleType) or not callable(value):
                continue
            home = module.__name__ if homeless(value) else getattr(value, "__module__", None)
            if (
                not isinstance(home, str)
                or home.split(".")[0] not in bench.catalog.roots
                or AVOID.search(name)
            ):
                continue
            reference = shortest_reference(module.__name__, name, value)
            found.setdefault(reference, reference.count("."))
    return sorted(found, key=lambda reference: found[reference])


def hits(
    bench: Bench,
    handles: list[Json | None],
    deadline: float,
    effect_of: Callable[[Bench, Recipe], str | None],
) -> list[Hit]:
    """Calls with one qubit that do not raise, of every name in turn. Leaves the names in ``bench.unnamed``."""
    listed = names(bench)
    bench.unnamed = {"x": listed, "h": listed}
    last = bench.trials.runs + _MAX_TRIALS
    rows: list[list[Hit]] = []
    for form in [form for form in forms(bench) if form.kind in _KINDS]:
        row: list[Hit] = []
        for handle in handles:
            if clock() > deadline or bench.trials.runs > last:
                break
            bench.values.pop(("values", "x", repr(handle)), None)
            row += _of_form(bench, form, handle, deadline, effect_of)
            bench.values.pop(("values", "x", repr(handle)), None)
        if row:
            rows.append(row)
    mixed = [hit for row in itertools.zip_longest(*rows) for hit in row if hit]
    return mixed[:_MAX_HITS]


def _of_form(
    bench: Bench,
    form: Form,
    handle: Json | None,
    deadline: float,
    effect_of: Callable[[Bench, Recipe], str | None],
) -> list[Hit]:
    made = attempt(
        lambda: list(itertools.islice(recipes(bench, "x", form, handle), _MAX_RECIPES)), 10
    )
    found: list[Hit] = []
    times: dict[str, int] = {}
    for recipe in made.value or []:
        if clock() > deadline or len(found) >= _MAX_HITS:
            break
        if times.get(recipe.name, 0) >= _PER_NAME:
            continue
        effect = effect_of(bench, recipe)
        if effect:
            times[recipe.name] = times.get(recipe.name, 0) + 1
            found.append(Hit(recipe, effect, handle))
    return found
