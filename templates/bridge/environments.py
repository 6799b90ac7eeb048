"""Where the environments of isolated backends lie. Looking is all that happens here: `isolate.py` makes them."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path

PLACE = "GRAFT_ENVIRONMENTS"
"""Environment variable that names another folder for them."""

_MARK = re.compile(
    r"^# Isolated: an environment of its own, with Python (\d+\.\d+)\b", re.MULTILINE
)
_BUILT = re.compile(r"^# Built from source: ([A-Za-z0-9._-]+)(?: with (.+))?$", re.MULTILINE)
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([A-Za-z0-9.!+_-]+)", re.MULTILINE)


def environments_folder() -> Path:
    """`$GRAFT_ENVIRONMENTS`, else `graft-backends` in the user's cache folder."""
    chosen = os.environ.get(PLACE)
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches"
    else:
        given = os.environ.get("XDG_CACHE_HOME", "")
        cache = Path(given) if given.startswith("/") else Path.home() / ".cache"
    return cache / "graft-backends"


def lock_text(folder: Path) -> str:
    """The backend's `requirements.txt`, with plain line ends however git checked it out."""
    return (folder / "requirements.txt").read_text("utf-8").replace("\r\n", "\n")


def environment_folder(folder: Path) -> Path:
    """Where the environment of a backend lies or will lie: another lock is another environment.

    Args:
        folder: The backend's folder, with its `requirements.txt`.
    """
    digest = hashlib.sha256(lock_text(folder).encode()).hexdigest()[:16]
    return environments_folder() / f"{folder.name}-{digest}"


def interpreter_in(environment: Path) -> Path:
    """The Python of an environment."""
    return environment.joinpath(
        *(("Scripts", "python.exe") if sys.platform == "win32" else ("bin", "python"))
    )


def made_environment(folder: Path) -> Path | None:
    """The environment of a backend, or None where it was not made. It gets its name when it is complete."""
    try:
        environment = environment_folder(folder)
    except OSError:
        return None  # no requirements.txt: nothing could be made of it
    return environment if interpreter_in(environment).exists() else None


def isolated_python(lock: str) -> str | None:
    """Python (`3.11`) that an isolated backend was measured with; None where the lock is none of an isolated one."""
    found = _MARK.search(lock)
    return found[1] if found else None


def pinned_versions(lock: str) -> dict[str, str]:
    """Versions in a lock, by the normalised name of the distribution."""
    return {normalized(name): version for name, version in _PIN.findall(lock)}


def built_from_source(lock: str) -> dict[str, list[str]]:
    """Distributions of a lock that have no wheel, with what their build needs older versions of (`setuptools<58`)."""
    return {
        normalized(name): [one.strip() for one in older.split(",") if one.strip()]
        for name, older in _BUILT.findall(lock)
    }


def normalized(name: str) -> str:
    """Normalised spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
