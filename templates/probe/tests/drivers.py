"""Drivers of the tests' simulator, in the driver language."""

from __future__ import annotations

import copy
from typing import Any

from reference import ARITY

READINGS: dict[str, dict[str, Any]] = {
    "state": {"path": [{"attr": "state"}, {"call": []}], "kind": "state", "order": "big"},
    "density": {"path": [{"attr": "density"}, {"call": []}], "kind": "density", "order": "big"},
    "probabilities": {
        "path": [{"attr": "probabilities"}, {"call": []}],
        "kind": "probabilities",
        "order": "big",
    },
    "counts": {
        "path": [{"attr": "counts"}, {"call": [{"role": "shots"}, {"role": "seed"}]}],
        "kind": "counts",
        "order": "little",
    },
}


def gate(name: str) -> dict[str, Any]:
    """The entry of one gate: ``circuit.apply(name, [q0, ...], [p0, ...])``."""
    qubits, parameters = ARITY[name]
    arguments = [
        {"lit": name},
        {"list": [{"role": f"q{index}"} for index in range(qubits)]},
        {"list": [{"role": f"p{index}"} for index in range(parameters)]},
    ]
    call = {"call": {"attr": [{"var": "circuit"}, "apply"]}, "args": arguments}
    return {"apply": call, "effect": "inplace"}


def matrix_gate() -> dict[str, Any]:
    """The entry of the gate ``matrix``."""
    call = {
        "call": {"attr": [{"var": "circuit"}, "apply_matrix"]},
        "args": [{"role": "matrix"}, {"role": "gate_qubits"}],
    }
    return {"apply": call, "effect": "inplace"}


def driver(
    fault: str = "", state: str | None = "state", counts: bool = False, gates: Any = ARITY
) -> dict[str, Any]:
    """A driver of the simulator with one fault, reading a state of this kind and perhaps counts."""
    made = {
        "call": {"ref": "tiny_simulator:Circuit"},
        "args": [{"role": "n"}],
        "kwargs": {"fault": {"lit": fault}},
    }
    result: dict[str, Any] = {
        "schema": 1,
        "distribution": "tiny",
        "version": "1",
        "imports": ["tiny_simulator"],
        "setup": [{"var": "circuit", "value": made}],
        "gates": {name: gate(name) for name in gates},
    }
    if state:
        result["state"] = {"run": [], "root": "circuit", **copy.deepcopy(READINGS[state])}
    if counts or not state:
        result["counts"] = {"run": [], "root": "circuit", **copy.deepcopy(READINGS["counts"])}
    return result
