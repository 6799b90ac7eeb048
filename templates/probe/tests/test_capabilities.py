"""Density matrices, noise and batches are found by what they do; what only has the name is left out."""

import importlib
import sys

import pytest
from probing import PACKAGES, request

import capabilities
from capabilities import measure_capabilities
from catalog import build
from density import density_driver, is_right
from largest import Largest

CIRCUIT = {"var": "circuit"}
Q0, Q1, P0 = ({"role": role} for role in ("q0", "q1", "p0"))


@pytest.fixture(autouse=True)
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package can be imported; how many qubits its density matrix has is measured elsewhere."""
    monkeypatch.syspath_prepend(str(PACKAGES))
    importlib.import_module("mixtures")
    monkeypatch.setattr(capabilities, "largest_afresh", lambda _driver: Largest(10))


def method(name: str, *args: dict) -> dict:
    call = {"call": {"attr": [CIRCUIT, name]}, "args": list(args)}
    return {"apply": call, "effect": "inplace"}


def driver(kind: str = "Circuit") -> dict:
    """A driver of the package with the state as a function of the circuit, or counts by trajectories."""
    made = {
        "schema": 1,
        "distribution": "mixtures",
        "version": "1.0",
        "imports": ["mixtures"],
        "setup": [
            {
                "var": "circuit",
                "value": {"call": {"ref": f"mixtures:{kind}"}, "args": [{"role": "n"}]},
            }
        ],
        "gates": {
            **{name: method(name, Q0) for name in ("x", "h", "s")},
            **{name: method(name, P0, Q0) for name in ("rx", "ry")},
            "cx": method("cx", Q0, Q1),
        },
    }
    if kind == "Sampler":
        path = [{"attr": "counts"}, {"call": [{"role": "shots"}]}]
        made["counts"] = {
            "run": [],
            "root": "circuit",
            "path": path,
            "kind": "counts",
            "order": "big",
        }
        return made
    run = {"var": "result", "value": {"call": {"ref": "mixtures:final_vector"}, "args": [CIRCUIT]}}
    made["state"] = {"run": [run], "root": "result", "path": [], "kind": "state", "order": "big"}
    return made


def measured(made: dict, *without: str, monkeypatch: pytest.MonkeyPatch | None = None):
    for name in without:
        assert monkeypatch is not None
        owner, _, attribute = name.rpartition(".")
        module = sys.modules["mixtures"]
        monkeypatch.delattr(getattr(module, owner) if owner else module, attribute)
    return measure_capabilities(build(request("mixtures")), made)


def test_all_of_it() -> None:
    made = driver()
    found = measured(made)
    assert found.values["density"] is True
    assert found.values["noise"] == "depolarizing"
    assert found.values["max_density_qubits"] == 10
    density = found.driver["density"]
    assert density["kind"] == "density"
    assert "MixedCircuit" in repr(density["setup"])
    assert is_right(made, density, 3)
    noise = found.driver["noise"]
    assert noise["apply"]["call"] == {"attr": [CIRCUIT, "mix_depolarizing"]}
    assert noise["scale"] == pytest.approx(4 / 3)
    assert noise["shows"] == "density"
    assert "final_vector_many" in repr(found.driver["batch"])
    assert any("circuit.mix_depolarizing(4*p0/3, q0)" in line for line in found.log)


def test_what_is_only_called_so_is_no_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    found = measured(driver(), "MixedCircuit.mix_depolarizing", monkeypatch=monkeypatch)
    assert "noise" not in found.driver
    assert "noise" not in found.values
    assert found.values["density"] is True
    assert any("pure states only" in line for line in found.log)


def test_results_in_another_order_are_no_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "batch" not in measured(driver(), "final_vector_many", monkeypatch=monkeypatch).driver


def test_a_wrong_density_matrix_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import mixtures

    right = mixtures.MixedCircuit.matrix
    monkeypatch.setattr(mixtures.MixedCircuit, "matrix", lambda self: right(self).T)
    found = measured(driver())
    assert "density" not in found.driver
    assert "noise" not in found.driver


def test_noise_in_counts_of_trajectories(monkeypatch: pytest.MonkeyPatch) -> None:
    found = measured(driver("Sampler"), "MixedCircuit", monkeypatch=monkeypatch)
    noise = found.driver["noise"]
    assert noise["shows"] == "counts"
    assert "scale" not in noise
    assert noise["apply"] == {"call": {"attr": [CIRCUIT, "depolarize"]}, "args": [Q0, P0]}
    assert "density" not in found.driver


def test_the_driver_of_the_density_matrix_is_the_same_but_for_setup_and_reading() -> None:
    made = driver()
    made["density"] = {**made["state"], "kind": "density", "setup": []}
    changed = density_driver(made)
    assert changed["setup"] == []
    assert changed["state"]["kind"] == "density"
    assert changed["gates"] is made["gates"]
