"""Gates that are values without qubits: operators over the whole register by products with identities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any


def chained(
    join: Callable[[Any, Any], Any],
    step: Callable[[Any, Any], Any],
    identity: Any,
    swap: Any,
    n: int,
    state: Any,
    gate: Any,
    qubits: Sequence[int],
) -> Any:
    """The state of ``n`` qubits after a gate.

    Args:
        join: Product of two values, the left one on earlier qubits.
        step: The state after an operator over all qubits; ``None`` where it changed the state itself.
        identity: The gate on one qubit that does nothing.
        swap: The gate that exchanges two neighbours; ``None`` where there is none.
        n: Number of qubits.
        state: What the operators act on.
        gate: A value for as many neighbours in ascending order as there are ``qubits``.
        qubits: Where it acts. Those that stand elsewhere are exchanged with neighbours first, and back afterwards.

    >>> def join(left, right):
    ...     return left + right
    >>> def step(whole, state):
    ...     return [*state, whole]
    >>> chained(join, step, "I", "S", 3, [], "C", [2, 0])
    ['IS', 'SI', 'CI', 'SI', 'IS']
    """
    first, exchanges = to_neighbours(qubits)
    moves = [(swap, place, 2) for place in exchanges]
    for value, place, width in (*moves, (gate, first, len(qubits)), *reversed(moves)):
        parts = [identity] * place + [value] + [identity] * (n - place - width)
        changed = step(reduce(join, parts), state)
        state = state if changed is None else changed
    return state


def to_neighbours(qubits: Sequence[int]) -> tuple[int, list[int]]:
    """Where the qubits stand side by side in their order, and the lower places of the exchanges that bring them there.

    >>> to_neighbours([3, 1])
    (1, [2, 1])
    """
    first, places = min(qubits), list(qubits)
    exchanges: list[int] = []
    for index in range(len(places)):
        for place in range(places[index] - 1, first + index - 1, -1):
            exchanges.append(place)
            places = [place + 1 if other == place else other for other in places]
        places[index] = first + index
    return first, exchanges
