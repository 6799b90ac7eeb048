"""A package that cannot be installed beside the target: what contradicts what, and how its environment is called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import environment

MOST = 10
_MARK = re.compile(r"^# Isolated: an environment of its own, with Python (\d+\.\d+);", re.MULTILINE)
# What the server takes of it: version ranges, and nothing that could be text of somebody.
_SIDE = re.compile(r"[A-Za-z0-9.*+!_<>=~, ()-]{0,200}")


def isolated_python(lock: str) -> str | None:
    """Python that an isolated backend was measured with; None where the lock is none of an isolated one."""
    found = _MARK.search(lock)
    return found[1] if found else None


def folder_name(backend: str, lock: str) -> str:
    """Name of the backend's environment, as the bridge in the target looks for it."""
    digest = hashlib.sha256(lock.replace("\r\n", "\n").encode()).hexdigest()
    return f"{backend}-{digest[:16]}"


def conflicts(
    own: environment.Pin,
    package: Iterable[str],
    target: Iterable[str],
    package_pins: Iterable[environment.Pin],
    target_pins: Iterable[environment.Pin],
) -> list[dict[str, str]]:
    """What the package and the target each need, and cannot both have; by name, with both sides."""
    theirs, ours = _ranges(package), _ranges(target)
    theirs[own.name] = f"=={own.version}"
    alone = {pin.name: pin.version for pin in package_pins}
    wanted = {pin.name: pin.version for pin in target_pins}
    clashing, different = [], []
    for name in dict.fromkeys([*alone, *theirs]):
        found = {
            "name": name,
            "package": theirs.get(name) or _indirect(alone, name),
            "target": ours.get(name) or _indirect(wanted, name),
        }
        if not all(_SIDE.fullmatch(found[side]) for side in ("package", "target")):
            continue
        if _outside(alone.get(name), ours.get(name)) or _outside(
            wanted.get(name), theirs.get(name)
        ):
            clashing.append(found)
        elif name in alone and name in wanted and alone[name] != wanted[name]:
            different.append(found)
    # Further down, where nobody's own requirements say it, the two at least come out at different versions.
    return (clashing or different)[:MOST]


def _indirect(versions: Mapping[str, str], name: str) -> str:
    return f"{versions[name]} (indirectly)" if name in versions else ""


def _ranges(requirements: Iterable[str]) -> dict[str, str]:
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement

    found: dict[str, str] = {}
    for line in requirements:
        try:
            one = Requirement(line)
        except InvalidRequirement:
            continue
        if one.marker is not None and "extra" in str(one.marker):
            continue
        name = environment.normalize(one.name)
        found[name] = ",".join(filter(None, [found.get(name, ""), _written(line, one)]))
    return {name: text for name, text in found.items() if text}


def _written(line: str, requirement: Any) -> str:
    """The range in the order in which it was written."""
    clauses = re.findall(r"(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+", line.split(";")[0])
    text = ",".join(re.sub(r"\s", "", clause) for clause in clauses)
    return text or str(requirement.specifier)


def _outside(version: str | None, text: str | None) -> bool:
    from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not version or not text:
        return False
    try:
        return not SpecifierSet(text).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False
