"""What the package offers, seen from inside: live modules, signatures, gate references, factories, options, words.

Static analysis proposes (the search request); this adds what only a live module shows: compiled modules, names made at
import, classes that live in a dependency. Everything found is a hypothesis that the search tests.
"""

from __future__ import annotations

import enum
import importlib
import importlib.metadata
import importlib.util
import inspect
import re
import sys
import typing
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

from docstrings import documented_signature
from filing import DEMOTED, file_name
from guard import attempt
from language import DriverError, resolve
from layouts import Parameter
from sources import homeless, normal_name, own_modules, read_sources
from vocabulary import (
    APPLY_FIRST,
    RUN_FIRST,
)
from wording import Wording

Json = dict[str, Any]
_MAX_MODULES = 400
_RESOLVE_SECONDS = 30.0
_MAX_REFERENCES = 12
#: Names like gates in so many modules: the package does other things, too, and its gates have a place of their own.
_SCATTERED = 16
_GATE_LIKE = re.compile(r"gate|matrix|unitary|^u\d?$|op(erator|eration)?$", re.I)


@dataclass
class Catalog:
    """References found for each purpose, best first; see `build`."""

    request: Json
    roots: frozenset[str] = frozenset()
    gates: dict[str, list[str]] = field(default_factory=dict)
    #: Callables that only a part of their name or their docstring connects with a gate; they come last.
    guessed: dict[str, list[str]] = field(default_factory=dict)
    classes: list[tuple[float, str]] = field(default_factory=list)
    engines: list[str] = field(default_factory=list)
    runners: list[str] = field(default_factory=list)
    factories: list[str] = field(default_factory=list)
    controllers: list[str] = field(default_factory=list)
    inverters: list[str] = field(default_factory=list)
    appliers: list[str] = field(default_factory=list)
    state_makers: list[str] = field(default_factory=list)
    matrix_gates: list[str] = field(default_factory=list)
    #: Gates that are values of a dictionary in a module: the dictionary and the key, for each gate.
    keyed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    #: Foreign top-level modules whose gates were filed too, see `hosts.adopt`.
    adopted: set[str] = field(default_factory=set)
    #: The part of a large package in which its gates live; empty where they are no small part of it.
    near: str = ""
    _signatures: dict[Any, list[Parameter] | None] = field(default_factory=dict)
    _text: str | None = None
    _words: frozenset[str] | None = None
    _shared: dict[str, frozenset[str] | None] = field(default_factory=dict)

    # ------------------------------------------------------------------ signatures

    def signature(self, function: Any, static: Any = None) -> list[Parameter] | None:
        """Parameters of a callable without ``self``: from the live object, a docstring, static analysis; else None."""
        try:
            return [_parameter(p) for p in inspect.signature(function).parameters.values()]
        except Exception:
            found = documented_signature(function)
        if found is None and static is not None:
            return [
                Parameter(
                    p["name"].lstrip("*"),
                    p["optional"],
                    p["kind"] in ("args", "kwargs"),
                    p["kind"] == "keyword",
                )
                for p in static
                if p["name"] != "self"
            ]
        return found

    def method_signature(self, owner: Any, name: str) -> list[Parameter] | None:
        """Parameters of ``owner.name``, remembered per type."""
        key = (type(owner), name)
        if key not in self._signatures:
            outcome = attempt(lambda: getattr(owner, name), 2)
            self._signatures[key] = self.signature(outcome.value) if outcome.ok else None
        return self._signatures[key]

    def reference_signature(self, reference: str) -> list[Parameter] | None:
        """Parameters of what a reference names, remembered."""
        if reference not in self._signatures:
            facts = self.request["functions"].get(reference) or {}
            static = facts.get("parameters") or (self.request["classes"].get(reference) or {}).get(
                "init"
            )
            try:
                value = resolve(reference)
                self._signatures[reference] = (
                    self.signature(value, static) if callable(value) else None
                )
            except DriverError:
                self._signatures[reference] = None
        return self._signatures[reference]

    # ------------------------------------------------------------------ text of the package

    @property
    def text(self) -> str:
        """The package's own source, as far as it is text; for words, options and pragma lines."""
        if self._text is None:
            self._text = "\n".join(read_sources(self.roots))
        return self._text

    @property
    def words(self) -> frozenset[str]:
        """Identifiers and quoted words that occur in the package or were named by the analysis."""
        if self._words is None:
            found = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]{0,23}", self.text))
            found |= set(
                re.findall(r"['\"]([^'\"\s]{1,16}|[A-Za-z]{1,8} ?@? [A-Za-z]{1,4})['\"]", self.text)
            )
            self._words = frozenset(found | set(self.request["names"]))
        return self._words

    @cached_property
    def wording(self) -> Wording:
        """What the package calls things, in quotes and in its documentation."""
        return Wording.of(self.request["distribution"], self.text, self.words)

    def options(self, function: Any, parameter: Parameter) -> list[Any]:
        """Other values for an option: from its annotation, a registry of that name, the source, the package's text."""
        found: list[Any] = []
        annotation = parameter.annotation
        for one in (annotation, *typing.get_args(annotation)):
            if typing.get_origin(one) is typing.Literal:
                found += [v for v in typing.get_args(one) if isinstance(v, str)]
            if isinstance(one, type) and issubclass(one, enum.Enum):
                found += [member.value for member in one if isinstance(member.value, str)]
        stem = parameter.name.rstrip("s").lower()
        for module in self.modules():
            for name, value in list(vars(module).items()):
                if stem in name.lower() and isinstance(value, dict) and 0 < len(value) < 40:
                    found += [key for key in value if isinstance(key, str)]
        source = attempt(lambda: inspect.getsource(function) + (inspect.getdoc(function) or ""), 2)
        if source.ok:
            found += re.findall(r"['\"`]([a-z][a-z_0-9]{2,24})['\"`]", source.value)
        found += re.findall(
            rf"\b{re.escape(parameter.name)}\s*=\s*['\"]([\w.\-]{{2,30}})['\"]", self.text
        )
        unique = [v for v in dict.fromkeys(found) if v != parameter.default]
        return sorted(unique, key=lambda v: not re.search(r"state|vector|amp|wave|numpy|cpu", v))[
            :8
        ]

    def annotated_classes(self, engine: str) -> list[str]:
        """Classes in the annotations of an engine's run methods, as references to where they are defined."""
        try:
            owner = resolve(engine)
        except DriverError:
            return []
        found: list[str] = []
        for name in [n for n in dir(owner) if RUN_FIRST.match(n)]:
            hints = attempt(lambda: typing.get_type_hints(getattr(owner, name)), 2)  # noqa: B023
            for hint in (hints.value or {}).values():
                for one in (hint, *typing.get_args(hint)):
                    if isinstance(one, type) and "." in one.__module__:
                        found.append(shortest_reference(one.__module__, one.__qualname__, one))
        return list(dict.fromkeys(found))

    # ------------------------------------------------------------------ modules

    def modules(self) -> list[ModuleType]:
        """Loaded modules of the package, shallow ones first."""
        names = [
            name
            for name in list(sys.modules)
            if name.split(".")[0] in self.roots
            and not re.search(r"(^|\.)(_?tests?|conftest|_vendor)(\.|$)", name)
        ]
        # A private module comes after public ones of the same depth: the public way is the documented one.
        names.sort(key=lambda name: (name.count(".") + 2 * ("._" in name), len(name)))
        loaded = [sys.modules[name] for name in names[:_MAX_MODULES]]
        return [module for module in loaded if isinstance(module, ModuleType)]

    def own(self, reference: str) -> bool:
        """Whether a reference belongs to the package and not only to its host or a dependency.

        Several distributions may share a top-level module (`host`, `host.extensions.this`): then the package's own
        files tell which modules below it are its own.
        """
        module = reference.split(":")[0]
        root = module.split(".")[0]
        if root not in self.roots:
            return False
        if root not in self._shared:
            self._shared[root] = own_modules(root, self.request["distribution"])
        own = self._shared[root]
        return own is None or module in own


def build(request: Json) -> Catalog:
    """Collect what the request names and what the loaded modules hold."""
    catalog = Catalog(request, _roots(request))
    catalog.gates = {gate: list(refs) for gate, refs in request["gates"].items()}
    catalog.engines = list(request["engines"])
    catalog.runners = list(request["runners"])
    seen: set[int] = set()
    aliases = _module_aliases(catalog)
    # Resolving imports the modules in which they live.
    for reference in [*request["classes"], *request["engines"], *request["runners"]]:
        attempt(lambda: resolve(reference), _RESOLVE_SECONDS)  # noqa: B023
    for reference in [r for refs in catalog.gates.values() for r in refs]:
        try:
            seen.add(id(resolve(reference)))
        except DriverError:
            continue
    for module in catalog.modules():
        for name, value in list(vars(module).items()):
            if name.startswith("_") or isinstance(value, ModuleType) or not name.isidentifier():
                continue
            if not _belongs(value, catalog.roots, request["distribution"]):
                continue
            home = aliases.get(id(module), f"{module.__name__}:")
            file_name(catalog, f"{home}{name}", name, value, seen)
    catalog.classes.sort(key=lambda pair: -pair[0])
    catalog.matrix_gates.sort(key=lambda r: not _GATE_LIKE.search(r.split(":")[1]))
    catalog.appliers.sort(key=lambda r: not APPLY_FIRST.match(r.split(":")[1]))
    catalog.engines.sort(key=lambda reference: bool(DEMOTED.search(reference.split(":")[1])))
    home = _home(catalog.gates)
    for gate in {**catalog.gates, **catalog.guessed}:
        refs = [*catalog.gates.get(gate, []), *catalog.guessed.get(gate, [])]
        if home:
            refs.sort(key=lambda reference: reference.split(":")[0] != home)
        catalog.gates[gate] = refs[:_MAX_REFERENCES]
    if home:
        near = home.rpartition(".")[0] or home
        catalog.near = near
        catalog.classes.sort(key=lambda pair: not _within(pair[1], near))
    return catalog


def _home(gates: dict[str, list[str]]) -> str:
    """The module with the most gates, in a package where many modules have names like gates: most of them are none."""
    by_module: dict[str, set[str]] = {}
    for gate, references in gates.items():
        for reference in references:
            by_module.setdefault(reference.split(":")[0], set()).add(gate)
    if len(by_module) < _SCATTERED:
        return ""
    return max(by_module, key=lambda module: len(by_module[module]))


def _within(reference: str, package: str) -> bool:
    return f"{reference.split(':')[0]}.".startswith(f"{package}.")


def shortest_reference(module: str, name: str, value: Any) -> str:
    """The reference to ``value`` by the shortest loaded module above ``module`` that exports it under its name."""
    parts = module.split(".")
    for length in range(1, len(parts)):
        parent = sys.modules.get(".".join(parts[:length]))
        if parent is not None and vars(parent).get(name) is value:
            return f"{'.'.join(parts[:length])}:{name}"
    return f"{module}:{name}"


def _module_aliases(catalog: Catalog) -> dict[int, str]:
    """Prefixes of references into modules that a public module holds under another name than their own.

    A compiled core that is re-exported as `package.gates` is referred to by that name, as its documentation does.
    """
    found: dict[int, str] = {}
    for name in catalog.request["modules"]:
        module = sys.modules.get(name)
        for attribute, value in list(vars(module).items()) if module else []:
            if not isinstance(value, ModuleType) or attribute.startswith("_"):
                continue
            own = value.__name__.split(".")[0] in catalog.roots
            if own and value.__name__ != f"{name}.{attribute}" and id(value) not in found:
                importable = sys.modules.get(f"{name}.{attribute}") is value
                found[id(value)] = f"{name}.{attribute}:" if importable else f"{name}:{attribute}."
    return found


def _roots(request: Json) -> frozenset[str]:
    """Top-level names of the package; also compiled modules that were installed beside it."""
    found = {module.split(".")[0] for module in request["modules"]}
    wanted = normal_name(request["distribution"])
    for root, distributions in importlib.metadata.packages_distributions().items():
        if any(normal_name(one) == wanted for one in distributions) and root.isidentifier():
            found.add(root)
    return frozenset(found)


_owners: dict[str, list[str]] = {}


def _belongs(value: Any, roots: frozenset[str], distribution: str) -> bool:
    """Whether a value that a package's module holds was made by the package."""
    module = getattr(value, "__module__", None)
    if not isinstance(module, str) or (isinstance(value, type) and homeless(value)):
        return True
    root = module.split(".")[0]
    if root in roots or root == "pybind11_builtins":
        return True
    if root in sys.stdlib_module_names:
        return False
    if not _owners:
        _owners.update(importlib.metadata.packages_distributions())
    owners = _owners.get(root, [])
    return not owners or any(normal_name(one) == normal_name(distribution) for one in owners)


def _parameter(one: inspect.Parameter) -> Parameter:
    return Parameter(
        one.name,
        one.default is not one.empty,
        one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD),
        one.kind is one.KEYWORD_ONLY,
        None if one.default is one.empty else one.default,
        None if one.annotation is one.empty else one.annotation,
    )
