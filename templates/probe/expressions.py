"""What occurs in a driver or in a part of one."""

from __future__ import annotations

from typing import Any


def references(value: Any) -> list[str]:
    """All references in a driver or a part of it, in their order."""
    if isinstance(value, dict):
        own = [value["ref"]] if isinstance(value.get("ref"), str) else []
        return own + [one for part in value.values() for one in references(part)]
    if isinstance(value, (list, tuple)):
        return [one for part in value for one in references(part)]
    return []
