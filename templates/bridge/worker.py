"""The worker of an isolated backend: runs the adapter's own methods in the environment of its package.

Started as `python -I worker.py ORDER` with standard input and output as pipes; ORDER is JSON with the folder of the
backends (`backends`), the backend's name (`name`) and the memory that may be taken, in bytes (`memory`). It ends when
its standard input does, whatever it is at: nothing outlives the program that started it.

The host is not imported, it need not be installed here: the two of its modules that the bridge names are stood in for.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

HOST = "_graft_host"
MOST_REQUEST = 2**30
"""Bytes of the unitaries in one request."""


class Standin(ModuleType):
    """A module of the host: whatever is asked of it is an empty class."""

    def __getattr__(self, name: str) -> type:
        """The empty class of that name."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = type(name, (Exception,) if name.endswith("Error") else (), {})
        setattr(self, name, found)
        return found


def mount(backends: Path, name: str) -> None:
    """Make the backends a package that can be imported without the host."""
    for module, place in (("", backends), (f".{name}", backends / name)):
        package = ModuleType(HOST + module)
        package.__path__ = [str(place)]
        sys.modules[package.__name__] = package
    for module in ("base", "exceptions"):
        sys.modules[f"{HOST}.{module}"] = Standin(f"{HOST}.{module}")


def channels() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the backend; what the package reads or writes afterwards has nothing to do with them."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdin, sys.stdout = open(0, closefd=False), sys.stderr  # noqa: SIM115 - for as long as the process lives
    return requests, answers


def cap_memory(size: int) -> None:
    """Bound the address space; where the system knows no such bound, there is none."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = size if hard == resource.RLIM_INFINITY else min(size, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    except (ValueError, OSError):
        return  # macOS does not hold it


class Worker:
    """An adapter, and what may be asked of it."""

    def __init__(self, backends: Path, name: str) -> None:
        mount(backends, name)
        bridge = importlib.import_module(f"{HOST}._bridge")
        self._lowering = importlib.import_module(f"{HOST}._bridge.lowering")
        self._results = importlib.import_module(f"{HOST}._bridge.results")
        self._sampling = importlib.import_module(f"{HOST}._bridge.sampling")
        module = importlib.import_module(f"{HOST}.{name}.adapter")
        (kind,) = (
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, bridge.BridgeAdapter)
            and value.__module__ == module.__name__
        )
        self._adapter = kind()
        self._table: dict[str, Callable[..., Any]] = {}

    def prepare(self) -> dict[str, Any]:
        """Import the package: the names of the gates, and the sizes of the unitaries that it takes."""
        self._table = dict(self._adapter.gates())
        sizes = self._lowering.matrix_sizes(self._table, self._adapter.max_matrix_qubits)
        return {"gates": list(self._table), "matrix_sizes": list(sizes)}

    def run(self, method: str, n: int, gates: list, more: list) -> Any:
        """What the adapter's method gives, read as numbers: the types of the package are known only here."""
        native = [self._table[name](*values) for name, values in gates]
        raw = getattr(self._adapter, method)(n, native, *more)
        if method == "state":
            return self._results.checked_state(raw, n)
        if method == "density":
            return self._results.checked_density(raw, n)
        if method == "probabilities":
            return self._results.checked_probabilities(raw, n)
        times: dict[int, int] = {}
        for index, many in self._sampling.tally(raw, n, more[0], self._adapter.sample_gives):
            times[index] = times.get(index, 0) + many
        return [[index, many] for index, many in times.items()]

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request; whatever is raised is one, too."""
        try:
            if request["do"] == "prepare":
                return {"value": self.prepare()}
            return {
                "value": self.run(request["do"], request["n"], request["gates"], request["more"])
            }
        except BaseException as error:  # noqa: BLE001 - sys.exit and panics of compiled code are none of Exception
            kind = "import" if isinstance(error, ImportError) else "other"
            if isinstance(error, MemoryError):
                kind = "memory"
            text = str(error)[:2000] or "no reason was given"
            return {"error": {"kind": kind, "type": type(error).__name__, "text": text}}


def listen(
    stream: BinaryIO, read: Callable[[BinaryIO, int], Any], inbox: queue.SimpleQueue
) -> None:
    """Hand on requests; end the process with the one that asks, also in the middle of a run."""
    try:
        while True:
            inbox.put(read(stream, MOST_REQUEST))
    finally:
        os._exit(0)


def main() -> None:
    """Answer requests until the pipe is closed."""
    order = json.loads(sys.argv[1])
    requests, answers = channels()
    # Ctrl-C in a terminal is meant for the program that started this one, which then closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cap_memory(order["memory"])
    worker = Worker(Path(order["backends"]), order["name"])
    frames = importlib.import_module(f"{HOST}._bridge.frames")
    inbox: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=listen, args=(requests, frames.read, inbox), daemon=True).start()
    while True:
        request = inbox.get()
        answer = worker.answer(request) | {"id": request["id"]}
        try:
            frames.write(answers, answer)
        except (frames.BrokenFrame, TypeError) as error:
            failed = {"kind": "other", "type": type(error).__name__, "text": str(error)}
            frames.write(answers, {"error": failed, "id": request["id"]})


if __name__ == "__main__":
    main()
