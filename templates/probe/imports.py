"""Importing the package: each module with a time limit, what is missing noted, exits and spins contained."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import sys
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from guard import Outcome, attempt, clock

Json = dict[str, Any]
#: Processor seconds of one module, and of all together. The heaviest packages that are known take 15.
_SECONDS = 30.0
_ALL_SECONDS = 45.0
_MAX_MODULES = 40
_SUBMODULE_SECONDS = 15.0
_SUBMODULES_SECONDS = 60.0
_SKIPPED = re.compile(
    r"\._|\b(tests?|conftest|setup|examples?|benchmarks?|cli|gui|plot\w*|draw\w*|cuda|gpu|mpi\w*)\b"
)


@dataclass
class Imported:
    """What came of the imports. ``order``: modules in the order in which they were imported."""

    usable: bool = True
    order: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    #: What the analysis found of gates and circuits stands in modules that cannot be imported.
    blocked: bool = False


def import_seconds(request: Json) -> float:
    """Processor seconds that all imports may take together: no longer than the search."""
    return max(5.0, min(_ALL_SECONDS, request["budget"]["search_seconds"]))


def import_package(request: Json) -> Imported:
    """Import the request's modules, each with a limit of its own; usable where at least one of them came in."""
    seconds = min(_SECONDS, 0.7 * import_seconds(request))
    found = Imported()
    roots = {module.split(".")[0] for module in request["modules"]}
    for module in request["modules"][:_MAX_MODULES]:
        if module in sys.modules:
            continue
        outcome, names = _import(module, seconds)
        if outcome.ok:
            found.order.append(module)
            continue
        why = outcome.error
        if why.startswith("OutOfTime:"):
            why = f"it was still busy after {seconds:.0f} s of processor time, or five times as long without any"
        found.errors.append(f"import {module}: {why}")
        found.missing += [n for n in names if n and n not in roots and n not in found.missing]
    loaded = [m for m in sys.modules if m.split(".")[0] in roots]
    found.usable = bool(found.order) or (bool(loaded) and not found.errors)
    if not found.usable:
        found.missing += _not_installed(request, roots, found.missing)
    return found


def _import(module: str, seconds: float) -> tuple[Outcome, list[str]]:
    """What came of importing a module, and the top-level name of the one whose absence kept it out, if that did."""
    missing: list[str] = []

    def work() -> None:
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            missing.append((error.name or "").split(".")[0])
            raise

    return attempt(work, seconds), missing


def look_behind(request: Json, imported: Imported) -> None:
    """After a search that found nothing: the modules that the request's references stand in, with what keeps them out.

    A package whose own ``__init__`` imports nothing is "importable" though none of its modules is.
    """
    roots = {module.split(".")[0] for module in request["modules"]}
    came, failed = 0, 0
    for module in _named_modules(request, roots)[:_MAX_MODULES]:
        if module in sys.modules:
            came += 1
            continue
        outcome, missing = _import(module, _SUBMODULE_SECONDS)
        came += outcome.ok
        failed += not outcome.ok
        if not outcome.ok and len(imported.errors) < _MAX_MODULES:
            imported.errors.append(f"import {module}: {outcome.error}")
        known = (*roots, *imported.missing)
        imported.missing += [n for n in missing if n and n not in known]
    if imported.missing:
        # The first that is missing hides the others.
        imported.missing += _not_installed(request, roots, imported.missing)
    imported.blocked = failed > 0 and (came == 0 or bool(imported.missing))


def _named_modules(request: Json, roots: set[str]) -> list[str]:
    """The package's own modules that references of the request begin with, those of gates first."""
    gates = [reference for found in request["gates"].values() for reference in found]
    named = [*gates, *request["classes"], *request["functions"]]
    modules = dict.fromkeys(reference.split(":")[0] for reference in named)
    return [m for m in modules if m.split(".")[0] in roots and not _SKIPPED.search(m)]


def import_submodules(request: Json, order: list[str]) -> list[str]:
    """Import public submodules that nothing has imported yet; return the names of those that came in."""
    added: list[str] = []
    start = clock()
    packages = [top for top in order[:3] if top in sys.modules]
    while packages:
        package = packages.pop(0)
        paths = list(getattr(sys.modules[package], "__path__", None) or [])
        for info in pkgutil.iter_modules(paths, f"{package}."):
            if len(added) >= _MAX_MODULES or clock() - start > _SUBMODULES_SECONDS:
                return added
            name = info.name
            if _SKIPPED.search(name):
                continue
            if name not in sys.modules:
                # One that fails, or ends the process, takes only what is below it along.
                outcome = attempt(partial(importlib.import_module, name), _SUBMODULE_SECONDS)
                added += [name] if outcome.ok else []
            if info.ispkg and name in sys.modules:
                packages.append(name)
    return added


def _not_installed(request: Json, roots: set[str], known: list[str]) -> list[str]:
    """Modules that the package imports without declaring them and that are not here."""
    found: list[str] = []
    for name in request["undeclared"]:
        root = re.split(r"[.:]", name)[0]
        if root in roots or root in known or root in found or not root.isidentifier():
            continue
        spec = attempt(lambda: importlib.util.find_spec(root), 10)  # noqa: B023
        if spec.ok and spec.value is None:
            found.append(root)
    return found
