"""The probe's own copy of ``json``: what a package puts into the place of the library's parts reaches none of ours.

The package under test shares the process. It may replace functions and classes of ``json`` for everybody; a second copy
of the library, which no name in ``sys.modules`` leads to, goes on working.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType


def _second_copy() -> ModuleType:
    def parts() -> list[str]:
        return [name for name in sys.modules if name == "json" or name.startswith("json.")]

    held = {name: sys.modules.pop(name) for name in parts()}
    try:
        return importlib.import_module("json")
    finally:
        for name in parts():
            del sys.modules[name]
        sys.modules.update(held)


_json = _second_copy()
dumps, loads, load = _json.dumps, _json.loads, _json.load
