"""Where a fork is not safe: an import that starts threads of compiled code leaves locks that a fork waits for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import own_json as json
from error_lines import one_line

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


def run_here(
    function: Callable[[Callable[[Any], None]], Any], on_message: Callable[[Any], None] | None
) -> tuple[Any, str, float]:
    """The JSON value of ``function(send)``, or the last that it sent; its error in one line; its processor time."""
    last: Any = None

    def send(value: Any) -> None:
        nonlocal last
        last = json.loads(_DUMPS(value, default=str))
        if on_message:
            on_message(last)

    start = time.process_time()
    error = ""
    try:
        last = json.loads(_DUMPS(function(send), default=str))
    except BaseException as raised:
        error = one_line(raised)
    return last, error, time.process_time() - start
