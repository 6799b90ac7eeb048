"""What a person gave, through the whole probe: a driver, a table of gates, excluded gates, standard names only."""

import copy

import pytest
from probing import outcomes, probe, request

CIRCUIT = {"var": "circuit"}


def call(method, *roles):
    """``circuit.method(roles…)``."""
    arguments = [{"role": role} for role in roles]
    return {"call": {"attr": [CIRCUIT, method]}, "args": arguments}


def entry(method, *roles):
    """A gate that changes the circuit."""
    return {"apply": call(method, *roles), "effect": "inplace"}


#: As a person writes it who knows neither the unit of angles nor the order of controls and bits.
DRIVER = {
    "schema": 1, "distribution": "anglesfirst", "version": "1.0", "imports": ["anglesfirst"],
    "setup": [{"var": "circuit", "value": {"call": {"ref": "anglesfirst:QCircuit"}, "args": [{"role": "n"}]}}],
    "gates": {
        "x": entry("x", "q0"), "h": entry("h", "q0"), "rx": entry("rx", "p0", "q0"), "cx": entry("cx", "q0", "q1"),
        "s": entry("t", "q0"),
    },
    "state": {
        "run": [{"var": "result", "value": call("run")}], "root": "result", "path": [{"attr": "statevector"}],
        "kind": "state", "order": "little",
    },
}  # fmt: skip


def test_a_driver_by_hand_is_completed_and_measured_and_what_it_gets_wrong_is_said(tmp_path):
    found = probe(tmp_path, request("anglesfirst", driver=DRIVER))
    assert found["stage"] == "measured"
    assert outcomes(found, "right") == {"x", "h", "rx", "cx"}
    driver = found["driver"]
    assert driver["state"]["order"] == "big"
    assert driver["gates"]["rx"]["scale"] == pytest.approx(1 / 3.141592653589793)
    assert driver["gates"]["cx"]["qubits"] == [1, 0]
    assert set(driver["gates"]) == {"x", "h", "rx", "cx"}
    said = found["contradictions"]
    assert "qubit 0 least significant; measured: qubit 0 most significant" in said[0]
    assert any("rx" in one and "p0/pi" in one for one in said)
    assert any("cx(q1, q0)" in one for one in said)
    assert any("driver's s," in one and "is not used" in one and "it is t" in one for one in said)
    # Nothing was searched, and nothing was shortened.
    assert found["tried"]["objects"] == 1
    assert driver["setup"] == DRIVER["setup"]


def test_a_driver_by_hand_that_does_not_work_says_how_far_it_came(tmp_path):
    broken = copy.deepcopy(DRIVER)
    broken["gates"]["x"] = entry("no_such_gate", "q0")
    found = probe(tmp_path, request("anglesfirst", driver=broken))
    assert found["stage"] == "x"
    assert "driver" not in found
    assert any("no_such_gate" in one for one in found["seen"])


def test_a_table_is_measured_first_and_a_wrong_entry_is_not_obeyed(tmp_path):
    table = {
        "cx": [entry("cx", "q1", "q0")],
        "rx": [entry("rz", "p0", "q0")],
        "rz": [entry("rz", "p0", "q0")],
        "t": [entry("no_such_gate", "q0")],
    }
    found = probe(tmp_path, request("anglesfirst", manual=table))
    assert outcomes(found, "right") >= {"x", "h", "t", "rx", "rz", "cx"}
    gates = found["driver"]["gates"]
    assert gates["cx"] == entry("cx", "q1", "q0")
    assert gates["rx"]["apply"]["call"]["attr"][1] == "rx"
    said = found["contradictions"]
    assert any("table's rx" in one and "is not used" in one and "it is rz" in one for one in said)
    assert any("table's rz" in one and "right only as" in one for one in said)
    assert any("table's t" in one and "raises" in one for one in said)
    assert not any("table's cx" in one for one in said)


def test_excluded_gates_are_not_used(tmp_path):
    found = probe(tmp_path, request("anglesfirst", exclude=["cp", "u3"]))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "rz", "cx"}
    assert not {"cp", "u3"} & set(found["driver"]["gates"])


def test_with_standard_names_only_odd_ones_are_left_out(tmp_path):
    free = probe(tmp_path, request("oddnames"))
    strict = probe(tmp_path, request("oddnames", mapping="template"))
    assert outcomes(strict, "right") < outcomes(free, "right")
