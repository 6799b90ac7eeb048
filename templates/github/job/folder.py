"""The folder of a job on the runner, and what its steps tell each other in it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

Json = dict[str, Any]
WORK = Path(os.environ.get("GRAFT_WORK", "/tmp/graft-job"))
STATE = WORK / "state.json"
ARTIFACT = WORK / "artifact"


def begin() -> None:
    """Start with an empty folder; what an earlier job of this machine left may belong to nobody."""
    if WORK.is_symlink() or WORK.exists():
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        subprocess.run([*sudo, "rm", "-rf", "--", str(WORK)], check=True)
    for folder in (WORK, ARTIFACT):
        folder.mkdir(mode=0o755)


def fresh(name: str) -> Path:
    """A new folder for one run."""
    folder = WORK / f"run-{name}"
    folder.mkdir()
    return folder


def save(state: Json) -> None:
    """Keep what the next steps have to know."""
    write(STATE, state)


def load() -> Json:
    """What the steps before have left; empty when the first one did not get so far."""
    return json.loads(STATE.read_text("utf-8")) if STATE.is_file() else {}


def write(path: Path, value: Json) -> None:
    """Write JSON, ASCII only."""
    path.write_text(json.dumps(value), "utf-8")


def git(*arguments: str) -> str:
    """Output of git in the checkout."""
    words = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout
