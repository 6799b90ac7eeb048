"""References: what a driver's ``module:Name.attr`` names, and which names a driver may say at all."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class DriverError(Exception):
    """A driver that cannot be interpreted: unknown word, missing role or variable, refused name, missing reference."""


_references: dict[str, Any] = {}


def resolve(reference: str) -> Any:
    """Return the object that ``module`` or ``module:Name.attr`` names; failures are remembered and raised again."""
    if reference not in _references:
        try:
            _references[reference] = _load(reference)
        except (Exception, SystemExit) as error:
            # A module that ends the program when it is imported is a module that cannot be imported.
            _references[reference] = DriverError(f"{reference}: {type(error).__name__}: {error}")
    found = _references[reference]
    if isinstance(found, DriverError):
        raise found
    return found


def _load(reference: str) -> Any:
    module, _, names = reference.partition(":")
    if any(part.startswith("__") for part in f"{module}.{names}".split(".")):
        raise DriverError("names with two leading underscores are refused")
    value: Any = importlib.import_module(module)
    for name in names.split(".") if names else []:
        try:
            value = getattr(value, name)
        except AttributeError:
            if not isinstance(value, ModuleType):
                raise
            value = importlib.import_module(f"{value.__name__}.{name}")
    return value


def public_name(name: str) -> str:
    """Return ``name`` unless it begins with an underscore or is no identifier."""
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        raise DriverError(f"the name {name!r} is refused: public identifiers only")
    return name
