"""The interpreter: every word, every effect, and what it refuses."""

import inspect
from pathlib import Path

import numpy as np
import pytest

from language import (
    DriverError,
    Operation,
    Scope,
    apply_gate,
    base_roles,
    evaluate,
    execute,
    native_qubits,
    number_text,
    program_text,
    resolve,
    walk,
)


def scope(**variables):
    return Scope(variables, {**base_roles(3, 5, 7), "q0": 1, "p0": 0.5})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"lit": None}, None),
        ({"role": "qubits"}, [0, 1, 2]),
        ({"role": "zeros"}, "000"),
        ({"ref": "math:pi"}, np.pi),
        (
            {
                "call": {"ref": "builtins:int"},
                "args": [{"lit": "11"}],
                "kwargs": {"base": {"lit": 2}},
            },
            3,
        ),
        ({"attr": [{"lit": 2 + 1j}, "imag"]}, 1.0),
        ({"item": [{"role": "dims"}, {"role": "q0"}]}, 2),
        ({"tuple": [{"role": "n"}, {"list": [{"role": "shots"}]}]}, (3, [5])),
        ({"dict": [[{"lit": "a"}, {"role": "seed"}]]}, {"a": 7}),
        ({"op": "<<", "args": [{"lit": 1}, {"role": "n"}]}, 8),
        ({"format": ["RX(", {"role": "p0"}, ") q", {"role": "q0"}]}, "RX(0.5) q1"),
    ],
)
def test_words(expression, value):
    assert evaluate(expression, scope()) == value


@pytest.mark.parametrize(
    "expression",
    [
        {"eval": "1"},
        {"role": "matrix"},
        {"var": "nothing"},
        {"attr": [{"lit": 1}, "__class__"]},
        {"attr": [{"lit": 1}, "_private"]},
        {"ref": "builtins:__import__"},
        {"ref": "os:no_such_name"},
        {"op": "%", "args": [{"lit": 1}, {"lit": 1}]},
        {"format": [{"lit": float("nan")}]},
    ],
)
def test_refusals(expression):
    with pytest.raises(DriverError):
        evaluate(expression, scope())


def test_a_reference_that_failed_is_not_imported_again(monkeypatch):
    calls = []

    def load(name):
        calls.append(name)
        raise ImportError("gone")

    monkeypatch.setattr("lookup._load", load)
    for _ in range(2):
        with pytest.raises(DriverError, match="gone"):
            resolve("a_module_of_this_test:Name")
    assert calls == ["a_module_of_this_test:Name"]


def test_a_role_that_is_a_list_is_given_as_a_copy():
    here = scope()
    evaluate({"role": "qubits"}, here).append(9)
    assert evaluate({"role": "qubits"}, here) == [0, 1, 2]


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (-1e-7, "-0.00000010000000000000"), (3, "3"), (True, "True")]
)
def test_numbers_in_text_have_no_exponent(value, text):
    assert number_text(value) == text


def gate(effect, apply, **more):
    return {"gates": {"g": {"apply": apply, "effect": effect, **more}}}


def test_effects():
    pair = {"list": [{"role": "q0"}, {"role": "p0"}]}
    here = scope(circuit=[0])
    apply_gate(gate("augment", pair, scale=-2), Operation("g", (2,), (0.25,)), here)
    assert here.variables["circuit"] == [0, 2, -0.5]
    apply_gate(gate("rebind", pair), Operation("g", (1,), (0.5,)), here)
    assert here.variables["circuit"] == [1, 0.5]
    apply_gate(gate("inplace", pair), Operation("g", (0,), (1.0,)), here)
    assert here.variables["circuit"] == [1, 0.5]
    assert "p1" not in here.roles and here.roles["q0"] == 1
    with pytest.raises(DriverError, match="no line of text"):
        apply_gate(gate("line", pair), Operation("g", (0,), (1.0,)), here)
    with pytest.raises(DriverError, match="no new circuit"):
        apply_gate(gate("rebind", {"lit": None}), Operation("g", (0,)), here)


def test_permutations_of_qubits_and_parameters():
    roles = {"list": [{"role": name} for name in ("q0", "q1", "q2", "p0", "p1", "p2")]}
    driver = gate("rebind", roles, qubits=[2, 0, 1], parameters=[1, 2, 0], scale=2)
    here = scope(circuit=[])
    apply_gate(driver, Operation("g", (5, 6, 7), (0.1, 0.2, 0.3)), here)
    assert here.variables["circuit"] == [7, 5, 6, 0.4, 0.6, 0.2]


def test_a_reversal_holds_for_any_number_of_qubits():
    assert native_qubits({"qubits": [1, 0]}, [4, 5, 6]) == [6, 5, 4]
    assert native_qubits({"qubits": [1, 0]}, [4]) == [4]
    with pytest.raises(DriverError):
        native_qubits({"qubits": [2, 0, 1]}, [4, 5])


def test_program_text_repeats_lines_that_name_a_qubit():
    driver = {
        "text": {
            "dialect": "d", "separator": "\n", "header": [["n ", {"role": "n"}]],
            "footer": [["measure ", {"role": "q0"}]],
        },
        **gate("line", {"format": ["go ", {"role": "q0"}]}),
    }  # fmt: skip
    text = program_text(driver, [Operation("g", (2,))], scope())
    assert text == "n 3\ngo 2\nmeasure 0\nmeasure 1\nmeasure 2\n"


def test_execute_with_prelude_and_path():
    append = {"call": {"attr": [{"var": "circuit"}, "append"]}, "args": [{"role": "q0"}]}
    driver = {
        "imports": ["math"],
        "setup": [{"var": "circuit", "value": {"list": []}}],
        "gates": {name: {"apply": append, "effect": "inplace"} for name in ("h", "x")},
        "plus": True,
        "touch": True,
        "state": {
            "run": [{"var": "r", "value": {"dict": [[{"lit": "key"}, {"var": "circuit"}]]}}],
            "root": "r", "path": [{"item": "key"}, {"attr": "copy"}, {"call": []}], "kind": "state", "order": "big",
        },
    }  # fmt: skip
    assert execute(driver, [Operation("x", (1,))], 2) == [0, 1, 0, 0, 1, 1, 1]
    with pytest.raises(DriverError, match="no gate z"):
        execute(driver, [Operation("z", (0,))], 2)


def test_walk_refuses_private_steps():
    with pytest.raises(DriverError):
        walk([], [{"attr": "__class__"}], scope())


class Door:
    """A context that says when it is open, and lets gates in only then."""

    def __init__(self):
        self.open, self.seen = False, []

    def __enter__(self):
        self.open = True
        return self

    def __exit__(self, *error):
        self.open = False

    def add(self, qubit):
        assert self.open
        self.seen.append(qubit)


def door(over):
    return {
        "setup": [{"var": "maker", "value": {"ref": "test_language:Door"}}],
        "context": {
            "var": "circuit",
            "value": {"call": {"var": "maker"}, "args": []},
            "over": over,
        },
        **gate(
            "inplace", {"call": {"attr": [{"var": "circuit"}, "add"]}, "args": [{"role": "q0"}]}
        ),
        "state": {"run": [], "root": "circuit", "path": [{"attr": "open"}]},
    }


def test_a_context_is_open_around_the_gates_or_until_the_result_is_read():
    assert execute(door("gates"), [Operation("g", (1,))], 2) is False
    assert execute(door("all"), [Operation("g", (1,))], 2) is True


def called_back(kernel, n):
    """A package that looks at the function's parameters and calls it."""
    names = list(inspect.signature(kernel).parameters)
    return names, kernel([n])


def test_a_kernel_is_called_back_with_its_parameters_and_applies_the_gates():
    append = {"call": {"attr": [{"var": "tape"}, "append"]}, "args": [{"role": "q0"}]}
    driver = {
        "kernel": {"parameters": ["tape"], "returns": {"var": "tape"}},
        "setup": [
            {
                "var": "circuit",
                "value": {
                    "call": {"ref": "test_language:called_back"},
                    "args": [{"role": "kernel"}, {"role": "n"}],
                },
            }
        ],
        **gate("inplace", append),
        "state": {"run": [], "root": "circuit", "path": []},
    }
    assert execute(driver, [Operation("g", (7,))], 3) == (["tape"], [3, 7])


def test_a_step_may_call_a_function_for_each_basis_state():
    step = {
        "each": [{"role": "index"}],
        "kwargs": {"bits": {"role": "basis"}, "listed": {"role": "basis_list"}},
    }

    def amplitude(index, bits, listed):
        return index, bits, listed

    here = Scope({}, base_roles(2))
    assert walk(amplitude, [step], here)[2:] == [(2, "10", [1, 0]), (3, "11", [1, 1])]


def test_program_text_in_a_file_is_there_as_long_as_the_run():
    read = {"call": {"ref": "test_language:content"}, "args": [{"role": "file"}]}
    driver = {
        "text": {"dialect": "d", "separator": "\n", "header": [["OPENQASM 2.0;"]], "footer": []},
        "setup": [{"var": "circuit", "value": read}],
        **gate("line", {"format": ["x ", {"role": "q0"}]}),
        "state": {"run": [], "root": "circuit", "path": []},
    }
    path, text = execute(driver, [Operation("g", (1,))], 2)
    assert path.endswith(".qasm")
    assert text == "OPENQASM 2.0;\nx 1\n"
    assert not Path(path).exists()


def content(path):
    """Path and text of a file."""
    return path, Path(path).read_text()


CHAIN = {
    "chain": {"lit": "C"},
    "identity": {"lit": "I"},
    "join": {"op": "+", "args": [{"var": "left"}, {"var": "right"}]},
    "apply": {"op": "+", "args": [{"var": "circuit"}, {"list": [{"var": "operator"}]}]},
}


def test_a_chain_puts_a_gate_between_identities_and_exchanges_what_is_no_neighbour():
    inside = Scope({"circuit": []}, {**base_roles(4), "gate_qubits": [1, 2]})
    assert evaluate(CHAIN, inside) == ["ICI"]
    inside.roles["gate_qubits"] = [2, 0]
    with_swap = {**CHAIN, "swap": {"lit": "S"}}
    assert evaluate(with_swap, inside) == ["ISI", "SII", "CII", "SII", "ISI"]
    with pytest.raises(ValueError, match="only neighbours"):
        evaluate(CHAIN, inside)
    assert inside.variables["circuit"] == []
