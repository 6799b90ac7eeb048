"""Gate tables of simulators that read programs as text: one line a gate."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from .gates import GATES


def lines(table: Mapping[str, str]) -> dict[str, Callable[..., str]]:
    """A gate table whose gates are lines of text.

    Args:
        table: Gate name → line, in which `{p0}`, `{p1}`, `{p2}` stand for the angles in radians and `{q0}`, `{q1}`,
            `{q2}` for the qubits: `{"rx": "rx({p0}) q[{q0}];", "cx": "cnot q[{q0}], q[{q1}];"}`. Braces of the
            dialect itself are doubled.

    Returns:
        What `BridgeAdapter.gates` returns: gate name → function of parameters and qubits.
    """
    return {name: line(name, template) for name, template in table.items()}


def line(name: str, template: str) -> Callable[..., str]:
    """The function that writes one gate; see `lines`."""
    parameters, qubits = GATES[name].parameters, GATES[name].qubits
    places = {f"p{i}": i for i in range(parameters)} | {
        f"q{i}": parameters + i for i in range(qubits)
    }
    # Positional fields are filled by one C call: a text-in simulator's table is as fast as any other.
    positional = re.sub(
        r"\{\{|\}\}|\{(\w+)\}",
        lambda found: f"{{{places[found[1]]}}}" if found[1] else found[0],
        template,
    )
    fill = positional.format
    if not parameters:
        return fill

    def write(*values: float) -> str:
        return fill(*(decimal(value) for value in values[:parameters]), *values[parameters:])

    return write


def written(gates: Iterable[str | Callable[[int], str]], n: int) -> list[str]:
    """The lines of a program on n qubits, where some lines are functions of n."""
    return [line if isinstance(line, str) else line(n) for line in gates]


def decimal(value: float) -> str:
    """A number in full precision without an exponent, which some dialects cannot read: 1e-07 is `0.0000001`."""
    text = repr(float(value))
    return text if "e" not in text else f"{float(value):.20f}"


@contextmanager
def program_file(program: str) -> Iterator[str]:
    """The path of a file that holds a program as long as the context is open, for simulators that take only files.

    Some go by the ending of its name: it is `.qasm`, `.cq` or `.quil` where the program's first word tells.
    """
    endings = {"OPENQASM": ".qasm", "version": ".cq", "DECLARE": ".quil"}
    ending = next(
        (end for start, end in endings.items() if program.lstrip().startswith(start)), ".txt"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"program{ending}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(program)
        yield path
