"""Resolve and install with pip: wheels only, so that nothing of a package runs, and every file by its hash.

The interpreter of an environment is never started here: a wheel can bring a ``.pth`` file, which
would run with network. Whatever has to be known of an environment is read from its files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from folder import WORK

INTERPRETERS = ("python3.12", "python3.13", "python3.11", "python3")
INSTALL_SECONDS = 1500
MEASURING_TOOLS = ("numpy",)
TOOLS = ("numpy", "pytest")

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_PIN = re.compile(rf"({_NAME})==([A-Za-z0-9][A-Za-z0-9.!+_-]*)")
_CLAUSE = r"(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+"
_REQUIREMENT = re.compile(
    rf"{_NAME}\s*(?:\[[A-Za-z0-9._\s,-]*\])?\s*(?:\(?{_CLAUSE}(?:\s*,\s*{_CLAUSE})*\s*\)?)?\s*(?:;[\x20-\x7e]*)?"
)
_DOWNLOAD = re.compile(
    r"connection (?:refused|reset|error|aborted|broken)|could not fetch url|timed? ?out|name or service|"
    r"certificate|max retries|http error|no space left|do not match the hashes",
    re.I,
)
_PYTHON = re.compile(r"requires[- ]python|requires a different python", re.I)
_MODULE = re.compile(r'"?([A-Za-z_]\w{0,99})[/.]', re.ASCII)
_NO_WHEEL = re.compile(r"no matching distribution found", re.I)


@dataclass(frozen=True)
class Pin:
    """One exact version, with the SHA-256 of the files that may be installed."""

    name: str
    version: str
    hashes: tuple[str, ...] = ()

    def line(self) -> str:
        """As pip reads it."""
        hashes = "".join(f" --hash=sha256:{value}" for value in self.hashes)
        return f"{self.name}=={self.version}{hashes}"


@dataclass(frozen=True)
class Interpreter:
    """A Python of the machine: where it is, its version, and the folder with its library."""

    path: str
    version: str
    prefix: str


@dataclass(frozen=True)
class Resolution:
    """Exact versions, with what each requires and the facts of the machine that its conditions are about."""

    pins: tuple[Pin, ...]
    requires: dict[str, list[str]]
    markers: dict[str, str]

    def closure(self, requirements: Iterable[str]) -> list[Pin]:
        """Return the part of it that these requirements bring: themselves and all that they need."""
        from pip._vendor.packaging.requirements import Requirement

        waiting = [Requirement(line) for line in requirements]
        seen: set[tuple[str, str]] = set()
        while waiting:
            wanted = waiting.pop()
            name = normalize(wanted.name)
            for extra in {"", *wanted.extras} - {known for of, known in seen if of == name}:
                seen.add((name, extra))
                for needed in map(Requirement, self.requires.get(name, [])):
                    facts = {**self.markers, "extra": extra}
                    if needed.marker is None or needed.marker.evaluate(facts):
                        waiting.append(needed)
        names = {name for name, _ in seen}
        return [pin for pin in self.pins if pin.name in names]


class RefusalError(Exception):
    """Nothing can be installed: one of ``no_wheel``, ``conflict``, ``python``, ``download``, and a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class PipError(Exception):
    """What pip said when it failed."""


def normalize(name: str) -> str:
    """Normalised spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def plain_requirement(line: str) -> bool:
    """Whether a requirement names a distribution on the index: no URL, no path, no option of pip."""
    return len(line) <= 1000 and _REQUIREMENT.fullmatch(line.strip()) is not None


def read_pins(text: str) -> list[Pin]:
    """Read a lock; ValueError at anything but ``name==version --hash=sha256:…`` and comments."""
    pins = []
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        match = _PIN.fullmatch(words[0])
        hashes = [re.fullmatch(r"--hash=sha256:([0-9a-f]{64})", word) for word in words[1:]]
        if match is None or not hashes or not all(hashes):
            raise ValueError(f"no exact version with hashes: {line.strip()[:80]!r}")
        pins.append(
            Pin(normalize(match[1]), match[2], tuple(found[1] for found in hashes if found))
        )
    return pins


def interpreters(ranges: Iterable[str]) -> list[Interpreter]:
    """The Pythons of this machine that lie in all the version ranges, each once."""
    # The only library for version ranges that is there without being installed.
    from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet

    wanted = []
    for text in ranges:
        try:
            wanted.append(SpecifierSet(text))
        except InvalidSpecifier:
            continue  # pip reads an unreadable range as any version, too
    found: dict[str, Interpreter] = {}
    question = (
        "import json, os, sys; v = '%d.%d.%d' % sys.version_info[:3]; "
        "print(json.dumps([os.path.realpath(sys.executable), v, sys.base_prefix]))"
    )
    for name in INTERPRETERS:
        path = shutil.which(name)
        if path is None:
            continue
        answer = subprocess.run(
            [path, "-I", "-c", question], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            real, version, prefix = json.loads(answer.stdout)
            if all(one.contains(version) for one in wanted):
                found.setdefault(real, Interpreter(real, version, os.path.realpath(prefix)))
    return list(found.values())


def resolve(
    python: Interpreter, requirements: Iterable[str], fixed: Iterable[Pin] = ()
) -> Resolution:
    """Exact versions for the requirements, with the hash of the file that fits this machine. Raises PipError."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, constraints, report = (
            Path(folder, name) for name in ("wanted.txt", "fixed.txt", "report.json")
        )
        wanted.write_text("".join(f"{line}\n" for line in requirements), "utf-8")
        constraints.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in fixed), "utf-8")
        options = ["--dry-run", "--ignore-installed", "--report", str(report)]
        _pip(python, ["install", *options, "-r", str(wanted), "-c", str(constraints)])
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    installed = [(normalize(one["metadata"]["name"]), one) for one in found["install"]]
    pins = [
        Pin(
            name,
            one["metadata"]["version"],
            (one["download_info"]["archive_info"]["hashes"]["sha256"],),
        )
        for name, one in installed
    ]
    requires = {name: one["metadata"].get("requires_dist", []) for name, one in installed}
    return Resolution(tuple(pins), requires, found["environment"])


def install(python: Interpreter, folder: Path, pins: Iterable[Pin]) -> None:
    """Make an environment that holds exactly these. Raises PipError."""
    made = subprocess.run(
        [python.path, "-I", "-m", "venv", "--without-pip", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise PipError(made.stderr)
    with tempfile.TemporaryDirectory() as temporary:
        lock = Path(temporary, "lock.txt")
        lock.write_text("".join(f"{pin.line()}\n" for pin in pins), "utf-8")
        # One call: with a second one the interpreter would start where wheels lie already.
        _pip(
            python,
            ["install", "--no-deps", "--require-hashes", "--no-compile", "-r", str(lock)],
            ["--python", str(folder / "bin" / "python")],
        )


def modules(python: Interpreter, folder: Path) -> dict[str, list[str]]:
    """Top-level modules by distribution, from the records that pip wrote."""
    minor = ".".join(python.version.split(".")[:2])
    packages = folder / "lib" / f"python{minor}" / "site-packages"
    found: dict[str, list[str]] = {}
    for record in sorted(packages.glob("*.dist-info/RECORD")):
        name = normalize(record.parent.name.removesuffix(".dist-info").rsplit("-", 1)[0])
        lines = record.read_text("utf-8", "replace").splitlines()
        roots = {match[1] for line in lines if (match := _MODULE.match(line))}
        found[name] = sorted(roots)[:300]
    return found


def refusal(what: str, python: Interpreter, said: str) -> RefusalError:
    """Why a package cannot be installed, not even by itself, from what pip said."""
    if is_download(said):
        return RefusalError("download", f"The packages could not be downloaded: {_excerpt(said)}")
    if _PYTHON.search(said):
        message = f"{what} cannot be installed for Python {python.version}: {_excerpt(said)}"
        return RefusalError("python", message)
    if _NO_WHEEL.search(said):
        message = (
            f"{what}, or something that it needs, has no wheel for Python {python.version} on the runner of the "
            f"workflow: {_excerpt(said)} Comment `/allow build` to let it be built from source there."
        )
        return RefusalError("no_wheel", message)
    return RefusalError("conflict", f"{what} cannot be installed, even by itself: {_excerpt(said)}")


def is_download(said: str) -> bool:
    """Whether pip failed for the network or the disk, and not for what packages need."""
    return _DOWNLOAD.search(said) is not None


def _pip(python: Interpreter, arguments: list[str], before: Iterable[str] = ()) -> None:
    words = [python.path, "-I", "-m", "pip", *before, *arguments]
    # What was built on this machine (`building.py`).
    built = WORK / "wheels" / python.version
    if built.is_dir():
        words += ["--find-links", str(built)]
    # Set after the machine's own settings, so that none of them brings builds or pre-releases.
    settings = {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_PRE": "0"}
    try:
        answer = subprocess.run(
            [*words, "--quiet", "--only-binary", ":all:"],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=INSTALL_SECONDS,
            env={**os.environ, **settings, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise PipError("timed out") from error
    if answer.returncode:
        raise PipError(answer.stderr)


def _excerpt(text: str) -> str:
    """The telling part of what pip said, on one line of printable ASCII."""
    lines = []
    for line in text.splitlines():
        plain = re.sub(r"(\w+://)[^\s/@]+@", r"\1", re.sub(r"[^\x20-\x7e]", " ", line))
        plain = re.sub(r"^\s*(?:ERROR|WARNING):\s*", "", plain).strip()
        if plain and plain not in lines and not plain.startswith("[notice]"):
            lines.append(plain)
    told = " ".join(lines)[:500].strip() or "no reason was given"
    return told if told[-1] in ".!?" else f"{told}."


if __name__ == "__main__":
    sys.exit("This file is part of job.py.")
