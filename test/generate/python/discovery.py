"""Discovers with an edited registry. In: {"registry", "base", "folders": {path: source}}. Out: statuses and refreshes."""

import importlib
import json
import sys
import tempfile
from pathlib import Path

request = json.load(sys.stdin)
with tempfile.TemporaryDirectory() as scratch:
    backends = Path(scratch) / "proxima" / "backends"
    backends.mkdir(parents=True)
    files = {"registry.py": request["registry"], "base.py": request["base"], **request["folders"]}
    for path, source in files.items():
        (backends / path).parent.mkdir(parents=True, exist_ok=True)
        (backends / path).write_bytes(source.encode())
    sys.path.insert(0, scratch)
    registry = importlib.import_module("proxima.backends.registry").BackendRegistry()
    registry.discover()
    statuses = {status.name: [status.available, status.reason] for status in registry.list_statuses()}
    refreshed = {name: registry.refresh_backend(name) for name in [*statuses, "nothing"]}
    answer = {
        "statuses": statuses,
        "refreshed": {name: found and [found.available, found.reason] for name, found in refreshed.items()},
        "builtin": type(registry.refresh_backend("builtin").adapter).__module__,
    }
json.dump(answer, sys.stdout)
