"""Containment inside the sandbox: time limits, silence, memory, and forks for whatever may crash.

The package under test may raise anything, print, exit, spin in C, or crash by signal. A trial is limited by a timer;
work on one object happens in a fork, so that nothing of it survives; a result comes back as JSON through a pipe.
"""

from __future__ import annotations

import ctypes
import faulthandler
import mmap
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

import own_json as json
from error_lines import one_line
from stream import Stream
from unforked import is_unsafe, run_here

MEMORY_BYTES = 8 << 30
FILE_BYTES = 64 << 20
#: How a child ended that neither gave a result nor was killed by a signal.
ENDED = "it ended the process"
#: What is said of a trial that no limit inside the process could end.
HUNG = "it hung"
#: PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER of prctl(2).
_PARENT_DEATH_SIGNAL = 1
_CHILD_SUBREAPER = 36
#: Bound before the package can put something of its own in their place.
_DUMPS, _WRITE, _EXIT, _PID = json.dumps, os.write, os._exit, os.getpid


class OutOfTime(BaseException):
    """The trial's time is up. Not an Exception, so that a package's own `except Exception` does not swallow it."""


def _on_alarm(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime("it took too long")


#: Time spent by this process. Limits count it, so that a busy machine finds the same as an idle one.
clock = time.process_time
#: Waiting (for a network, a lock, another process) costs no processor time; so much longer than the limit it may take.
_WAITING = 5.0


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime inside the block after ``seconds`` of processor time, or five times as long on the clock.

    It is raised again every second, should it be swallowed.
    """
    seconds = max(seconds, 0.01)
    signal.signal(signal.SIGPROF, _on_alarm)
    signal.signal(signal.SIGALRM, _on_alarm)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    signal.setitimer(signal.ITIMER_REAL, _WAITING * seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


@dataclass(frozen=True)
class Outcome:
    """What a trial gave: its value, or the error in one line; and how long it took."""

    ok: bool
    value: Any = None
    error: str = ""
    seconds: float = 0.0


class Watch:
    """Numbers the trials of a child where its parent sees it: the one that hung is known, and left out next time.

    Compiled code that never ends cannot be interrupted from inside: only the kernel ends it, and the process with it.
    """

    #: Processor seconds beyond its limit after which a trial ends the process.
    GRACE = 2.0

    def __init__(self, hung: frozenset[int]) -> None:
        self.hung = hung
        self._page = mmap.mmap(-1, 8)

    @property
    def number(self) -> int:
        """Number of the trial that the child made last."""
        return int.from_bytes(self._page[:], "little")

    def next(self) -> bool:
        """Count a trial; False when it hung before."""
        number = self.number + 1
        self._page[:] = number.to_bytes(8, "little")
        return number not in self.hung


#: The watch over this process, if there is one.
_watch: Watch | None = None


def attempt(function: Callable[[], Any], seconds: float) -> Outcome:
    """Call ``function`` within ``seconds``; whatever it raises (also SystemExit) becomes part of the outcome.

    A function that forks comes back twice: the second process ends here, and does not go on with the search.
    """
    start, process = clock(), _PID()
    watch = _watch
    if watch is not None and not watch.next():
        return Outcome(False, None, HUNG, seconds)
    try:
        with (
            time_limit(seconds),
            processor_limit(seconds + Watch.GRACE) if watch else nullcontext(),
        ):
            value = function()
        return Outcome(True, value, "", clock() - start)
    except BaseException as error:
        return Outcome(False, None, one_line(error), clock() - start)
    finally:
        if _PID() != process:
            _EXIT(0)


def limit_resources() -> None:
    """Cap memory and file size of this process and its children; no core dumps."""
    for which, amount in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(which)
        if hard == resource.RLIM_INFINITY or amount <= hard:
            resource.setrlimit(which, (amount, hard))


@contextmanager
def processor_limit(seconds: float) -> Iterator[None]:
    """Kill this process when the block uses more than ``seconds`` of its processor time, whatever it catches.

    The kernel's soft limit ends it by SIGXCPU; what is forked inside counts its own time.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(clock() + seconds) + 1
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, where the system can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_descendants() -> None:
    """Kill what is left below this process, also what has left its process group (where there is /proc)."""
    for _ in range(200):
        children = _children(os.getpid())
        if not children:
            return
        for pid in children:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.005)


def _children(parent: int) -> list[int]:
    """Processes whose parent this is, also those that have ended and were not waited for."""
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if not name.isdigit():
            continue
        with suppress(OSError, IndexError), open(f"/proc/{name}/stat", encoding="latin-1") as file:
            if int(file.read().rpartition(")")[2].split()[1]) == parent:
                found.append(int(name))
    return found


def silence() -> None:
    """Point stdin, stdout and stderr at nothing, also for compiled code."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)


@dataclass(frozen=True)
class ChildResult:
    """What a forked child gave back. ``signal`` is set when it was killed by one; ``late`` when its time was up.

    ``hung``: one of its trials did not end by itself. ``seconds``: processor time of it and of what it waited for.
    """

    value: Any = None
    signal: int = 0
    late: bool = False
    error: str = ""
    hung: bool = False
    seconds: float = 0.0


def in_child(
    function: Callable[[Callable[[Any], None]], Any],
    seconds: float | Callable[[], float],
    on_message: Callable[[Any], None] | None = None,
    watch: Watch | None = None,
) -> ChildResult:
    """Run ``function(send)`` in a fork and return its JSON value.

    The child may also ``send`` values on the way; they reach ``on_message`` and the last of them survives a crash as
    ``ChildResult.value``. The child is killed after ``seconds`` from its start; a function is asked anew at each
    message, so that a later stage may have longer. With a ``watch`` it is also killed when a trial hangs. Neither
    ``sys.exit`` nor ``os._exit`` nor exit handlers of the package reach this process.

    Where an import has started threads of compiled code, a fork would wait for them forever: then the function runs in
    this process, which is a child itself and not protected any further.
    """
    if is_unsafe():
        value, error, used = run_here(function, on_message)
        return ChildResult(value, error=error, seconds=used)
    reader, writer = os.pipe()
    spent = _children_seconds()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _serve(function, writer, watch)
    os.close(writer)
    state = Stream(on_message, watch)
    start = time.monotonic()
    late = not state.drain(reader, lambda: start + (seconds() if callable(seconds) else seconds))
    os.close(reader)
    number = _reap(child, kill=late)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    error = state.error
    if late:
        error = error or "its time was up"
    elif not state.done and not error:
        error = f"killed by signal {number}" if number else ENDED
    hung = watch is not None and (state.silent or (number == signal.SIGXCPU and not state.done))
    return ChildResult(state.value, number, late, error, hung, _children_seconds() - spent)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _serve(
    function: Callable[[Callable[[Any], None]], Any], writer: int, watch: Watch | None
) -> None:
    """The child's side of `in_child`; never returns."""
    global _watch
    _watch = watch

    def send(value: Any, tag: str = "message") -> None:
        line = _DUMPS({tag: value}, default=str).encode() + b"\n"
        while line:
            line = line[_WRITE(writer, line) :]

    code = 0
    # A group of its own, so that whatever it starts can be ended with it; and it does not outlive its parent.
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    try:
        _stand_again()
        silence()
        faulthandler.disable()
        send(function(send), "result")
    except BaseException as error:
        code = 1
        place = traceback.extract_tb(error.__traceback__)[-1:]
        where = f" ({os.path.basename(place[0].filename)}:{place[0].lineno})" if place else ""
        send(one_line(error) + where, "error")
    finally:
        _EXIT(code)


#: Where the package may do what it likes.
_place = ""


def stand_in(folder: str) -> None:
    """Make a folder the working directory of this process and of what it forks, also when the package deletes it."""
    global _place
    os.chdir(folder)
    _place = folder


def _stand_again() -> None:
    if _place and not os.path.isdir(_place):
        os.makedirs(_place)
        os.chdir(_place)


def _reap(child: int, kill: bool) -> int:
    """Wait for a child, killing it when it does not end by itself; return the signal that ended it, or 0."""
    deadline = time.monotonic() + (0 if kill else 1.0)
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if time.monotonic() >= deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return signal.SIGKILL if kill else 0
        time.sleep(0.002)


def survives(function: Callable[[], Any], seconds: float) -> bool:
    """Whether ``function`` ends without an error in a fork of its own; for calls that may crash by signal."""
    outcome = in_child(lambda _send: bool(function() or True), seconds)
    return outcome.value is True
