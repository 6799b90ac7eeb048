"""Integration tests of a backend: found by the host's registry, and run by its runner."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from ...base import ResultType
from .. import BridgeAdapter, Program, to_little_endian
from .circuits import ghz
from .measure import gives_states
from .suite import Suite

ROOT = __name__.split(".backends.")[0]
"""The host's package."""


def _host(module: str, name: str) -> Any:
    """Something of the host, or a skipped test where the host has no such thing."""
    try:
        return getattr(importlib.import_module(f"{ROOT}.{module}"), name)
    except (ImportError, AttributeError) as error:
        pytest.skip(f"the host has no {module}.{name} ({error})")


def _is_placed(adapter: type[BridgeAdapter]) -> None:
    """Skip for an adapter that does not stand in a folder of the host: nothing could discover it."""
    if not adapter.__module__.startswith(f"{ROOT}.backends."):
        pytest.skip("the adapter does not stand in the host's backends folder")


class Integration(Suite):
    """The backend inside the host."""

    def test_discovered(self, backend: BridgeAdapter) -> None:
        _is_placed(self.adapter)
        registry = _host("backends.registry", "BackendRegistry")()
        registry.discover()
        status = {found.name: found for found in registry.list_statuses()}.get(backend.name)
        assert status is not None, f"{backend.name} is not discovered"
        assert status.available, f"{backend.name} is discovered, yet not available: {status.reason}"
        assert type(registry.get(backend.name)) is self.adapter

    def test_refreshed(self, backend: BridgeAdapter) -> None:
        _is_placed(self.adapter)
        registry = _host("backends.registry", "BackendRegistry")()
        registry.discover()
        if not hasattr(registry, "refresh_backend"):
            pytest.skip("the host cannot refresh a backend")
        status = registry.refresh_backend(backend.name)
        assert status is not None and status.available, f"{backend.name} is lost when refreshed"

    @pytest.mark.parametrize(
        ("objective", "expected"),
        [
            ("create a bell state", {"00", "11"}),
            ("5 qubit ghz state", {"00000", "11111"}),
            ("quantum teleportation", None),
        ],
        ids=["bell", "ghz", "teleport"],
    )
    def test_quantum_runner(
        self, backend: BridgeAdapter, objective: str, expected: set[str] | None
    ) -> None:
        if expected is None:
            self.has("t")
        _is_placed(self.adapter)
        run = _host("core.runner", "quantum_runner")
        result = run({"objective": objective, "backend": backend.name, "shots": 2000})
        assert result.get("status") == "success", result.get("error", result)
        counts = result["raw_counts"]
        assert sum(counts.values()) == 2000, f"{sum(counts.values())} counts for 2000 shots"
        if expected is not None:
            assert set(counts) == expected, f"counts {counts}"
            assert min(counts.values()) > 800, f"both outcomes should come 1000 times: {counts}"
        else:
            # T|+⟩ is measured after a Bell measurement without corrections: all eight outcomes, equally often.
            assert set(counts) == {f"{index:03b}" for index in range(8)}, f"counts {counts}"
            assert min(counts.values()) > 150, f"each outcome should come 250 times: {counts}"

    def test_health(self, backend: BridgeAdapter) -> None:
        health = _host("backends.health", "check_backend_health")(backend)
        assert (
            health.available and str(getattr(health.status, "value", health.status)) == "healthy"
        ), str(health)

    def test_options_and_keywords_agree(self, backend: BridgeAdapter) -> None:
        program = ghz(2)
        for result in (
            backend.execute(program, {"shots": 100}),
            backend.execute(program, {"repetitions": 100}),
            backend.execute(program, shots=100),
            backend.execute(program, {"shots": 100, "repetitions": 100, "simulator_type": None}),
        ):
            assert result.result_type is ResultType.COUNTS
            assert result.shot_count == 100
            assert (
                result.data["shots"]
                == result.data["repetitions"]
                == sum(result.data["counts"].values())
                == 100
            )
        if gives_states(backend):
            result = backend.execute(program)
            assert result.shot_count is None
            assert backend.execute(program, {"shots": 0}).result_type is result.result_type

    def test_result(self, backend: BridgeAdapter) -> None:
        result = backend.execute(ghz(2), shots=100)
        assert result.backend == backend.name
        assert result.qubit_count == 2
        assert result.execution_time_ms > 0
        assert result.metadata["qubit_order"] == "big_endian"

    def test_normalizer(self, backend: BridgeAdapter) -> None:
        """The backend's normalizer turns results to little-endian, as the host's own do."""
        result = backend.execute(Program(2).add("x", 0), shots=10)
        assert to_little_endian(result).data["counts"] == {"01": 10}
        assert to_little_endian(to_little_endian(result)).data["counts"] == {"01": 10}
        if gives_states(backend):
            turned = to_little_endian(backend.execute(Program(2).add("x", 0)))
            (key,) = turned.data
            value = turned.data[key]
            assert abs(value[1] if value.ndim == 1 else value[1, 1]) > 0.99
