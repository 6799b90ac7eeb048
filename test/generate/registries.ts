/** Registries in the two shapes that are known: a map in `refresh_backend`, and a search. */
export const MAPPED = `"""A registry."""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass

from proxima.backends.base import BaseBackendAdapter


@dataclass
class BackendStatus:
    name: str
    available: bool
    adapter: BaseBackendAdapter | None = None
    reason: str | None = None


class BuiltIn(BaseBackendAdapter):
    def get_name(self) -> str:
        return "builtin"

    def is_available(self) -> bool:
        return True


class BackendRegistry:
    # All expected backend adapter classes
    BACKEND_ADAPTERS: list[type[BaseBackendAdapter]] = [
        BuiltIn,
    ]

    def __init__(self) -> None:
        self._statuses: dict[str, BackendStatus] = {}

    def discover(self) -> None:
        self._statuses = {}

        for adapter_cls in self.BACKEND_ADAPTERS:
            status = self._init_adapter(adapter_cls)
            self._statuses[status.name] = status

        self.at = time.time()

    def refresh_backend(self, name: str) -> BackendStatus | None:
        """Refresh one."""
        adapter_map = {"builtin": BuiltIn}
        adapter_cls = adapter_map.get(name.lower())
        if not adapter_cls:
            return None
        self._statuses[name] = self._init_adapter(adapter_cls)
        return self._statuses[name]

    def _init_adapter(self, adapter_cls: type[BaseBackendAdapter]) -> BackendStatus:
        adapter = adapter_cls()
        name = adapter.get_name()
        if not adapter.is_available():
            return BackendStatus(name=name, available=False, reason="adapter reported unavailable")
        return BackendStatus(name=name, available=True, adapter=adapter)

    def list_statuses(self) -> list[BackendStatus]:
        return list(self._statuses.values())
`

export const BASE = `"""The contract."""


class BaseBackendAdapter:
    """What all backends are."""
`
