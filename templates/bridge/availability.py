"""Whether a backend's package is there, found without importing it."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import importlib.util
from collections.abc import Sequence
from functools import lru_cache


def missing_modules(modules: Sequence[str]) -> list[str]:
    """Those of the modules that cannot be found; nothing is imported, so a broken package does no harm here.

    Args:
        modules: Dotted import names.
    """
    return [module for module in modules if not _exists(module)]


def _exists(module: str) -> bool:
    top, *below = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    name = top
    for part in below:
        # Below a regular package the search ends: it may make its submodules itself when it is imported, and importing is
        # what must not happen here. A namespace, which several distributions share, proves nothing by being there.
        if spec is None or spec.origin is not None or spec.submodule_search_locations is None:
            break
        name = f"{name}.{part}"
        spec = importlib.machinery.PathFinder.find_spec(name, list(spec.submodule_search_locations))
    return spec is not None


def installed_version(distribution: str) -> str | None:
    """Version of a distribution, or None when it is not installed."""
    try:
        return _version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


@lru_cache(maxsize=64)
def _version(distribution: str) -> str:
    """Read once in a process: it takes 0.3 ms, more than a small circuit. An absence is not kept."""
    return importlib.metadata.version(distribution)
