"""Files: one of the probe's own programs run in a fresh process, and a program text written down for a while."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import own_json as json


def run_program(
    path: str, value: Any, seconds: float, *arguments: str, partial: bool = False
) -> str | None:
    """Run a Python file with ``value`` as JSON on its standard input; return what it printed.

    ``None`` when it did not end within ``seconds``, unless ``partial`` output is enough. Output goes
    through a file, and the whole process group is ended afterwards: pools of worker processes that
    a package starts would otherwise keep a pipe open for ever.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as printed:
        given.write(json.dumps(value).encode())
        given.seek(0)
        process = subprocess.Popen(
            [sys.executable, os.path.abspath(path), *arguments],
            stdin=given,
            stdout=printed,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        ended = True
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            ended = False
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        printed.seek(0)
        text = printed.read().decode(errors="replace")
    return text if ended or partial else None


#: How files of program text are called, by what a text begins with; some packages go by the ending.
_ENDINGS = (("OPENQASM", ".qasm"), ("version", ".cq"), ("DECLARE", ".quil"))


@contextmanager
def written(text: str) -> Iterator[str]:
    """The path of a file that holds ``text``, as long as the context is open."""
    ending = next((end for start, end in _ENDINGS if text.lstrip().startswith(start)), ".txt")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"program{ending}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        yield path
