"""Tables of gates that are applied to a circuit, by its methods or by functions of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import methodcaller
from typing import Any


def calls(table: Mapping[str, str | Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """A gate table whose gates are called with the circuit.

    Args:
        table: Gate name → the name of the circuit's method, which takes the parameters and then the qubits; or a
            function of the circuit, the parameters and the qubits.

    >>> gate = calls({"append": "append"})["append"](3)
    >>> circuit = [1]
    >>> gate(circuit)
    >>> circuit
    [1, 3]
    """
    return {
        gate: partial(methodcaller, entry) if isinstance(entry, str) else partial(_later, entry)
        for gate, entry in table.items()
    }


def _later(function: Callable[..., Any], *values: Any) -> Callable[..., Any]:
    return lambda *circuit: function(*circuit, *values)
