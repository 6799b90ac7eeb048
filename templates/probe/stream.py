"""The parent's side of a child's pipe: messages as JSON lines, until it ends, is silent for too long, or is late."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from typing import Any, Protocol

import own_json as json

_PIPE_BYTES = 64 << 20
#: On the clock on the wall: what waits for nothing in compiled code makes no further trial.
_SILENT_SECONDS = 150.0


class _Counted(Protocol):
    """What counts the trials of a child."""

    @property
    def number(self) -> int: ...


class Stream:
    """Reads a child's JSON lines until it closes the pipe."""

    def __init__(
        self, on_message: Callable[[Any], None] | None, watch: _Counted | None = None
    ) -> None:
        self.on_message, self.watch = on_message, watch
        #: The child made no further trial for too long.
        self.silent = False
        self.value: Any = None
        self.done = False
        self.error = ""
        self._rest = b""
        self._total = 0

    def drain(self, reader: int, deadline: Callable[[], float]) -> bool:
        """Return False when the deadline passed first."""
        trial, since = -1, time.monotonic()
        while not self.done and not self.error:
            now = time.monotonic()
            if self.watch and self.watch.number != trial:
                trial, since = self.watch.number, now
            self.silent = self.watch is not None and now - since > _SILENT_SECONDS
            left = deadline() - now
            if left <= 0 or self.silent:
                return False
            if not select.select([reader], [], [], min(left, 5.0))[0]:
                continue
            chunk = os.read(reader, 1 << 16)
            if not chunk:
                return True
            self._total += len(chunk)
            if self._total > _PIPE_BYTES:
                self.error = "it sent more than it may"
                return True
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._take(line)
        return True

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return
        # The package shares the pipe: what it writes there is no message of ours.
        if not isinstance(message, dict):
            return
        if "result" in message:
            self.value, self.done = message["result"], True
        elif "error" in message:
            self.error = str(message["error"])
        else:
            self.value = message.get("message")
            if self.on_message:
                self.on_message(self.value)
