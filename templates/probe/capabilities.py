"""What a driver can do beyond states and counts: density matrices, noise, several circuits in one call.

Each is found by its effect and left out where it is doubtful. Nothing here can spoil the driver: its gates and
readings are as they were accepted.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from batch import find_batch
from bench import Bench, Trials
from catalog import Catalog
from chisquare import chi_square, upper_tail
from density import density_driver, find_density, matrix_of
from guard import attempt
from language import Scope
from largest import largest_afresh
from noise import CHANNEL, find_noise
from reference import ARITY, applied, unitary
from session import SIGNIFICANCE, Session
from spell import spell_gate

Json = dict[str, Any]
_MOST_DENSITIES = 4
_SECONDS = 20.0
_SHOTS = 4000
_P = 0.2
_N = 3


@dataclass
class Capabilities:
    """``driver``: fields for the driver; ``values``: for its conventions; ``log``: how each was found, a line each."""

    driver: Json = field(default_factory=dict)
    values: Json = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


def measure_capabilities(catalog: Catalog, driver: Json) -> Capabilities:
    """Measure what an accepted driver can do beyond. Never raises for what the package does."""
    found = Capabilities()
    bench = Bench(catalog, [], _N, Trials(), driver.get("text"), driver["imports"])
    bench = _opened(bench, driver["setup"])
    _density_and_noise(bench, driver, found)
    batch = find_batch(bench, driver)
    if batch is not None:
        found.driver["batch"], found.values["batch"] = batch, True
        found.log.append("several circuits in one call give the same as one by one")
    return found


def _opened(bench: Bench, setup: list[Json]) -> Bench:
    """A bench with another setup, opened: its circuit may be of another class, with other channels."""
    opened = replace(bench, setup=setup, live=Scope(), values={})
    opened.open(_SECONDS)
    return opened


def _density_and_noise(bench: Bench, driver: Json, found: Capabilities) -> None:
    own = "state" in driver and driver["state"]["kind"] == "density"
    readings: list[Json] = [driver["state"]] if own else []
    if not own:
        readings = list(itertools.islice(find_density(bench, driver), _MOST_DENSITIES))
    for reading in readings:
        beside = _opened(bench, reading.get("setup", driver["setup"]))
        noise = find_noise(beside, {**driver, "density": reading}, "density")
        if noise is not None and _mixes(density_driver({**driver, "density": reading}), noise):
            _keep(driver, found, reading, noise, own)
            return
    if readings:
        _keep(driver, found, readings[0], None, own)
    if "counts" in driver:
        noise = find_noise(bench, driver, "counts")
        if noise is not None and _scatters(driver, noise):
            found.driver["noise"], found.values["noise"] = noise, "depolarizing"
            found.log.append(f"depolarising noise in counts: {spell_gate(noise)}")


def _keep(driver: Json, found: Capabilities, reading: Json, noise: Json | None, own: bool) -> None:
    found.values["density"] = True
    if not own:
        found.driver["density"] = reading
        largest = largest_afresh(density_driver({**driver, "density": reading}))
        found.values["max_density_qubits"] = largest.n
        how = "of a circuit made for it" if "setup" in reading else "beside the state"
        order = (
            f"qubit 0 is the {'least' if reading['order'] == 'little' else 'most'} significant bit"
        )
        found.log.append(f"a density matrix is read {how}, {order}, up to n = {largest.n}")
    if noise is None:
        found.log.append(
            "its density matrix was seen for pure states only: no depolarising channel was found"
        )
        return
    found.driver["noise"], found.values["noise"] = noise, "depolarizing"
    found.log.append(
        f"depolarising noise, nothing at p = 0 and right at p > 0: {spell_gate(noise)}"
    )


# -------------------------------------------------------------------- a circuit with noise


def _noisy_circuit(driver: Json) -> list[Any]:
    """Gates of one and two qubits, and the channel on every qubit they touched."""
    steps: list[Any] = []
    gates = [gate for gate in ARITY if gate in driver["gates"] and ARITY[gate][0] <= 2]
    for index, gate in enumerate(gates):
        qubits, angles = ARITY[gate]
        place = tuple((index + k) % _N for k in range(qubits))
        steps.append((gate, place, tuple(0.4 + 0.3 * index + k for k in range(angles))))
        if index % 3 == 0:
            steps += [(CHANNEL, (qubit,), (_P / (1 + index),)) for qubit in place]
    return steps


def expected_density(circuit: list[Any], n: int) -> np.ndarray:
    """The density matrix after gates and depolarising channels, from Kraus operators; qubit 0 most significant."""
    found = np.zeros((2**n, 2**n), dtype=complex)
    found[0, 0] = 1

    def both(matrix: np.ndarray, operator: np.ndarray, qubits: tuple[int, ...]) -> np.ndarray:
        left = np.array([applied(column, operator, qubits, n) for column in matrix.T]).T
        return np.array([applied(row, operator.conj(), qubits, n) for row in left])

    for gate, qubits, parameters in circuit:
        if gate != CHANNEL:
            found = both(found, unitary(gate, parameters), qubits)
            continue
        (p,) = parameters
        turned = sum(both(found, unitary(pauli), qubits) for pauli in ("x", "y", "z"))
        found = (1 - p) * found + p / 3 * turned
    return found


def _mixes(driver: Json, noise: Json) -> bool:
    """Whether a whole circuit with noise is right, entry by entry, and its state is mixed."""
    circuit = _noisy_circuit(driver)
    noisy = {**driver, "gates": {**driver["gates"], CHANNEL: noise}}
    expected = expected_density(circuit, _N)
    outcome = attempt(lambda: matrix_of(noisy, circuit, _N), _SECONDS)
    if not outcome.ok:
        return False
    purity = float(np.trace(outcome.value @ outcome.value).real)
    return bool(np.max(np.abs(outcome.value - expected)) < 1e-3 and purity < 0.95)


def _scatters(driver: Json, noise: Json) -> bool:
    """The same in counts."""
    circuit = _noisy_circuit(driver)
    noisy = {**driver, "gates": {**driver["gates"], CHANNEL: noise}}
    expected = np.diag(expected_density(circuit, _N)).real

    def work() -> bool:
        counts = Session(noisy, _N, "counts", _SHOTS).result(circuit).real
        return math.isclose(counts.sum(), _SHOTS) and (
            upper_tail(*chi_square(counts, expected)) >= SIGNIFICANCE
        )

    return bool(attempt(work, _SECONDS).value)
