"""Signatures that compiled functions write into their docstrings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from layouts import Parameter


def documented_signature(function: Any) -> list[Parameter] | None:
    """The signature that compiled functions write into the first line of their docstring."""
    text = getattr(function, "__doc__", None)
    if not isinstance(text, str):
        return None
    # Overloaded functions number their signatures; the line before them says only `(*args, **kwargs)`.
    # What only a later one takes is optional.
    overloads = re.split(r"\n\s*\d+\. ", text[:4000])
    found: list[Parameter] = []
    seen = False
    for index, overload in enumerate(overloads[1:] or overloads[:1]):
        match = re.search(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)", overload[:600])
        if match is None:
            continue
        for part in _split(match.group(1)):
            parameter = _documented(part)
            if parameter and all(parameter.name != one.name for one in found):
                found.append(replace(parameter, optional=True) if index else parameter)
        seen = True
    # Parameters without names say nothing.
    if found and all(re.fullmatch(r"arg\d+", one.name) for one in found):
        return None
    return found if seen else None


def _documented(part: str) -> Parameter | None:
    name = re.split(r"[:=]", part)[0].strip().lstrip("*")
    if name in ("args", "kwargs"):
        return Parameter(name, True, True)
    if name in ("", "/", "self", "arg") or not name.isidentifier():
        return None
    return Parameter(name, "=" in part, annotation=part.partition(":")[2].strip() or None)


def _split(text: str) -> Iterator[str]:
    """Split at commas outside brackets."""
    depth, part = 0, ""
    for character in text:
        depth += (character in "[({") - (character in "])}")
        if character == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += character
    if part.strip():
        yield part.strip()
