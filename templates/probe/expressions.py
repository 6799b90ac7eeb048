"""What occurs in a driver or in a part of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def references(value: Any) -> list[str]:
    """All references in a driver or a part of it, in their order."""
    if isinstance(value, dict):
        own = [value["ref"]] if isinstance(value.get("ref"), str) else []
        return own + [one for part in value.values() for one in references(part)]
    if isinstance(value, (list, tuple)):
        return [one for part in value for one in references(part)]
    return []


def roles_used(value: Any) -> frozenset[str]:
    """Names of all roles that occur in a driver or an expression."""
    found: set[str] = set()
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, (dict, Mapping)):
            if isinstance(part.get("role"), str):
                found.add(part["role"])
            left.extend(part.values())
        elif isinstance(part, (list, tuple)):
            left.extend(part)
    return frozenset(found)
