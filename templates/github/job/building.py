"""Builds a package from source where a maintainer allowed it: its script runs as nobody, with network, without secrets.

What comes out is one wheel; it is installed like any other, so that the rest of a job never runs a build script.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import contain
import environment
import junit
from environment import Interpreter, Pin, PipError
from folder import WORK

SECONDS = 1200
MOST_BYTES = 256 * 2**20
MOST_ATTEMPTS = 5
# What a build may know of the machine: where the index is and how it is reached.
_PASSED = ("PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

# Sign in a build's log, and the newest version that still has what is missed; the same as on other runners.
_REMEDIES = (
    (r"use_2to3 is invalid|lib2to3", "setuptools<58"),
    (r"numpy\.distutils", "setuptools<60"),
    (r"setuptools\.command\.test|cannot import name '?test'? from '?setuptools", "setuptools<72"),
    (r"dash-separated|invalid key[^\n]*-", "setuptools<78"),
    (r"no module named '?pkg_resources", "setuptools<81"),
    (r"no attribute '?dry_run", "setuptools<80"),
    (r"numpy\.distutils", "numpy<1.26"),
    (r"PyArray_Descr\b[^\n]*has no member|numpy\.core\.multiarray failed to import", "numpy<2"),
    (r"Cython\.Compiler\.Errors|undeclared name not builtin: long", "Cython<3"),
    (r"Compatibility with CMake < 3\.5 has been removed", "cmake<4"),
)
_BUILT = re.compile(
    r"^# Built from source: ([A-Za-z0-9._-]+)(?: with ([A-Za-z0-9.<>=!~, _-]+))?$", re.MULTILINE
)
_NOT_FOUND = re.compile(r"no matching distribution found for ([^\n]+)", re.IGNORECASE)
_CONSTRAINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:[<>=!~]=?[A-Za-z0-9.*]+)+")


@dataclass(frozen=True)
class Built:
    """A wheel that was built of a distribution, and the older versions that its build needed."""

    name: str
    wheel: Path
    constraints: tuple[str, ...] = ()

    def pin(self, pin: Pin) -> Pin:
        """The same version, by the hash of this wheel."""
        digest = hashlib.sha256(self.wheel.read_bytes()).hexdigest()
        return Pin(pin.name, pin.version, (digest,))


def build(python: Interpreter, pin: Pin, constraints: Iterable[str] = ()) -> Built:
    """Build one version; with hashes, exactly that file. Raises PipError with the end of the log."""
    return _build(python, _Wanted(pin.name, pin.line(), bool(pin.hashes)), constraints)


def missing(said: str) -> str | None:
    """The requirement of which pip found no wheel, as it can be handed to pip again."""
    found = _NOT_FOUND.search(said)
    line = found[1].strip() if found else ""
    return line if environment.plain_requirement(line) else None


def build_newest(python: Interpreter, requirement: str, constraints: Iterable[str] = ()) -> Built:
    """Build the newest version that a requirement lets in. Raises PipError with the end of the log."""
    return _build(python, _Wanted(_name(requirement), requirement, False), constraints)


def _name(requirement: str) -> str:
    """Normalised name of a plain requirement."""
    return environment.normalize(re.split(r"[\s\[(;<>=!~]", requirement, maxsplit=1)[0])


@dataclass(frozen=True)
class _Wanted:
    """What is built: its normalised name, the line for pip, and whether that has hashes."""

    name: str
    line: str
    hashed: bool


def _build(python: Interpreter, wanted: _Wanted, constraints: Iterable[str]) -> Built:
    """Build what is wanted; one that fails by a known sign is tried again with the older version that it needs."""
    older = tuple(constraints)
    for attempt in range(MOST_ATTEMPTS):
        wheel, said = _attempt(python, wanted, older, attempt)
        if wheel is not None:
            return Built(wanted.name, wheel, older)
        more = [
            name for sign, name in _REMEDIES if re.search(sign, said, re.I) and name not in older
        ]
        if not more:
            break
        older = (*older, *dict.fromkeys(more))
    raise PipError(f"the build from source failed: {said[-1500:]}")


def locked(lock: str) -> dict[str, tuple[str, ...]]:
    """Distributions that a lock says were built, with the older versions that their builds need."""
    return {
        environment.normalize(name): tuple(
            one.strip() for one in older.split(",") if _CONSTRAINT.fullmatch(one.strip())
        )
        for name, older in _BUILT.findall(lock)
    }


def build_locked(python: Interpreter, lock: str, pins: Iterable[Pin]) -> list[Pin]:
    """The pins of a lock, those that have no wheel built and by the hash of what came out."""
    wanted = locked(lock)
    return [
        build(python, pin, wanted[pin.name]).pin(pin) if pin.name in wanted else pin for pin in pins
    ]


def _attempt(
    python: Interpreter, what: _Wanted, older: tuple[str, ...], attempt: int
) -> tuple[Path | None, str]:
    run = WORK / f"run-build-{what.name}-{python.version}-{attempt}"
    run.mkdir()
    wanted, constraints = run / "wanted.txt", run / "constraints.txt"
    wanted.write_text(f"{what.line}\n", "utf-8")
    constraints.write_text("".join(f"{one}\n" for one in older), "utf-8")
    out = run / "tmp" / "wheels"
    settings = {name: os.environ[name] for name in _PASSED if name in os.environ}
    if older:
        settings |= dict.fromkeys(("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"), str(constraints))
    hashes = ["--require-hashes"] if what.hashed else []
    end = contain.run(
        [
            *(
                python.path,
                "-I",
                "-m",
                "pip",
                "wheel",
                "--no-deps",
                "--no-binary",
                what.name,
                *hashes,
            ),
            *("--no-cache-dir", "--disable-pip-version-check", "--no-input"),
            *("--wheel-dir", str(out), "-r", str(wanted)),
        ],
        interpreter_prefix=python.prefix,
        environment=settings,
        cwd=run,
        scratch=run,
        seconds=SECONDS,
        network=True,
    )
    contain.show(end.said)
    found = sorted(out.glob("*.whl")) if out.is_dir() else []
    if end.code != 0 or len(found) != 1:
        return None, end.said or str(end.problem())
    # Written by a build script: taken as bytes, under a name that is checked.
    name, version = environment.normalize(found[0].name.split("-")[0]), found[0].name.split("-")[1]
    content = junit.read_file(found[0], MOST_BYTES)
    if (
        content is None
        or name != what.name
        or not re.fullmatch(r"[A-Za-z0-9._+!-]+\.whl", found[0].name)
    ):
        return None, f"the build left {found[0].name[:80]!r} of version {version[:40]!r}"
    place = WORK / "wheels" / python.version
    place.mkdir(parents=True, exist_ok=True)
    (place / found[0].name).write_bytes(content)
    shutil.rmtree(out, ignore_errors=True)
    return place / found[0].name, ""
