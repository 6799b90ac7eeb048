"""Several circuits, or one circuit with several sets of parameters: in one native call where the simulator has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import WrongResult
from .options import read_options
from .running import Job, run_job

if TYPE_CHECKING:
    from ..base import ExecutionResult
    from .base_adapter import BridgeAdapter


def run_together(
    backend: BridgeAdapter, jobs: Sequence[tuple[Any, Mapping[str, Any]]]
) -> list[ExecutionResult]:
    """Results of (circuit, options), in their order.

    Jobs that the simulator cannot take together (of several sizes, with noise) are run one by one. The first job that
    cannot be run raises, as `execute` does.
    """
    started = perf_counter()
    with backend.wrapped():
        prepared = [
            backend.prepare(circuit, read_options(settings, {})) for circuit, settings in jobs
        ]
        together = len(jobs) > 1 and _fit(backend, prepared)
        raws = _raw_results(backend, prepared) if together else []
        results = [
            run_job(backend, job, lambda _method, raw=raw: lambda *_: raw)
            for job, raw in zip(prepared, raws, strict=False)
        ]
    if not together:
        return [backend.execute(circuit, dict(settings)) for circuit, settings in jobs]
    each = (perf_counter() - started) / len(jobs)
    return [
        backend.result(job, outcome, each) for job, outcome in zip(prepared, results, strict=True)
    ]


def sweep(
    circuit: Any, parameter_sets: Sequence[Mapping[str, float]], settings: Mapping[str, Any]
) -> list[tuple[Any, Mapping[str, Any]]]:
    """A job for each set of parameters; parameters of the options hold for all of them."""
    shared = settings.get("params") or {}
    return [(circuit, {**settings, "params": {**shared, **one}}) for one in parameter_sets]


def _fit(backend: BridgeAdapter, jobs: Sequence[Job]) -> bool:
    first = jobs[0]
    return (
        backend.batch_gives == ("outcomes" if first.settings.shots else "states")
        and first.kind.value != "density_matrix"
        and first.settings.noise is None
        # A seed that the simulator would not honour is honoured one by one, by drawing from the states.
        and (not first.settings.shots or first.settings.seed is None or backend.seeded)
        and all(job.program.qubits == first.program.qubits for job in jobs)
    )


def _raw_results(backend: BridgeAdapter, jobs: Sequence[Job]) -> list[Any]:
    settings, n = jobs[0].settings, jobs[0].program.qubits
    seed = settings.seed
    if settings.shots and seed is None:
        seed = int(np.random.default_rng().integers(1, 2**31))
    run = backend.native("batch", settings)
    found = list(run(n, [job.gates for job in jobs], settings.shots, seed or 0))
    if len(found) != len(jobs):
        raise WrongResult(f"the simulator gave {len(found)} results of {len(jobs)} circuits")
    return found
