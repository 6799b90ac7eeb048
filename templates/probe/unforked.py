"""Where a fork is not safe: an import that starts threads of compiled code leaves locks that a fork waits for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import own_json as json

_DUMPS = json.dumps


_unsafe = False


def note_threads() -> None:
    """Remember whether this process has more than one thread now, right after the imports.

    What a trial starts later is another matter: it happens in a fork, which ends with the trial's object.
    """
    global _unsafe
    tasks = "/proc/self/task"
    _unsafe = len(os.listdir(tasks)) > 1 if os.path.isdir(tasks) else False


def is_unsafe() -> bool:
    """Whether the imports have started threads, also such as Python knows nothing of."""
    return _unsafe


def one_line(error: BaseException) -> str:
    """Type and first line of an error, short and printable."""
    try:
        text = str(error).strip().splitlines()
    except Exception:
        text = []
    line = "".join(c if c.isprintable() else " " for c in (text[0] if text else ""))
    return f"{type(error).__name__}: {line}"[:160]


def run_here(
    function: Callable[[Callable[[Any], None]], Any], on_message: Callable[[Any], None] | None
) -> tuple[Any, str, float]:
    """The JSON value of ``function(send)``, or the last that it sent; its error in one line; its processor time."""
    last: list[Any] = [None]

    def send(value: Any) -> None:
        last.append(json.loads(_DUMPS(value, default=str)))
        if on_message:
            on_message(last[-1])

    start = time.process_time()
    error = ""
    try:
        last.append(json.loads(_DUMPS(function(send), default=str)))
    except BaseException as raised:
        error = one_line(raised)
    return last[-1], error, time.process_time() - start
