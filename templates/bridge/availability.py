"""Whether a backend's package is there, found without importing it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path


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
    if spec is None or spec.origin is not None or spec.submodule_search_locations is None:
        return spec is not None
    places = [Path(place) for place in spec.submodule_search_locations]
    for part in below:
        # A namespace, which several distributions share, proves nothing by being there. It is searched by hand: the
        # import system finds a namespace below a namespace only after importing the upper one. Below a regular package
        # the search ends: it may make its submodules itself when it is imported, which must not happen here.
        found = [
            child
            for place in places
            for child in place.glob(f"{part}*")
            if child.name.split(".")[0] == part
        ]
        folders = [child for child in found if child.is_dir()]
        if len(folders) < len(found) or any(
            (folder / "__init__.py").exists() for folder in folders
        ):
            return True
        if not folders:
            return False
        places = folders
    return True


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
