"""What `execute` may be asked for, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..base import SimulatorType
from .errors import InvalidCircuit
from .noise import read_noise

KNOWN = frozenset(
    {
        "shots",
        "repetitions",
        "simulator_type",
        "seed",
        "params",
        "parameters",
        "timeout_seconds",
        "timeout",
        "noise_model",
    }
)


@dataclass(slots=True)
class Options:
    """Checked options of one run."""

    shots: int = 0
    """0 means: give the state."""
    simulator_type: SimulatorType | None = None
    seed: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    noise: float | None = None
    """Probability with which every gate depolarises each of its qubits."""
    timeout_seconds: float | None = None
    ignored: tuple[str, ...] = ()
    """Options that this bridge does not know; they are reported in the result's metadata."""


def read_options(options: Mapping[str, Any] | None, further: Mapping[str, Any]) -> Options:
    """Check the options of one run.

    Args:
        options: The host's dictionary; a value of None means the default.
        further: Keyword arguments of `execute`; the same names, and they win.

    Raises:
        InvalidCircuit: A value of the wrong type or range, or an option that cannot be honoured.
    """
    if options is not None and not isinstance(options, Mapping):
        raise InvalidCircuit(f"options must be a dictionary, not {type(options).__name__}")
    given = {
        name: value for name, value in {**(options or {}), **further}.items() if value is not None
    }
    if not given:
        return Options()
    shots = _count(given, "shots")
    repetitions = _count(given, "repetitions")
    if shots is not None and repetitions is not None and shots != repetitions:
        raise InvalidCircuit(
            f"shots = {shots} and repetitions = {repetitions} contradict each other; give one of them"
        )
    if shots is None:
        shots = repetitions or 0
    return Options(
        shots=shots,
        simulator_type=_simulator_type(given.get("simulator_type")),
        seed=_count(given, "seed"),
        params=_params(given),
        noise=read_noise(given.get("noise_model")),
        timeout_seconds=_seconds(given.get("timeout_seconds", given.get("timeout"))),
        ignored=tuple(sorted(str(name) for name in given if name not in KNOWN)),
    )


def _count(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidCircuit(f"the option {name} must be a whole number, not {value!r:.80}")
    if value < 0:
        raise InvalidCircuit(f"the option {name} must not be negative, it is {value}")
    return int(value)


def _simulator_type(value: Any) -> SimulatorType | None:
    if value is None:
        return None
    try:
        return SimulatorType(value)
    except ValueError as error:
        known = ", ".join(kind.value for kind in SimulatorType)
        raise InvalidCircuit(f"unknown simulator_type {value!r:.80}; known are {known}") from error


def _params(given: Mapping[str, Any]) -> Mapping[str, Any]:
    value = given.get("params", given.get("parameters"))
    if value is None:
        return {}
    # cirq.ParamResolver, recognised without importing it.
    value = getattr(value, "param_dict", value)
    if not isinstance(value, Mapping):
        raise InvalidCircuit(
            f"the option params must map names to numbers, not be a {type(value).__name__}"
        )
    return value


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 < value < float("inf")
    ):
        raise InvalidCircuit(
            f"the option timeout_seconds must be a positive number, not {value!r:.80}"
        )
    return float(value)
