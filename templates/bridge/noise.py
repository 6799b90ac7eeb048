"""Depolarising noise: what `noise_model` may be, and where the channel stands in a circuit.

Depolarising a qubit with probability p is ρ → (1 − p)ρ + p/3 (XρX + YρY + ZρZ), as Cirq counts it.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..base import SimulatorType
from .errors import InvalidCircuit
from .program import Operation, Program

if TYPE_CHECKING:
    from .options import Options

CHANNEL = "depolarize"
"""Name of the channel in a backend's table: a function of the probability, then of the qubit."""
_KINDS = ("depolarizing", "depolarising", CHANNEL)
_PROBABILITIES = ("p", "probability", "error_rate", "error_probability")


def read_noise(value: Any) -> float | None:
    """The probability with which every gate depolarises each of its qubits; None without noise.

    Args:
        value: A number; `{"depolarizing": p}`; `{"type": "depolarizing", "p": p}` (or `probability`, `error_rate`); or
            Cirq's `ConstantQubitNoiseModel` of its `depolarize(p)`.

    Raises:
        InvalidCircuit: Another kind of noise, or no probability.
    """
    if value is None or value is False or (isinstance(value, Mapping) and not value):
        return None
    found = _probability(value)
    if isinstance(found, bool) or not isinstance(found, int | float | np.number):
        raise InvalidCircuit(
            f"the option noise_model must be a probability or {{'depolarizing': p}}, not {value!r:.80}"
        )
    if not 0 <= found <= 1:
        raise InvalidCircuit(f"the noise's probability must lie between 0 and 1, it is {found!r}")
    return float(found)


def _probability(value: Any) -> Any:
    if isinstance(value, Mapping):
        kind = str(value.get("type", value.get("model", ""))).lower()
        names = _PROBABILITIES if kind in _KINDS else _KINDS
        return next((value[name] for name in names if name in value), None)
    gate = getattr(value, "qubit_noise_gate", None)
    if type(gate).__name__ == "DepolarizingChannel":  # recognised without importing cirq
        return gate.p if gate.n_qubits == 1 else None
    return value


def with_noise(program: Program, probability: float | None) -> Program:
    """The program with the channel on each qubit of every gate, right after the gate."""
    if not probability:
        return program
    noisy = copy.copy(program)
    noisy.operations = [
        step
        for operation in program.operations
        for step in (
            operation,
            *(Operation(CHANNEL, (probability,), (qubit,)) for qubit in operation.qubits),
        )
    ]
    return noisy


def noisy_kind(settings: Options, shows: Collection[str]) -> SimulatorType | None:
    """The kind of simulation that a run's noise asks for; None where it asks for none.

    Args:
        settings: Options of the run.
        shows: Methods of the backend whose results show the channel.

    Raises:
        InvalidCircuit: The backend has no noise, or it does not show in what is asked for.
    """
    if settings.noise is None or (settings.noise == 0 and not shows):
        return None
    if not shows:
        raise InvalidCircuit("this backend has no noise; leave out the option noise_model")
    if "density" in shows:
        if settings.simulator_type not in (None, SimulatorType.DENSITY_MATRIX):
            raise InvalidCircuit("noise needs the simulator_type density_matrix")
        return SimulatorType.DENSITY_MATRIX
    if not settings.shots:
        raise InvalidCircuit("noise shows in counts only; ask for shots")
    return None
