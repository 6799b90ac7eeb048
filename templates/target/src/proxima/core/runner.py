"""Runs an objective in words, such as "5 qubit ghz", on a backend."""

from __future__ import annotations

import re
from typing import Any

import cirq

from proxima.backends.base import SimulatorType
from proxima.backends.registry import BackendRegistry

DEFAULT_SHOTS = 1024


def create_bell_state_circuit() -> cirq.Circuit:
    """Return two qubits, always equal."""
    q0, q1 = cirq.LineQubit.range(2)
    return cirq.Circuit(cirq.H(q0), cirq.CNOT(q0, q1), cirq.measure(q0, q1, key="result"))


def create_ghz_state_circuit(num_qubits: int = 3) -> cirq.Circuit:
    """Return ``num_qubits`` qubits, all equal."""
    qubits = cirq.LineQubit.range(num_qubits)
    return cirq.Circuit(
        cirq.H(qubits[0]),
        (cirq.CNOT(a, b) for a, b in zip(qubits, qubits[1:], strict=False)),
        cirq.measure(*qubits, key="result"),
    )


def create_teleportation_circuit() -> cirq.Circuit:
    """Return teleportation of T·H|0> from qubit 0 to qubit 2, before the corrections.

    Two keys are measured: the Bell measurement of qubits 0 and 1, and qubit 2. Without corrections
    all eight outcomes are equally likely.
    """
    q0, q1, q2 = cirq.LineQubit.range(3)
    return cirq.Circuit(
        cirq.H(q0),
        cirq.T(q0),
        cirq.H(q1),
        cirq.CNOT(q1, q2),
        cirq.CNOT(q0, q1),
        cirq.H(q0),
        cirq.measure(q0, q1, key="bell_measurement"),
        cirq.measure(q2, key="result"),
    )


def parse_objective(objective: str) -> dict[str, Any]:
    """Return ``circuit_type`` and ``qubits`` of an objective; unknown words mean a Bell pair."""
    words = objective.lower()
    if "ghz" in words:
        number = re.search(r"(\d+)[-\s]*qubit", words)
        return {"circuit_type": "ghz", "qubits": int(number[1]) if number else 3}
    if "teleport" in words:
        return {"circuit_type": "teleportation", "qubits": 3}
    return {"circuit_type": "bell", "qubits": 2}


def quantum_runner(plan: dict[str, Any]) -> dict[str, Any]:
    """Run a plan.

    Args:
        plan: ``objective`` in words, ``backend`` (default ``cirq``; ``auto`` takes the first
            that is available), ``shots`` (default 1024), ``timeout_seconds``.

    Returns:
        ``status`` ``success`` with ``raw_counts``, ``counts`` (number and percentage, most frequent
        first) and the facts of the run; or ``status`` ``error`` with ``error`` in words.
    """
    registry = BackendRegistry()
    registry.discover()
    name = plan.get("backend", "cirq")
    if name == "auto":
        name = next(iter(registry.list_available()), name)
    wanted = parse_objective(plan.get("objective", "bell"))
    shots = plan.get("shots", DEFAULT_SHOTS)
    options = {"simulator_type": SimulatorType.STATE_VECTOR, "shots": shots, "repetitions": shots}
    if plan.get("timeout_seconds") is not None:
        options["timeout_seconds"] = plan["timeout_seconds"]
    try:
        result = registry.get(name).execute(_circuit(wanted), options)
    except KeyError as error:
        return {"status": "error", "error": str(error.args[0])}
    except Exception as error:
        return {"status": "error", "error": str(error)}
    counts = result.data.get("counts", {})
    total = sum(counts.values())
    return {
        "status": "success",
        "backend": name,
        **wanted,
        "shots": shots,
        "execution_time_ms": result.execution_time_ms,
        "counts": {
            key: {"count": number, "percentage": round(100 * number / total, 2)}
            for key, number in sorted(counts.items(), key=lambda item: -item[1])
        },
        "raw_counts": counts,
    }


def _circuit(wanted: dict[str, Any]) -> cirq.Circuit:
    if wanted["circuit_type"] == "ghz":
        return create_ghz_state_circuit(wanted["qubits"])
    if wanted["circuit_type"] == "teleportation":
        return create_teleportation_circuit()
    return create_bell_state_circuit()
