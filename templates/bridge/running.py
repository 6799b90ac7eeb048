"""One run on a simulator: what it is asked for, checked, and in the host's words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..base import ResultType, SimulatorType
from .options import Options
from .program import Program
from .results import (
    checked_density,
    checked_probabilities,
    checked_state,
    diagonal,
    squared_moduli,
)
from .sampling import count, draw, sample_with

if TYPE_CHECKING:
    from .base_adapter import BridgeAdapter

Ask = Callable[[str], Callable[..., Any]]
"""The adapter's own `state`, `density`, `probabilities` or `sample`, wherever it runs."""


class Job(NamedTuple):
    """A circuit that was read, with its options and the simulator's own gates."""

    settings: Options
    kind: SimulatorType
    program: Program
    gates: list[Any]


class Outcome(NamedTuple):
    """What goes into the result; `seed` is the one that was honoured."""

    data: dict[str, Any]
    result_type: ResultType
    seed: int | None


def run_job(backend: BridgeAdapter, job: Job, ask: Ask) -> Outcome:
    """The state or the counts of a job.

    Raises:
        WrongResult: The simulator gave something else.
    """
    settings, kind, program, gates = job
    n, shots = program.qubits, settings.shots
    if not shots:
        if kind is SimulatorType.DENSITY_MATRIX:
            density = checked_density(ask("density")(n, gates), n)
            return Outcome({"density_matrix": density}, ResultType.DENSITY_MATRIX, None)
        state = checked_state(ask("state")(n, gates), n)
        return Outcome({"statevector": state}, ResultType.STATEVECTOR, None)
    seed = settings.seed
    # A seed that the simulator's sampler would not honour is honoured by drawing here, where that can be done. Noise
    # that shows in samples only does not: it cannot be drawn from a state.
    honoured = backend.seeded or backend.sample_gives == "expectations"
    exact = not settings.noise and any(map(backend.has, ("state", "density", "probabilities")))
    own = backend.has("sample") and (seed is None or honoured or not exact)
    if own and kind is not SimulatorType.DENSITY_MATRIX:
        reverse = (backend.sample_order or backend.bit_order) != backend.bit_order
        run = partial(ask("sample"), n, gates)
        hits = sample_with(run, n, shots, seed, reverse, backend.sample_gives)
        seed = seed if honoured else None
    else:
        hits = draw(_weights(backend, job, ask), shots, np.random.default_rng(seed))
    counts = count(hits, n, program.ordered_measurements())
    data = {"counts": counts, "shots": shots, "repetitions": shots}
    return Outcome(data, ResultType.COUNTS, seed)


def _weights(backend: BridgeAdapter, job: Job, ask: Ask) -> np.ndarray:
    """The probabilities that counts are drawn from."""
    n, gates = job.program.qubits, job.gates
    if job.kind is SimulatorType.DENSITY_MATRIX:
        return diagonal(checked_density(ask("density")(n, gates), n))
    if backend.has("state"):
        return squared_moduli(checked_state(ask("state")(n, gates), n))
    return checked_probabilities(ask("probabilities")(n, gates), n)
