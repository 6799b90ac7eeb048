"""Errors as people are told of them."""

from __future__ import annotations


def one_line(error: BaseException) -> str:
    """Type and first line of an error, short and printable."""
    try:
        text = str(error).strip().splitlines()
    except Exception:
        text = []
    line = "".join(c if c.isprintable() else " " for c in (text[0] if text else ""))
    return f"{type(error).__name__}: {line}"[:160]
