"""The registry's own rules; what every host must do is in ``tests/contract``."""

from __future__ import annotations

from proxima.backends.cirq_adapter import CirqBackendAdapter
from proxima.backends.registry import BackendRegistry


class Broken(CirqBackendAdapter):
    def __init__(self) -> None:
        raise RuntimeError("no licence")


class Unsure(CirqBackendAdapter):
    def get_name(self) -> str:
        return "unsure"

    def get_version(self) -> str:
        raise OSError("no version file")


class Absent(CirqBackendAdapter):
    def get_name(self) -> str:
        return "absent"

    def is_available(self) -> bool:
        return False


def registry_of(*adapters: type[CirqBackendAdapter]) -> BackendRegistry:
    registry = BackendRegistry()
    registry.BACKEND_ADAPTERS = list(adapters)
    registry.discover()
    return registry


def test_nothing_is_found_before_discovery() -> None:
    assert BackendRegistry().list_statuses() == []


def test_a_broken_backend_harms_no_other_and_says_why() -> None:
    registry = registry_of(Broken, Unsure, Absent, CirqBackendAdapter)
    assert registry.list_available() == ["unsure", "cirq"]
    assert registry.get_status("broken").reason == "initialization failed: no licence"
    assert registry.get_status("absent").reason == "adapter reported unavailable"
    assert "no version file" in (registry.get_status("unsure").version or "")


def test_reload_tells_what_changed() -> None:
    registry = registry_of(CirqBackendAdapter)
    seen: list[BackendRegistry] = []
    registry.on_reload(seen.append)
    assert registry.hot_reload() == {}
    registry.BACKEND_ADAPTERS = [Unsure]
    assert registry.hot_reload(force=True) == {"cirq": "removed", "unsure": "added"}
    assert registry.hot_reload(force=True) == {"unsure": "unchanged"}
    assert seen == [registry, registry]


def test_health_follows_failures_and_successes() -> None:
    registry = registry_of(CirqBackendAdapter)
    for _ in range(6):
        registry.mark_backend_failure("cirq")
    assert registry.get_healthy_backends() == []
    assert registry.get_status("cirq").consecutive_failures == 6
    for _ in range(3):
        registry.mark_backend_success("cirq")
    assert registry.get_healthy_backends() == ["cirq"]
    registry.mark_backend_failure("unknown")


def test_statistics() -> None:
    stats = registry_of(Absent, CirqBackendAdapter).get_discovery_stats()
    assert (stats["discovery_count"], stats["total_backends"], stats["available_backends"]) == (
        1,
        2,
        1,
    )
