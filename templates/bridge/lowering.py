"""Decides once per backend how every gate is written with the backend's own gates, and then writes it so.

What can be written is a least fixed point: a gate is reachable when the backend has it, or when one alternative of
`rules` uses reachable gates only. One rule per gate would not do: `{u3, cx}`, `{rz, ry, cx}`, `{h, p, cx}`,
`{rz, sx, cx}` and `{matrix ≤ 2}` are all sufficient and need different alternatives. Of several the cheapest is
taken; Clifford gates alone never reach a rotation, and the gate is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from inspect import signature
from math import inf
from typing import Any

import numpy as np

from .errors import InvalidCircuit
from .gates import GATES, unitary
from .program import Operation
from .rules import RULES, Alternative
from .synthesis import angles, decompose

WIDEST_SYNTHESIS = 8
"""A matrix on more qubits is not decomposed: 8 qubits are about 10^5 gates already."""

NATIVE = 1.0
MATRIX = {1: 1.1, 2: 1.6, 3: 3.0}
RULE = 0.01
"""Costs in passes over the state: a dense matrix costs more than a named gate and less than two of them. The cost
of using a rule keeps every chain strictly ascending, so that no two rules can be chosen to stand for each other."""


class Lowering:
    """How one backend's gate set expresses the bridge's gates."""

    def __init__(
        self, native: Collection[str], max_matrix_qubits: int = 0, min_matrix_qubits: int = 1
    ) -> None:
        """Decide.

        Args:
            native: Names of the backend's own gates; `"matrix"` is one of them when it takes unitaries.
            max_matrix_qubits: Largest unitary it takes, in qubits.
            min_matrix_qubits: Smallest one; some simulators take unitaries of exactly two qubits.
        """
        self.native = frozenset(native) - {"matrix"}
        self.matrix_qubits = (
            range(min_matrix_qubits, max_matrix_qubits + 1) if "matrix" in native else range(0)
        )
        self._cost: dict[str, float] = dict.fromkeys(self.native, NATIVE)
        for qubits in self.matrix_qubits:
            self._cost[_matrix(qubits)] = MATRIX.get(qubits, float(2**qubits))
        self._choice: dict[str, Alternative] = {}
        self._settle()

    def _settle(self) -> None:
        """Repeat until no gate becomes reachable or cheaper; each round is a few hundred additions."""
        alternatives = [
            (name, rule, _needs(name, rule)) for name, rules in RULES.items() for rule in rules
        ]
        alternatives += [
            (name, partial(_as_matrix, name), [_matrix(gate.qubits)])
            for name, gate in GATES.items()
        ]
        alternatives.append((_matrix(1), _unused, ["u3"]))
        for qubits in range(2, WIDEST_SYNTHESIS + 1):
            # Three multiplexed rotations and four smaller unitaries.
            controlled = ["cx"] * (3 * (2**qubits - 2)) + ["rz", "ry", "rz"] * 2 ** (qubits - 1)
            alternatives.append((_matrix(qubits), _unused, [_matrix(qubits - 1)] * 4 + controlled))
        changed = True
        while changed:
            changed = False
            for name, rule, needs in alternatives:
                cost = RULE + sum(self._cost.get(need, inf) for need in needs)
                if cost < self._cost.get(name, inf) and not self._is_native(name):
                    self._cost[name], self._choice[name] = cost, rule
                    changed = True

    def _is_native(self, name: str) -> bool:
        return name in self.native or name in map(_matrix, self.matrix_qubits)

    def can(self, name: str, qubits: int = 1) -> bool:
        """Whether a gate can be run; `qubits` counts for `"matrix"` only."""
        return (_matrix(qubits) if name == "matrix" else name) in self._cost

    def runnable(self) -> list[str]:
        """Names of all gates that can be run, in the order of `gates.GATES`."""
        return [name for name in GATES if name in self._cost]

    def refused(self) -> list[str]:
        """Names of all gates that cannot."""
        return [name for name in GATES if name not in self._cost]

    def expand(self, operation: Operation) -> list[Operation]:
        """The operation in the backend's own gates, equal up to a global phase.

        Raises:
            InvalidCircuit: It cannot be written with them.
        """
        done: list[Operation] = []
        pending = [operation]
        while pending:
            current = pending.pop()
            if current.name == "matrix":
                if len(current.qubits) in self.matrix_qubits:
                    done.append(current)
                else:
                    pending.extend(reversed(self._expand_matrix(current)))
            elif current.name in self.native:
                done.append(current)
            else:
                pending.extend(reversed(self._expand_named(current)))
        return done

    def _expand_named(self, operation: Operation) -> list[Operation]:
        rule = self._choice.get(operation.name)
        if rule is None:
            raise InvalidCircuit(self._refusal(operation))
        qubits = operation.qubits
        return [
            Operation(step.name, step.parameters, tuple(qubits[place] for place in step.qubits))
            for step in rule(*operation.parameters)
        ]

    def _expand_matrix(self, operation: Operation) -> list[Operation]:
        size = len(operation.qubits)
        if _matrix(size) not in self._cost:
            raise InvalidCircuit(self._refusal(operation))
        matrix = operation.parameters[0]
        if size > 1:
            return decompose(matrix, operation.qubits)
        if (
            abs(matrix[0, 1]) + abs(matrix[1, 0]) < 1e-13
            and abs(matrix[0, 0] - matrix[1, 1]) < 1e-13
        ):
            return []
        return [Operation("u3", angles(matrix), operation.qubits)]

    def _refusal(self, operation: Operation) -> str:
        own = sorted(self.native) + [f"matrix on {size} qubits" for size in self.matrix_qubits]
        return f"{operation} cannot be written with the gates of this backend ({', '.join(own)})"


def _matrix(qubits: int) -> str:
    return f"matrix{qubits}"


def _needs(name: str, rule: Alternative) -> list[str]:
    """Names of the gates of an alternative; they are the same for all angles."""
    return [step.name for step in rule(*(0.1 * (i + 1) for i in range(GATES[name].parameters)))]


def _as_matrix(name: str, *parameters: float) -> list:
    from .rules import Step

    matrix = np.asarray(unitary(name, parameters))
    return [Step("matrix", tuple(range(GATES[name].qubits)), (matrix,))]


def _unused(*_parameters: object) -> list:
    """Stands for the synthesis of a matrix, which `expand` does itself."""
    raise AssertionError("matrices are expanded by decompose")


def matrix_sizes(table: Mapping[str, Callable[..., Any]], limit: int) -> tuple[int, int]:
    """Largest and smallest unitary of a gate table, in qubits: a function of exactly two qubits takes no others.

    Args:
        table: Gate name → function of the parameters, then of the qubits.
        limit: Largest unitary that the simulator takes.
    """
    make = table.get("matrix")
    if make is None:
        return 0, 1
    try:
        parameters = signature(make).parameters.values()
    except ValueError:  # a compiled function that does not say
        return limit, 1
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return limit, 1
    exactly = len(parameters) - 1
    return min(exactly, limit), exactly
