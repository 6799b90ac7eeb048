"""Requests for the probe, and the probe as a program, for the tests' small packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "packages"
MAIN = HERE.parent / "main.py"


def request(*modules: str, **more: Any) -> dict[str, Any]:
    """A search request that says nothing but the modules, plus what is given."""
    made: dict[str, Any] = {
        "schema": 1, "distribution": modules[0], "version": "1.0", "modules": list(modules), "undeclared": [],
        "requires": [], "candidates": [], "classes": {}, "functions": {}, "engines": [], "runners": [], "states": [],
        "gates": {}, "names": [],
        "budget": {"trial_seconds": 2, "search_seconds": 60, "search_trials": 20000, "measure_seconds": 60},
    }  # fmt: skip
    return {**made, **more}


def probe(tmp_path: Path, asked: dict[str, Any], timeout: float = 240) -> dict[str, Any]:
    """Run the probe as a program on a request and return the measurement."""
    (tmp_path / "request.json").write_text(json.dumps(asked), "utf-8")
    done = subprocess.run(
        [sys.executable, str(MAIN), "request.json", "result.json", "--progress", "progress.jsonl"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGES), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return json.loads((tmp_path / "result.json").read_text("utf-8"))


def outcomes(measurement: dict[str, Any], outcome: str) -> set[str]:
    """Names of the gates with an outcome."""
    return {one["gate"] for one in measurement["gates"] if one["outcome"] == outcome}
