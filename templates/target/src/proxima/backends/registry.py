"""The registry: which backends there are, which of them can run here, and why the others cannot."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from proxima.backends.base import BaseBackendAdapter, Capabilities
from proxima.backends.cirq_adapter import CirqBackendAdapter
from proxima.backends.numpy_adapter import NumpyBackendAdapter

logger = logging.getLogger(__name__)

ReloadCallback = Callable[["BackendRegistry"], None]


@dataclass
class BackendStatus:
    """What is known about one backend.

    ``adapter``, ``capabilities`` and ``version`` are there when it is available, ``reason`` when it
    is not. ``health_score`` runs from 0 (failing) to 1; times are seconds since the epoch.
    """

    name: str
    available: bool
    adapter: BaseBackendAdapter | None = None
    capabilities: Capabilities | None = None
    version: str | None = None
    reason: str | None = None
    last_checked: float = field(default_factory=time.time)
    health_score: float = 1.0
    consecutive_failures: int = 0


class BackendRegistry:
    """Finds backends and keeps their status. Safe to use from several threads."""

    #: Seconds for which ``hot_reload`` takes the last discovery for fresh.
    CACHE_TTL_SECONDS: float = 300.0

    #: The adapters, in the order in which they are shown. Each is built without arguments.
    BACKEND_ADAPTERS: list[type[BaseBackendAdapter]] = [
        CirqBackendAdapter,
        NumpyBackendAdapter,
    ]

    def __init__(self) -> None:
        self._statuses: dict[str, BackendStatus] = {}
        self._lock = threading.RLock()
        self._reload_callbacks: list[ReloadCallback] = []
        self._last_discovery: float = 0.0
        self._discovery_count: int = 0

    def discover(self) -> None:
        """Build every adapter and note its status. A broken one harms no other."""
        with self._lock:
            self._discover_internal()

    def _discover_internal(self) -> None:
        """Do the discovery; the caller holds the lock."""
        self._statuses = {}
        for adapter_cls in self.BACKEND_ADAPTERS:
            status = self._init_adapter(adapter_cls)
            self._statuses[status.name] = status
        self._last_discovery = time.time()
        self._discovery_count += 1

    def hot_reload(self, force: bool = False) -> dict[str, str]:
        """Discover again when the last discovery is old, or when forced.

        Returns:
            For each backend ``added``, ``removed``, ``changed`` or ``unchanged``; empty when the
            last discovery was fresh.
        """
        with self._lock:
            if not force and time.time() - self._last_discovery < self.CACHE_TTL_SECONDS:
                return {}
            before = dict(self._statuses)
            self._discover_internal()
            changes = {
                name: _change(before.get(name), self._statuses.get(name))
                for name in before | self._statuses
            }
        for callback in self._reload_callbacks:
            try:
                callback(self)
            except Exception:
                logger.exception("a reload callback failed")
        return changes

    def refresh_backend(self, name: str) -> BackendStatus | None:
        """Build one adapter again and return its status, or ``None`` for an unknown name."""
        built = [self._init_adapter(adapter_cls) for adapter_cls in self.BACKEND_ADAPTERS]
        found = next((status for status in built if status.name == name), None)
        if found is None:
            return None
        with self._lock:
            self._statuses[name] = found
        return found

    def register(self, adapter: BaseBackendAdapter) -> None:
        """Add a ready adapter, or replace the one of the same name."""
        status = BackendStatus(
            name=adapter.get_name(),
            available=True,
            adapter=adapter,
            capabilities=adapter.get_capabilities(),
            version=_version(adapter),
        )
        with self._lock:
            self._statuses[status.name] = status

    def unregister(self, name: str) -> bool:
        """Remove a backend until the next discovery. Returns whether it was there."""
        with self._lock:
            return self._statuses.pop(name, None) is not None

    def on_reload(self, callback: ReloadCallback) -> None:
        """Call ``callback`` with the registry after each reload."""
        self._reload_callbacks.append(callback)

    def get(self, name: str) -> BaseBackendAdapter:
        """Return the adapter of an available backend.

        Raises:
            KeyError: For an unknown name, or with the reason for one that is unavailable.
        """
        status = self.get_status(name)
        if not status.available or status.adapter is None:
            raise KeyError(f"Backend '{name}' is unavailable: {status.reason or 'unknown reason'}")
        return status.adapter

    def get_status(self, name: str) -> BackendStatus:
        """Return a backend's status.

        Raises:
            KeyError: For an unknown name.
        """
        with self._lock:
            if name not in self._statuses:
                raise KeyError(f"Backend '{name}' not registered")
            return self._statuses[name]

    def get_capabilities(self, name: str) -> Capabilities:
        """Return what an available backend can do. Raises ``KeyError`` as ``get`` does."""
        return self.get(name).get_capabilities()

    def is_available(self, name: str) -> bool:
        """Return whether a backend is known and can run here."""
        with self._lock:
            return name in self._statuses and self._statuses[name].available

    def list_available(self) -> list[str]:
        """Return the names of the backends that can run here."""
        with self._lock:
            return [name for name, status in self._statuses.items() if status.available]

    def list_statuses(self) -> list[BackendStatus]:
        """Return the status of every backend."""
        with self._lock:
            return list(self._statuses.values())

    def get_healthy_backends(self, min_health: float = 0.5) -> list[str]:
        """Return the names of available backends with at least this health score."""
        return [
            status.name
            for status in self.list_statuses()
            if status.available and status.health_score >= min_health
        ]

    def mark_backend_failure(self, name: str, severity: float = 0.1) -> None:
        """Lower a backend's health score by ``severity`` after a failed run."""
        with self._lock:
            status = self._statuses.get(name)
            if status is not None:
                status.health_score = max(0.0, status.health_score - severity)
                status.consecutive_failures += 1

    def mark_backend_success(self, name: str, recovery: float = 0.05) -> None:
        """Raise a backend's health score by ``recovery`` after a run that worked."""
        with self._lock:
            status = self._statuses.get(name)
            if status is not None:
                status.health_score = min(1.0, status.health_score + recovery)
                status.consecutive_failures = 0

    def get_discovery_stats(self) -> dict[str, float | int | None]:
        """Return how often and when backends were discovered, and how many there are."""
        with self._lock:
            age = time.time() - self._last_discovery if self._last_discovery else None
            return {
                "discovery_count": self._discovery_count,
                "last_discovery": self._last_discovery,
                "cache_age_seconds": age,
                "total_backends": len(self._statuses),
                "available_backends": len(self.list_available()),
            }

    def _init_adapter(self, adapter_cls: type[BaseBackendAdapter]) -> BackendStatus:
        """Build one adapter and return its status; what it raises becomes the reason."""
        name = adapter_cls.__name__.lower()
        step = "initialization"
        try:
            adapter = adapter_cls()
            name = adapter.get_name()
            step = "availability check"
            if not adapter.is_available():
                return BackendStatus(name, False, reason="adapter reported unavailable")
            step = "capabilities check"
            capabilities = adapter.get_capabilities()
        except Exception as error:
            return BackendStatus(name, False, reason=f"{step} failed: {error}")
        return BackendStatus(name, True, adapter, capabilities, _version(adapter))


def _version(adapter: BaseBackendAdapter) -> str:
    """Return the adapter's version; a failure to tell it does not make a backend unavailable."""
    try:
        return adapter.get_version()
    except Exception as error:
        return f"unknown (version check failed: {error})"


def _change(before: BackendStatus | None, after: BackendStatus | None) -> str:
    """Name what a reload changed about one backend."""
    if before is None:
        return "added"
    if after is None:
        return "removed"
    same = (before.available, before.version) == (after.available, after.version)
    return "unchanged" if same else "changed"


#: The registry that the package itself uses. Nothing is discovered before ``discover`` is called.
backend_registry = BackendRegistry()
