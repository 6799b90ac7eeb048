"""The driver language: a closed set of words that says how to drive a simulator.

A driver is JSON (schema: ``src/values/driver.ts``). This module is its one interpreter: it resolves references,
evaluates expressions, applies gates and runs a circuit. It knows nothing about any package and never compiles or
executes text. Names that begin with an underscore are refused, so that no special method is reachable.
"""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from expressions import roles_used
from lookup import DriverError, public_name, resolve
from operators import OPERATORS, chained
from program import written

Expression = Mapping[str, Any]
Json = dict[str, Any]

WORDS = frozenset(
    ("lit", "role", "var", "ref", "call", "attr", "item", "list", "tuple", "dict", "op", "format", "chain")
)  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """One gate of a circuit: a key of the driver's ``gates``, our qubits, our parameters (radians).

    ``matrix`` is the unitary for the gate ``matrix`` (2^k × 2^k, first qubit most significant).
    """

    gate: str
    qubits: tuple[int, ...]
    parameters: tuple[float, ...] = ()
    matrix: np.ndarray | None = None


@dataclass
class Scope:
    """What an expression may see: variables of the driver and roles that the interpreter fills in."""

    variables: dict[str, Any] = field(default_factory=dict)
    roles: dict[str, Any] = field(default_factory=dict)
    #: Contexts that stay open until the result is read, and files that are there as long.
    stack: ExitStack = field(default_factory=ExitStack)


#: Matrices of the gates of a prelude, for drivers whose gates are given as matrices.
_X = np.array([[0, 1], [1, 0]], dtype=complex)
_H = np.array([[1, 1], [1, -1]], dtype=complex) / math.sqrt(2)


def number_text(value: Any) -> str:
    """Write a value into a line of program text; a float keeps its digits and never gets an exponent."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DriverError(f"{value!r} cannot be written into program text")
        text = repr(value)
        return f"{value:.20f}" if "e" in text else text
    return str(value)


def evaluate(expression: Expression, scope: Scope) -> Any:
    """Evaluate one expression. Whatever the simulator raises passes through; a bad word raises DriverError."""
    for word, handle in _HANDLERS.items():
        if word in expression:
            return handle(expression, scope)
    raise DriverError(f"unknown word in {sorted(expression)}")


def _role(expression: Expression, scope: Scope) -> Any:
    name = expression["role"]
    if name == "file" and name not in scope.roles and "text" in scope.roles:
        scope.roles[name] = scope.stack.enter_context(written(scope.roles["text"]))
    if name not in scope.roles:
        raise DriverError(f"the role {name} has no value here")
    value = scope.roles[name]
    return list(value) if isinstance(value, list) else value


def _variable(expression: Expression, scope: Scope) -> Any:
    name = expression["var"]
    if name not in scope.variables:
        raise DriverError(f"the variable {name} is not set")
    return scope.variables[name]


def _call(expression: Expression, scope: Scope) -> Any:
    function = evaluate(expression["call"], scope)
    positional = [evaluate(argument, scope) for argument in expression.get("args", ())]
    keywords = {
        name: evaluate(argument, scope)
        for name, argument in (expression.get("kwargs") or {}).items()
    }
    return function(*positional, **keywords)


def _attribute(expression: Expression, scope: Scope) -> Any:
    owner, name = expression["attr"]
    return getattr(evaluate(owner, scope), public_name(name))


def _item(expression: Expression, scope: Scope) -> Any:
    owner, key = expression["item"]
    return evaluate(owner, scope)[evaluate(key, scope)]


def _operator(expression: Expression, scope: Scope) -> Any:
    symbol = expression["op"]
    if symbol not in OPERATORS:
        raise DriverError(f"unknown operator {symbol!r}")
    left, right = expression["args"]
    return OPERATORS[symbol](evaluate(left, scope), evaluate(right, scope))


def _chain(expression: Expression, scope: Scope) -> Any:
    """The circuit after a gate that becomes an operator over the whole register by products with identities."""

    def given(word: str, first: str, second: str, one: Any, other: Any) -> Any:
        variables = {**scope.variables, first: one, second: other}
        return evaluate(expression[word], Scope(variables, scope.roles, scope.stack))

    return chained(
        partial(given, "join", "left", "right"),
        partial(given, "apply", "operator", "circuit"),
        evaluate(expression["identity"], scope),
        evaluate(expression["swap"], scope) if "swap" in expression else None,
        scope.roles["n"],
        _variable({"var": "circuit"}, scope),
        evaluate(expression["chain"], scope),
        scope.roles["gate_qubits"],
    )


def _format(expression: Expression, scope: Scope) -> str:
    return format_parts(expression["format"], scope)


_HANDLERS: dict[str, Callable[[Expression, Scope], Any]] = {
    "lit": lambda e, s: e["lit"],
    "role": _role,
    "var": _variable,
    "ref": lambda e, s: resolve(e["ref"]),
    "call": _call,
    "attr": _attribute,
    "item": _item,
    "list": lambda e, s: [evaluate(part, s) for part in e["list"]],
    "tuple": lambda e, s: tuple(evaluate(part, s) for part in e["tuple"]),
    "dict": lambda e, s: {evaluate(key, s): evaluate(value, s) for key, value in e["dict"]},
    "op": _operator,
    "chain": _chain,
    "format": _format,
}


def format_parts(parts: Sequence[str | Expression], scope: Scope) -> str:
    """Join literal strings and the texts of expressions."""
    return "".join(
        part if isinstance(part, str) else number_text(evaluate(part, scope)) for part in parts
    )


def run_statements(statements: Sequence[Json], scope: Scope) -> None:
    """Evaluate statements in order, some once for every qubit, and store the value of each that names a variable."""
    for statement in statements:
        if not statement.get("each"):
            _run_statement(statement, scope)
            continue
        for qubit in scope.roles["qubits"]:
            inner = Scope(scope.variables, {**scope.roles, "q0": qubit}, scope.stack)
            _run_statement(statement, inner)


def _run_statement(statement: Json, scope: Scope) -> None:
    value = evaluate(statement["value"], scope)
    if statement.get("var"):
        scope.variables[statement["var"]] = value


def _each(function: Any, step: Json, index: int, scope: Scope) -> Any:
    """Call a function for one basis state: the roles index, basis and basis_list name it."""
    basis = format(index, f"0{scope.roles['n']}b")
    roles = {"index": index, "basis": basis, "basis_list": [int(bit) for bit in basis]}
    inner = Scope(scope.variables, {**scope.roles, **roles}, scope.stack)
    return walk(function, [{"call": step["each"], "kwargs": step.get("kwargs")}], inner)


def walk(value: Any, path: Sequence[Json], scope: Scope) -> Any:
    """Follow the steps of a reading's path from ``value``."""
    for step in path:
        if "attr" in step:
            value = getattr(value, public_name(step["attr"]))
        elif "call" in step:
            positional = [evaluate(argument, scope) for argument in step["call"]]
            keywords = {
                name: evaluate(argument, scope)
                for name, argument in (step.get("kwargs") or {}).items()
            }
            value = value(*positional, **keywords)
        elif "item" in step:
            value = value[step["item"]]
        elif "each" in step:
            value = [_each(value, step, index, scope) for index in range(2 ** scope.roles["n"])]
        else:
            raise DriverError(f"unknown step {sorted(step)}")
    return value


def base_roles(n: int, shots: int = 0, seed: int = 0) -> dict[str, Any]:
    """Roles that hold for a whole run on ``n`` qubits."""
    roles: dict[str, Any] = {
        "n": n,
        "bits": n,
        "qubits": list(range(n)),
        "zeros": "0" * n,
        "zero_list": [0] * n,
        "dims": [2] * n,
        "shots": shots,
        "seed": seed,
    }
    return roles


def native_qubits(gate: Json, qubits: Sequence[int]) -> list[int]:
    """Order our qubits as the native call wants them. A reversal is a reversal for every number of qubits."""
    order = gate.get("qubits") or list(range(len(qubits)))
    if len(order) != len(qubits):
        if list(order) == list(range(len(order)))[::-1]:
            return list(qubits)[::-1]
        if list(order) == list(range(len(order))):
            return list(qubits)
        raise DriverError(f"a gate on {len(order)} qubits was given {len(qubits)}")
    return [qubits[index] for index in order]


def gate_roles(gate: Json, operation: Operation) -> dict[str, Any]:
    """Roles of one gate in native order and unit: q0…, p0…, matrix."""
    qubits = native_qubits(gate, operation.qubits)
    order = gate.get("parameters") or list(range(len(operation.parameters)))
    scale = gate.get("scale", 1)
    roles: dict[str, Any] = {f"q{index}": qubit for index, qubit in enumerate(qubits)}
    roles["gate_qubits"] = qubits
    for index, source in enumerate(order):
        roles[f"p{index}"] = float(operation.parameters[source]) * scale
    if operation.matrix is not None:
        roles["matrix"] = np.array(operation.matrix, dtype=complex)
    return roles


def apply_gate(driver: Json, operation: Operation, scope: Scope) -> Any:
    """Apply one gate and return the native value; rebinds or augments the variable ``circuit`` as the driver says."""
    gate = driver["gates"].get(operation.gate)
    if gate is None:
        raise DriverError(f"the driver has no gate {operation.gate}")
    outer = scope.roles
    scope.roles = {**outer, **gate_roles(gate, operation)}
    try:
        value = evaluate(gate["apply"], scope)
    finally:
        scope.roles = outer
    effect = gate["effect"]
    if effect == "rebind":
        if value is None:
            raise DriverError(f"the gate {operation.gate} gave no new circuit")
        scope.variables["circuit"] = value
    elif effect == "augment":
        scope.variables["circuit"] = operator.iadd(scope.variables["circuit"], value)
    elif effect == "line" and not isinstance(value, str):
        raise DriverError(f"the gate {operation.gate} gave no line of text")
    return value


def with_prelude(driver: Json, circuit: Sequence[Operation], n: int) -> list[Operation]:
    """The circuit with what the driver needs before it: H on every qubit (start state |+…+⟩), X·X (idle qubits)."""
    before: list[Operation] = []
    if driver.get("plus"):
        before += [Operation("h", (qubit,), (), _H) for qubit in range(n)]
    if driver.get("touch"):
        before += [Operation("x", (qubit,), (), _X) for qubit in range(n) for _ in range(2)]
    return before + list(circuit)


def _fixed_lines(lines: Sequence[Sequence[str | Expression]], scope: Scope) -> list[str]:
    """Lines of a header or footer; one that names the role q0 is written once for every qubit."""
    found: list[str] = []
    for parts in lines:
        if "q0" not in roles_used(parts):
            found.append(format_parts(parts, scope))
            continue
        for qubit in scope.roles["qubits"]:
            found.append(format_parts(parts, Scope(scope.variables, {**scope.roles, "q0": qubit})))
    return found


def program_text(driver: Json, circuit: Sequence[Operation], scope: Scope) -> str:
    """The whole program of a text driver: header, one line per gate, footer."""
    dialect = driver["text"]
    lines = _fixed_lines(dialect["header"], scope)
    lines += [apply_gate(driver, operation, scope) for operation in circuit]
    lines += _fixed_lines(dialect["footer"], scope)
    return dialect["separator"].join(lines) + dialect["separator"]


def prepare(driver: Json, circuit: Sequence[Operation], n: int, shots: int, seed: int) -> Scope:
    """Make the circuit: imports, setup, prelude and gates. Returns the scope in which a reading may run."""
    for module in driver.get("imports", ()):
        resolve(module)
    scope = Scope({}, base_roles(n, shots, seed))
    if "ket0" in roles_used(driver):
        scope.roles["ket0"] = np.eye(1, 2**n, dtype=complex)[0]
    operations = with_prelude(driver, circuit, n)
    if driver.get("text"):
        scope.roles["text"] = program_text(driver, operations, scope)
        run_statements(driver["setup"], scope)
        return scope
    if driver.get("kernel"):
        scope.roles["kernel"] = kernel(
            driver["kernel"], scope, partial(_apply_all, driver, operations)
        )
        run_statements(driver["setup"], scope)
        return scope
    run_statements(driver["setup"], scope)
    context = driver.get("context")
    if context is None:
        _apply_all(driver, operations, scope)
        return scope
    with ExitStack() as stack:
        open_until = scope.stack if context["over"] == "all" else stack
        entered = open_until.enter_context(evaluate(context["value"], scope))
        if context.get("var"):
            scope.variables[context["var"]] = entered
        _apply_all(driver, operations, scope)
    return scope


def _apply_all(driver: Json, operations: Sequence[Operation], scope: Scope) -> None:
    for operation in operations:
        apply_gate(driver, operation, scope)


def kernel(described: Json, scope: Scope, body: Callable[[Scope], None]) -> Callable[..., Any]:
    """The function that a driver hands over and the package calls back: it applies the gates.

    It has the parameters that the driver names, so that a package that looks at the signature sees them; what it is
    called with becomes variables of these names.
    """
    names = [public_name(name) for name in described["parameters"]]

    def work(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        scope.variables.update(bound.arguments)
        body(scope)
        return evaluate(described["returns"], scope) if "returns" in described else None

    signature = inspect.Signature(
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    )
    work.__signature__ = signature  # type: ignore[attr-defined]
    work.__name__ = work.__qualname__ = "kernel"
    return work


def read(reading: Json, scope: Scope) -> Any:
    """Run a reading and return the raw native value at the end of its path."""
    run_statements(reading["run"], scope)
    if reading["root"] not in scope.variables:
        raise DriverError(f"the variable {reading['root']} is not set")
    return walk(scope.variables[reading["root"]], reading["path"], scope)


def execute(
    driver: Json,
    circuit: Sequence[Operation],
    n: int,
    shots: int = 0,
    seed: int = 0,
    reading: Json | None = None,
) -> Any:
    """Run ``circuit`` on ``n`` qubits and return the raw native value of ``reading`` (the driver's state by default).

    Raises DriverError for a driver that cannot be interpreted; anything that the simulator raises passes through.
    """
    chosen = reading if reading is not None else driver.get("state") or driver.get("counts")
    if chosen is None:
        raise DriverError("the driver has no reading")
    if chosen.get("text"):
        driver = {**driver, "text": chosen["text"]}
    scope = prepare(driver, circuit, n, shots, seed)
    with scope.stack:
        return read(chosen, scope)
