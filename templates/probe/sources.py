"""The package's own files: its source, as far as it is text, and which modules are its own."""

from __future__ import annotations

import builtins
import importlib.metadata
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_MAX_TEXT = 16 << 20
_MAX_FILE = 1 << 20
_SUFFIXES = (".py", ".pyi", ".inc", ".lark", ".g4", ".qasm")


def read_sources(roots: Iterable[str]) -> Iterator[str]:
    """Text of the files of loaded top-level modules, at most 1 MB of each and 16 MB of all."""
    left = _MAX_TEXT
    for root in sorted(roots):
        module = sys.modules.get(root)
        places = list(getattr(module, "__path__", []) or [])
        if not places and getattr(module, "__file__", None):
            places = [str(module.__file__)]
        for place in places:
            path = Path(place)
            files = [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.is_file())
            for file in files:
                if file.suffix not in _SUFFIXES or left <= 0:
                    continue
                text = file.read_bytes()[:_MAX_FILE].decode("utf-8", "replace")
                left -= len(text)
                yield text


def own_modules(root: str, distribution: str) -> frozenset[str] | None:
    """Modules below a shared top-level module that are a distribution's own; None where it has that to itself."""
    owners = importlib.metadata.packages_distributions().get(root, [])
    if len({normal_name(one) for one in owners}) < 2:
        return None
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found: set[str] = set()
    for file in files:
        parts = list(file.parts)
        if parts[0] == root and file.suffix in (".py", ".so", ".pyd"):
            parts[-1] = parts[-1].split(".")[0]
            found.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return frozenset(found) or None


def homeless(value: Any) -> bool:
    """Whether a compiled class names no module of its own: it says `builtins`, and is not there."""
    if getattr(value, "__module__", None) != "builtins":
        return False
    return vars(builtins).get(getattr(value, "__name__", "")) is not value


def normal_name(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
