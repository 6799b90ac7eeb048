"""`IsolatedAdapter`: a backend whose package cannot be installed beside the host runs in an environment of its own.

The adapter is written as any other. Reading, lowering, the order of qubits and sampling stay in this process; the
methods of the adapter itself (`gates`, `state`, `sample`, …) run in a worker process, where the package is installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ..exceptions import BackendNotInstalledError, wrap_backend_exception
from .base_adapter import BridgeAdapter, GateTable
from .environments import lock_text, made_environment, normalized, pinned_versions
from .lowering import Lowering
from .options import Options
from .worker_process import WorkerProcess, worker_of

SECONDS = "GRAFT_WORKER_SECONDS"
"""Environment variable: seconds after which a run without `timeout_seconds` is ended; 3600 where it is not set."""
MEMORY = "GRAFT_WORKER_GIB"
"""Environment variable: GiB of memory that a worker may take; three quarters of the machine's where it is not set."""


class IsolatedAdapter(BridgeAdapter):
    """A backend on the bridge whose package is installed in an environment of its own.

    The environment is made by hand, by `python -m <host>.backends._bridge.isolate NAME`; until then the backend is
    unavailable, and says so.
    """

    def unavailable_reason(self) -> str | None:
        """That the environment was not made yet, and how it is made; None when it is there."""
        if made_environment(self._folder()) is not None:
            return None
        command = f"python -m {__package__}.isolate {self._folder().name}"
        return (
            f"{self.package} cannot be installed beside what else is used here, and its own environment is not made "
            f"yet; to make it, run: {command}"
        )

    def get_version(self) -> str:
        """Version of the package in its environment, or "unavailable"."""
        if not self.is_available():
            return "unavailable"
        return pinned_versions(lock_text(self._folder())).get(normalized(self.package), "unknown")

    def native_worker(self) -> WorkerProcess:
        """The process that runs the package.

        Raises:
            BackendNotInstalledError: The environment is not made.
        """
        environment = made_environment(self._folder())
        if environment is None:
            raise BackendNotInstalledError(self.name, [self.package])
        return worker_of(environment, self._folder(), worker_memory())

    def _prepared(self) -> tuple[GateTable, Lowering]:
        """Gates that only note what they are; the worker makes the package's own of them."""
        if self._ready is None:
            try:
                found = self.native_worker().prepare()
            except (ImportError, RuntimeError, TimeoutError, MemoryError) as error:
                raise wrap_backend_exception(error, self.name, "import") from error
            table = {name: partial(_noted, name) for name in found["gates"]}
            self._ready = table, Lowering(table, *found["matrix_sizes"])
        return self._ready

    def native(self, method: str, settings: Options) -> Callable[..., Any]:
        """The adapter's method as the worker runs it."""
        seconds = settings.timeout_seconds or _number(SECONDS, 3600.0)

        def ask(n: int, gates: list[Any], *more: Any) -> Any:
            value = self.native_worker().ask(
                method, n, gates, list(more), seconds, _most(method, n)
            )
            # Outcomes come as pairs: the keys of JSON are texts.
            return dict(map(tuple, value)) if method == "sample" else value

        return ask

    @classmethod
    def _folder(cls) -> Path:
        """The backend's folder."""
        return Path(str(sys.modules[cls.__module__].__file__)).parent


def _noted(name: str, *values: Any) -> tuple[str, tuple[Any, ...]]:
    return name, values


def _most(method: str, n: int) -> int:
    """Bytes of an answer's array: 2^n or 4^n complex numbers of at most 32 bytes. Samples come as text."""
    if method == "sample":
        return 0
    return 32 << (2 * n if method == "density" else n)


def worker_memory() -> int:
    """Bytes that a worker may take; where the system does not say how many there are, 8 GiB."""
    if MEMORY in os.environ:
        return int(_number(MEMORY, 8.0) * 2**30)
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    except (AttributeError, ValueError, OSError):
        return 8 * 2**30


def _number(variable: str, default: float) -> float:
    try:
        value = float(os.environ.get(variable, ""))
    except ValueError:
        return default
    return value if 0 < value < 1e9 else default
