"""Health checks: is a backend there, does it say what it is, and does one qubit come out right."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import cirq
import numpy as np

from proxima.backends.base import BaseBackendAdapter, ExecutionResult


class HealthStatus(str, Enum):
    """How well a backend is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


@dataclass
class HealthCheckResult:
    """What a check found. ``checks`` tells for each step whether it worked."""

    backend_name: str
    status: HealthStatus
    available: bool
    latency_ms: float | None = None
    version: str | None = None
    message: str | None = None
    checks: dict[str, bool] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    timestamp: float = field(default_factory=time.time)


@dataclass
class ConnectionTestResult:
    """What running one small circuit gave."""

    backend_name: str
    success: bool
    execution_time_ms: float | None = None
    result_valid: bool = False
    error: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def check_backend_health(
    adapter: BaseBackendAdapter, *, run_execution_test: bool = False
) -> HealthCheckResult:
    """Check one backend.

    Args:
        adapter: The backend.
        run_execution_test: Whether to run a circuit too, which may load the simulator.
    """
    name = adapter.get_name()
    start = time.perf_counter()
    checks: dict[str, bool] = {}
    metadata: dict[str, Any] = {}
    version: str | None = None
    try:
        checks["availability"] = adapter.is_available()
        if checks["availability"]:
            version = adapter.get_version()
            checks["version"] = version not in ("unknown", "unavailable")
            metadata["max_qubits"] = adapter.get_capabilities().max_qubits
            checks["capabilities"] = True
    except Exception as error:
        metadata["error"] = str(error)
        checks.setdefault("availability", False)
        checks["answers"] = False
    if run_execution_test and all(checks.values()):
        tested = run_simple_execution_test(adapter)
        checks["execution"] = tested.success and tested.result_valid
        metadata["execution"] = tested.details | {"error": tested.error}
    failed = [check for check, worked in checks.items() if not worked]
    mild = failed in (["version"], ["execution"])
    status = HealthStatus.DEGRADED if mild else HealthStatus.UNHEALTHY
    return HealthCheckResult(
        backend_name=name,
        status=status if failed else HealthStatus.HEALTHY,
        available=checks["availability"],
        latency_ms=(time.perf_counter() - start) * 1000,
        version=version,
        message=f"Failed checks: {', '.join(failed)}" if failed else "All checks passed",
        checks=checks,
        metadata=metadata,
    )


def run_simple_execution_test(adapter: BaseBackendAdapter) -> ConnectionTestResult:
    """Run one qubit in superposition and look at what comes out."""
    name = adapter.get_name()
    start = time.perf_counter()
    try:
        result = adapter.execute(create_test_circuit(name), {})
    except Exception as error:
        return ConnectionTestResult(name, success=False, error=str(error))
    return ConnectionTestResult(
        backend_name=name,
        success=True,
        execution_time_ms=(time.perf_counter() - start) * 1000,
        result_valid=verify_test_result(result),
        details={"result_type": result.result_type.value, "qubit_count": result.qubit_count},
    )


def create_test_circuit(backend_name: str) -> cirq.Circuit:
    """Return one Hadamard gate. Every backend runs Cirq's circuits, so its name does not matter."""
    return cirq.Circuit(cirq.H(cirq.LineQubit(0)))


def verify_test_result(result: ExecutionResult) -> bool:
    """Tell whether the result is an even superposition of one qubit."""
    if result.qubit_count != 1:
        return False
    if "statevector" in result.data:
        shares = np.abs(np.asarray(result.data["statevector"])) ** 2
        return shares.shape == (2,) and bool(np.allclose(shares, 0.5, atol=0.01))
    if "density_matrix" in result.data:
        shares = np.real(np.diag(np.asarray(result.data["density_matrix"])))
        return shares.shape == (2,) and bool(np.allclose(shares, 0.5, atol=0.01))
    counts = result.data.get("counts", {})
    total = sum(counts.values())
    # Five standard deviations of a fair coin.
    return total > 0 and abs(counts.get("0", 0) - total / 2) <= 2.5 * total**0.5


def generate_health_report(results: list[HealthCheckResult]) -> dict[str, Any]:
    """Summarise several checks: numbers, and the facts of each backend."""
    number = {status: sum(r.status is status for r in results) for status in HealthStatus}
    worst = HealthStatus.HEALTHY
    if number[HealthStatus.UNHEALTHY] == len(results) and results:
        worst = HealthStatus.UNHEALTHY
    elif number[HealthStatus.HEALTHY] < len(results):
        worst = HealthStatus.DEGRADED
    return {
        "overall_status": worst.value,
        "total_backends": len(results),
        "available": sum(result.available for result in results),
        "healthy": number[HealthStatus.HEALTHY],
        "degraded": number[HealthStatus.DEGRADED],
        "unhealthy": number[HealthStatus.UNHEALTHY],
        "backends": {
            result.backend_name: {
                "status": result.status.value,
                "available": result.available,
                "version": result.version,
                "latency_ms": result.latency_ms,
                "message": result.message,
            }
            for result in results
        },
    }
