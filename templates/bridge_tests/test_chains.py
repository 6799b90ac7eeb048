"""Gates that are operators over the whole register, on all placements."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from host.backends._bridge.chains import chained, to_neighbours

N = 4
IDENTITY, X = np.eye(2), np.eye(2)[::-1]
CNOT, SWAP = np.eye(4)[[0, 1, 3, 2]], np.eye(4)[[0, 2, 1, 3]]
TOFFOLI = np.eye(8)[[0, 1, 2, 3, 4, 5, 7, 6]]


def flipped(index: int, controls: tuple[int, ...], target: int) -> int:
    """The basis state, qubit 0 most significant, after a controlled X."""
    bits = [index >> (N - 1 - qubit) & 1 for qubit in (*controls, target)]
    return index ^ (1 << (N - 1 - target)) if all(bits[:-1]) else index


@pytest.mark.parametrize("gate", [X, CNOT, TOFFOLI], ids=["X", "CNOT", "TOFFOLI"])
def test_every_placement_of_controlled_gates(gate: np.ndarray) -> None:
    width = len(gate).bit_length() - 1
    for qubits in itertools.permutations(range(N), width):
        for index in range(2**N):
            state = chained(
                np.kron, np.matmul, IDENTITY, SWAP, N, np.eye(2**N)[index], gate, qubits
            )
            assert int(np.argmax(state)) == flipped(index, qubits[:-1], qubits[-1])


def test_a_step_may_change_the_state_itself() -> None:
    steps: list[str] = []
    chained(
        lambda a, b: a + b, lambda whole, log: log.append(whole), "I", "S", 3, steps, "C", [2, 1]
    )
    assert steps == ["IS", "IC", "IS"]


def test_neighbours_in_order_are_left_where_they_are() -> None:
    assert to_neighbours([1, 2, 3]) == (1, [])
