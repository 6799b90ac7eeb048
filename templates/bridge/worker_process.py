"""The worker process of an isolated backend, as the backend sees it: started once, asked one thing at a time."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Any

from . import frames
from .environments import interpreter_in

START_SECONDS = 300.0
"""For starting and for importing the package; some compile at their first import."""
END_SECONDS = 2.0
_SAID = 8


class WorkerError(RuntimeError):
    """The package raised this in the worker; the worker goes on."""


class WorkerLost(RuntimeError):
    """The worker process ended in the middle of a run; the next run starts another."""


class WorkerProcess:
    """One process for one backend of this program.

    Args:
        environment: Where the package is installed.
        backends: Folder of the backends.
        name: The backend.
        memory: Bytes of address space that the process may take.
    """

    def __init__(self, environment: Path, backends: Path, name: str, memory: int) -> None:
        self._name = name
        self._lock = threading.RLock()
        self._ids = itertools.count(1)
        self._process: subprocess.Popen | None = None
        self._said: deque[str] = deque(maxlen=_SAID)
        self._prepared: dict[str, Any] = {}
        order = {"backends": str(backends), "name": name, "memory": memory}
        program = Path(__file__).with_name("worker.py")
        self._command = [
            str(interpreter_in(environment)),
            *("-I", str(program), json.dumps(order)),
        ]

    def prepare(self) -> dict[str, Any]:
        """What the worker said of the adapter's gates when it was started.

        Raises:
            ImportError: The package cannot be imported in its environment.
            WorkerLost: The process ended instead.
            TimeoutError: It did not start in time.
        """
        with self._lock:
            if not self._runs():
                self._start()
            return self._prepared

    def ask(self, method: str, n: int, gates: list, more: list, seconds: float, most: int) -> Any:
        """What a method of the adapter gives for n qubits and the gates, which are names with their values.

        A worker that ended since the last run is replaced. One that ends in this run is not asked again.

        Args:
            method: `state`, `density`, `probabilities` or `sample`.
            n: Number of qubits.
            gates: Name and values of each gate.
            more: Further arguments of the method.
            seconds: The run is ended when it takes longer.
            most: Bytes that the arrays of the answer may have.

        Raises:
            WorkerError, ImportError, MemoryError: What the package raised, by its kind.
            WorkerLost: The process ended.
            TimeoutError: It took too long; the process was ended.
        """
        with self._lock:
            self.prepare()
            request = {"do": method, "n": n, "gates": gates, "more": more}
            return self._exchange(request, seconds, most)

    def close(self) -> None:
        """End the process; a run that another thread waits for ends with an error."""
        alone = self._lock.acquire(timeout=END_SECONDS)
        process, self._process = self._process, None
        if alone:
            self._lock.release()
        if process is None:
            return
        if not alone:
            _kill(process)
            return
        for pipe in (process.stdin, process.stdout):
            # Closing writes what is buffered, which nobody reads any more.
            try:
                pipe.close()  # type: ignore[union-attr]
            except OSError:
                continue
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        _kill(process)
        process.wait()

    def forget(self) -> None:
        """Leave the process to the program that this one was forked from."""
        process, self._process = self._process, None
        self._lock = threading.RLock()
        if process is None:
            return
        for pipe in (process.stdin, process.stdout, process.stderr):
            os.close(pipe.fileno())  # type: ignore[union-attr]
        process.returncode = 0  # not ours to wait for

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _start(self) -> None:
        self.close()
        self._said.clear()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A group of its own: what it starts ends with it.
            start_new_session=True,
        )
        threading.Thread(
            target=_listen, args=(self._process.stderr, self._said), daemon=True
        ).start()
        self._prepared = self._exchange({"do": "prepare"}, START_SECONDS, 0)

    def _exchange(self, request: dict[str, Any], seconds: float, most: int) -> Any:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            _kill(process)

        request["id"] = next(self._ids)
        clock = threading.Timer(seconds, stop)
        clock.daemon = True
        clock.start()
        try:
            frames.write(process.stdin, request)
            answer = frames.read(process.stdout, most)
            if not isinstance(answer, dict) or answer.get("id") != request["id"]:
                raise frames.BrokenFrame("the worker answered something else")
        except (EOFError, OSError, frames.BrokenFrame) as error:
            reason = self._end_of(process, error)
            self.close()
            if late.is_set():
                raise TimeoutError(
                    f"timed out: the worker of {self._name} took more than {seconds:g} s and was ended"
                ) from None
            raise WorkerLost(f"the worker of {self._name} {reason}") from error
        except BaseException:
            # Interrupted: the answer is still to come, and would be taken for that of the next request.
            self.close()
            raise
        finally:
            clock.cancel()
        if "error" in answer:
            raise _raised(answer["error"])
        return answer["value"]

    def _end_of(self, process: subprocess.Popen, error: Exception) -> str:
        if isinstance(error, frames.BrokenFrame):
            return f"gave an answer that cannot be used ({error})"
        try:
            code = process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return "closed its pipe"
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        said = [line for line in self._said if line.strip()]
        return f"{how}; it said last: {said[-1].strip()[:300]}" if said else how


def _raised(error: dict[str, Any]) -> Exception:
    kind, text = error.get("kind"), f"{error.get('type')}: {error.get('text')}"
    if kind == "import":
        return ImportError(str(error.get("text")))
    return MemoryError(text) if kind == "memory" else WorkerError(text)


def _listen(stream: Any, said: deque[str]) -> None:
    """Keep the last lines of what the package writes; a pipe that nobody reads would stop it."""
    rest = b""
    try:
        while block := os.read(stream.fileno(), 65536):
            *lines, rest = (rest + block)[-65536:].split(b"\n")
            said.extend(line.decode("utf-8", "replace") for line in lines[-_SAID:])
    except (OSError, ValueError):
        pass  # closed while it was read
    finally:
        if rest:
            said.append(rest.decode("utf-8", "replace"))
        if not stream.closed:
            stream.close()


def _kill(process: subprocess.Popen) -> None:
    """End the process and whatever it started."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # gone already


_POOL: dict[tuple[str, str, int], WorkerProcess] = {}
_POOL_LOCK = threading.Lock()


def worker_of(environment: Path, folder: Path, memory: int) -> WorkerProcess:
    """The worker of a backend: one in a program, however many adapters are made.

    Args:
        environment: Where the package is installed.
        folder: The backend's folder.
        memory: Bytes of address space that the process may take.
    """
    key = (str(environment), str(folder), memory)
    with _POOL_LOCK:
        if key not in _POOL:
            _POOL[key] = WorkerProcess(environment, folder.parent, folder.name, memory)
        return _POOL[key]


def close_workers() -> None:
    """End all workers; the next run starts them again."""
    with _POOL_LOCK:
        workers = list(_POOL.values())
        _POOL.clear()
    for worker in workers:
        worker.close()


def _after_fork() -> None:
    global _POOL_LOCK
    _POOL_LOCK = threading.Lock()
    for worker in _POOL.values():
        worker.forget()


atexit.register(close_workers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
