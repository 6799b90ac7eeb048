"""The package's own source, as far as it is text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

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
