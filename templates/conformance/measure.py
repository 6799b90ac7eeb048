"""Measures a backend: states, unitaries, and whether counts are samples of a distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from ...base import ResultType, SimulatorType
from .. import BridgeAdapter, Program
from . import reference

ENTRY = {"double": 1e-8, "single": 1e-4, "rounded": 2e-3}
"""How far an entry of a unitary may be off; three rounded digits are off by 5e-4 in each of a gate's amplitudes."""
INFIDELITY = {"double": 1e-10, "single": 1e-6, "rounded": 1e-3}
"""How far the fidelity of a state may be below one."""
SHOTS = 4096
RAREST = 1e-6
"""p-values outside [RAREST, 1 - RAREST] fail. The upper bound catches counts that are rounded expectations: true
samples are never that close to the mean, unless there are so few bins that they can hit it."""


def gives_states(backend: BridgeAdapter) -> bool:
    """Whether the backend gives a state vector or a density matrix, not only counts."""
    return any(
        backend.supports_simulator(kind)
        for kind in (SimulatorType.STATE_VECTOR, SimulatorType.DENSITY_MATRIX)
    )


def state_of(backend: BridgeAdapter, circuit: Any) -> np.ndarray:
    """The normalised state of a circuit, from the state vector or the leading eigenvector of the density matrix."""
    if backend.supports_simulator(SimulatorType.STATE_VECTOR):
        result = backend.execute(circuit)
        assert result.result_type is ResultType.STATEVECTOR, (
            f"without shots, got {result.result_type}"
        )
        state = np.asarray(result.data["statevector"], dtype=complex)
    else:
        result = backend.execute(circuit, simulator_type=SimulatorType.DENSITY_MATRIX)
        _, vectors = np.linalg.eigh(np.asarray(result.data["density_matrix"], dtype=complex))
        state = vectors[:, -1]
    return state / np.linalg.norm(state)


def counts_of(
    backend: BridgeAdapter, circuit: Any, shots: int = SHOTS, **options: Any
) -> dict[str, int]:
    """The counts of a circuit; there must be as many as were asked for."""
    result = backend.execute(circuit, shots=shots, **options)
    assert result.result_type is ResultType.COUNTS, f"with shots, got {result.result_type}"
    counts = result.data["counts"]
    assert sum(counts.values()) == shots, f"{sum(counts.values())} counts for {shots} shots"
    return counts


def fidelity(first: np.ndarray, second: np.ndarray) -> float:
    """|⟨a|b⟩|² of normalised vectors; global phases do not count."""
    return float(
        abs(np.vdot(first, second)) ** 2
        / (np.vdot(first, first).real * np.vdot(second, second).real)
    )


def expect_state(backend: BridgeAdapter, program: Program, what: str) -> None:
    """Fail unless the backend's state is the reference's; with counts only, unless its counts are samples of it."""
    if not gives_states(backend):
        expect_samples(
            counts_of(backend, program),
            reference.probabilities(program.operations, program.qubits),
            what,
        )
        return
    expected = reference.state(program.operations, program.qubits)
    measured = state_of(backend, program)
    lost = 1 - fidelity(expected, measured)
    if lost > INFIDELITY[backend.precision]:
        pytest.fail(
            f"{what}: the fidelity with the reference is {1 - lost:.6f}"
            f"{_guess(expected, measured)}\ncircuit: {'; '.join(map(str, program.operations[:60]))}"
        )


def _guess(expected: np.ndarray, measured: np.ndarray) -> str:
    """What would make it right: a hint for whoever mends the adapter."""
    qubits = expected.size.bit_length() - 1
    turned = measured.reshape((2,) * qubits).transpose(range(qubits)[::-1]).reshape(-1)
    for text, candidate in (
        ("the qubits are in reversed order", turned),
        ("the amplitudes are conjugated", measured.conj()),
    ):
        if fidelity(expected, candidate) > 1 - 1e-6:
            return f" ({text})"
    return ""


def unitary_of(
    backend: BridgeAdapter, name: str, parameters: Sequence, qubits: int, n: int
) -> np.ndarray:
    """The unitary of a gate on qubits 0 … k-1 of n, up to one phase.

    Each column is the state that the gate makes of a basis state, which is right up to a phase of its own: a native X
    may be RX(π), and some simulators drop the global phase of every circuit. One run on the superposition of all
    basis states ties the phases together.
    """
    places = tuple(range(qubits))
    size = 2**qubits

    def run(first: list[tuple[str, int]]) -> np.ndarray:
        program = Program(n)
        for gate, qubit in first:
            program.add(gate, qubit)
        if name == "matrix":
            program.matrix(parameters[0], *places)
        else:
            program.add(name, *places, parameters=parameters)
        state = state_of(backend, program).reshape(size, -1)
        if np.abs(state[:, 1:]).max(initial=0) > ENTRY[backend.precision]:
            hint = " (as if the qubits were in reversed order)" if n > qubits else ""
            pytest.fail(
                f"{name}{_shown(name, parameters)} on qubits {places} of {n} changes qubits that it does not act on"
                f"{hint}: expected nothing where qubit {n - 1} is 1, measured\n{_table(state.reshape(-1))}"
            )
        return state[:, 0]

    columns = []
    for column in range(size):
        ones = [place for place in places if column >> (qubits - 1 - place) & 1]
        columns.append(run([("x", place) for place in ones]))
    together = run([("h", place) for place in places])
    measured = np.array(columns).T
    phases = (measured.conj().T @ together) * np.sqrt(size)
    if np.abs(np.abs(phases) - 1).max() > 10 * ENTRY[backend.precision]:
        pytest.fail(
            f"{name}{_shown(name, parameters)}: what it makes of a superposition of basis states (made with h) is not "
            f"the superposition of what it makes of each (made with x); amplitudes {np.round(np.abs(phases), 4)}, "
            f"measured columns\n{_table(measured)}"
        )
    return measured * phases


def expect_unitary(backend: BridgeAdapter, name: str, parameters: Sequence, qubits: int) -> None:
    """Fail unless the gate's measured unitary is the expected one; the message shows both."""
    expected = reference.unitary(name, parameters)
    measured = unitary_of(backend, name, parameters, qubits, max(2, qubits))
    overlap = np.vdot(measured, expected)
    phase = overlap / abs(overlap) if abs(overlap) > 1e-12 else 1
    error = float(np.abs(measured * phase - expected).max())
    if error > ENTRY[backend.precision]:
        pytest.fail(
            f"{name}{_shown(name, parameters)} is wrong: an entry of its unitary is off by {error:.3g}\n"
            f"expected\n{_table(expected)}\nmeasured\n{_table(measured * phase)}"
            f"{_same_as(measured, qubits, parameters)}"
        )


def _shown(name: str, parameters: Sequence) -> str:
    if name == "matrix":
        return ""
    return f"({', '.join(f'{value:g}' for value in parameters)})" if parameters else ""


def _table(matrix: np.ndarray) -> str:
    return np.array2string(np.round(matrix, 4) + 0, max_line_width=160, suppress_small=True)


def _same_as(measured: np.ndarray, qubits: int, parameters: Sequence) -> str:
    """Which gate, or which angle, it is instead, if it is a known one."""
    for name, (count, width) in reference.SHAPES.items():
        if width != qubits:
            continue
        for factor, text in (
            (1, ""),
            (-1, "minus "),
            (math.pi, "π times "),
            (1 / math.pi, "1/π times "),
        ):
            if count and count != len(parameters):
                continue
            other = reference.unitary(name, [factor * value for value in parameters[:count]])
            if abs(np.vdot(measured, other)) > other.shape[0] * (1 - 1e-6):
                return f"\nit is {name}" + (f" with {text}the angle" if count else "")
    return ""


def expect_samples(counts: Mapping[str, int], expected: np.ndarray, what: str) -> None:
    """Fail unless the counts are a likely sample of the probabilities (chi-square, bins of at least five expected)."""
    width = expected.size.bit_length() - 1
    shots = sum(counts.values())
    observed = np.zeros(expected.size)
    for bits, times in counts.items():
        if len(bits) != width or bits.strip("01"):
            pytest.fail(f"{what}: the key {bits!r} has not {width} bits")
        observed[int(bits, 2)] += times
    impossible = observed[expected < 1e-12].sum()
    if impossible:
        pytest.fail(
            f"{what}: {int(impossible)} of {shots} shots show outcomes of probability zero: {dict(counts)}"
        )
    p = p_value(observed, expected * shots)
    if not RAREST <= p <= 1 - RAREST:
        why = (
            "do not follow the distribution"
            if p < RAREST
            else "are closer to it than samples can be"
        )
        best = {
            format(i, f"0{width}b"): round(float(expected[i] * shots), 1)
            for i in np.argsort(-expected)[:8]
        }
        pytest.fail(
            f"{what}: the counts {why} (p = {p:.3g}): measured {dict(counts)}, expected about {best}"
        )


def p_value(observed: np.ndarray, expected: np.ndarray) -> float:
    """Probability of a larger chi-square than the observed one, over outcomes that expect at least five.

    Rarer ones together are one more bin. Where even that expects less, it is compared by the deviance of a Poisson
    distribution: put into a large bin, four hundred counts where one is expected would not be seen. 0.5 when nothing
    is left to compare; at most 0.5 when samples can hit the expected counts by chance.
    """
    large = expected >= 5
    bins = list(zip(observed[large], expected[large], strict=True))
    seen, wanted = float(observed[~large].sum()), float(expected[~large].sum())
    if seen > 0 and wanted <= 0:
        return 0.0
    if wanted >= 5 or not bins:
        bins.append((seen, wanted))
        seen = wanted = 0.0
    statistic = sum((have - want) ** 2 / want for have, want in bins)
    freedom = len(bins) - 1
    if wanted > 0 and (seen > 0 or wanted >= 0.5):
        statistic += 2 * (wanted - seen + (seen * math.log(seen / wanted) if seen else 0.0))
        freedom += 1
    if freedom < 1:
        return 0.5
    p = upper_gamma(freedom / 2, statistic / 2)
    return p if _hit_by_chance(bins) < RAREST else min(p, 0.5)


def _hit_by_chance(bins: list[tuple[float, float]]) -> float:
    """Probability that samples equal their expectation: the multinomial's mode, by Stirling's formula."""
    shots = sum(want for _, want in bins)
    spread = sum(math.log(2 * math.pi * want) for _, want in bins)
    return math.exp((math.log(2 * math.pi * shots) - spread) / 2)


def upper_gamma(a: float, x: float) -> float:
    """Regularised upper incomplete gamma function Q(a, x).

    Series below a + 1, continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31).
    """
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for step in range(1, 10_000):
            term *= x / (a + step)
            total += term
            if term < total * 1e-16:
                break
        return 1 - front * total
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    fraction = d
    for step in range(1, 10_000):
        factor = step * (a - step)
        b += 2
        d = 1 / (factor * d + b or tiny)
        c = b + factor / c or tiny
        fraction *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * fraction
