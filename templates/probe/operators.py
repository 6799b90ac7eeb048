"""Operators of the driver language, and gates that are operators over a whole register.

A gate for k qubits becomes one for the register by products with identities before and behind it. That reaches
neighbours in ascending order only; qubits that stand elsewhere are exchanged with their neighbours first, and back
afterwards.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "@": operator.matmul,
    "|": operator.or_,
    "^": operator.xor,
    "&": operator.and_,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "**": operator.pow,
}


def chained(
    join: Callable[[Any, Any], Any],
    step: Callable[[Any, Any], Any],
    identity: Any,
    swap: Any,
    n: int,
    circuit: Any,
    gate: Any,
    qubits: Sequence[int],
) -> Any:
    """The circuit of ``n`` qubits after a gate that is a value without qubits.

    ``join`` makes the product of two such values, the left one on earlier qubits; ``step`` gives the circuit after an
    operator over all of them (``None``: it changed it). ``swap`` exchanges two neighbours; ``ValueError`` where it is
    ``None`` and needed.
    """
    first, exchanges = to_neighbours(qubits)
    if exchanges and swap is None:
        raise ValueError("only neighbours in ascending order can be reached")
    moves = [(swap, place, 2) for place in exchanges]
    for value, place, width in (*moves, (gate, first, len(qubits)), *reversed(moves)):
        parts = [identity] * place + [value] + [identity] * (n - place - width)
        changed = step(reduce(join, parts), circuit)
        circuit = circuit if changed is None else changed
    return circuit


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
