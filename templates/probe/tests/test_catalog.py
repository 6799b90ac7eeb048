"""What is read off a live package: signatures, options, pragma lines, references."""

import enum
import sys
from types import ModuleType
from typing import Literal

import pytest
from probing import PACKAGES, request

from catalog import Catalog, _home, build, shortest_reference
from layouts import Parameter
from objects import candidates, constructions, fill
from pragmas import result_lines


class Compiled:
    """What a compiled function looks like: a docstring and no signature."""

    def __init__(self, text):
        self.__doc__ = text

    @property
    def __signature__(self):
        raise ValueError("no signature")

    def __call__(self):
        raise AssertionError("signatures are read, not tried")


@pytest.fixture
def catalog():
    return Catalog(request("nothing"))


def names(found):
    return None if found is None else [(one.name, one.optional) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rx(self: pkg.Circuit, index: int, angle: float) -> None", [("index", False), ("angle", False)]),
        ("f(self: A, where: list[tuple[int, int]], dagger: bool = False)", [("where", False), ("dagger", True)]),
        (
            (
                "s(*args, **kwargs)\nOverloaded function.\n\n1. s(self: A, count: int) -> int\n\n"
                "2. s(self: A, count: int, seed: int)"
            ),
            [("count", False), ("seed", True)],
        ),
        ("g(self: A, arg0: int) -> None", None),
        ("h(self: A) -> None", []),
        ("no signature here", None),
    ],
)  # fmt: skip
def test_signatures_from_docstrings(catalog, text, expected):
    assert names(catalog.signature(Compiled(text))) == expected


def test_a_live_signature_wins(catalog):
    def function(n_qubits, *rest, seed=None, **more):
        """function(wrong)"""

    found = catalog.signature(function)
    assert names(found) == [("n_qubits", False), ("rest", False), ("seed", True), ("more", False)]
    assert [one.star for one in found] == [False, True, False, True]


def test_options_from_annotation_registry_and_text(catalog):
    class Kind(enum.Enum):
        FAST = "fast"

    catalog._text = 'run(backend="other_one")'

    def run(backend: Literal["statevector", "mps"] = "mps"):
        """Runs."""

    parameter = Parameter("backend", True, default="mps", annotation=Literal["statevector", "mps"])
    assert catalog.options(run, parameter)[0] == "statevector"
    assert "other_one" in catalog.options(run, parameter)
    assert "mps" not in catalog.options(run, parameter)
    assert "fast" in catalog.options(run, Parameter("kind", True, annotation=Kind))


def test_pragma_lines_come_from_the_package(catalog):
    catalog._text = (
        '"#pragma vendor result state_vector"\n# pragma: no cover\n"#pragma vendor noise x"'
    )
    assert result_lines(catalog) == ["#pragma vendor result state_vector"]
    catalog._text = (
        'literalNames = [ "<INVALID>", "\'ven\'", "\'result\'", "\'state_vector\'", "\'x\'" ]'
    )
    assert result_lines(catalog) == ["#pragma ven result state_vector"]
    catalog._text = ""
    assert result_lines(catalog) == []


def test_the_shortest_reference_is_the_exported_one(monkeypatch):
    top, deep = ModuleType("a_top"), ModuleType("a_top.deep")
    thing = deep.Thing = top.Thing = type("Thing", (), {})
    monkeypatch.setitem(sys.modules, "a_top", top)
    monkeypatch.setitem(sys.modules, "a_top.deep", deep)
    assert shortest_reference("a_top.deep", "Thing", thing) == "a_top:Thing"
    del top.Thing
    assert shortest_reference("a_top.deep", "Thing", thing) == "a_top.deep:Thing"


def test_parameters_are_filled_by_role():
    circuit = {"var": "circuit"}
    filled = fill([Parameter("program"), Parameter("shots", True), Parameter("seed", True)])
    assert filled.args == [circuit]
    assert filled.more == [
        {"shots": {"role": "shots"}, "seed": {"role": "seed"}},
        {"shots": {"role": "shots"}},
    ]
    assert fill([Parameter("what_is_this")]) is None
    assert fill([Parameter("C")], name="sample").args == [{"role": "shots"}]


def test_a_package_is_catalogued_and_its_circuit_comes_first(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGES))
    import anglesfirst  # noqa: F401

    found = build(request("anglesfirst"))
    assert found.classes[0][1] == "anglesfirst:QCircuit"
    assert constructions(found, "anglesfirst:QCircuit")[0]["args"] == [{"role": "n"}]
    assert candidates(found)[0].origin == "class anglesfirst:QCircuit"


def test_candidates_of_an_unknown_dialect_are_left_out(monkeypatch):
    candidate = {
        "proposer": "text", "origin": "o", "score": 9, "setup": [], "gates": [], "run": [], "dialect": "klingon",
    }  # fmt: skip
    found = candidates(build(request("nothing", candidates=[candidate])))
    assert all(one.origin != "text o" for one in found)


def scattered(gates):
    """A package whose words for gates stand in many modules, as those of a system for algebra do."""
    others = {"x": [f"algebra.part{index}:Not" for index in range(16)]}
    return {gate: [*others.get(gate, []), f"algebra.physics.gate:{gate}"] for gate in gates}


def test_the_gates_of_a_large_package_have_a_home():
    gates = scattered(("x", "h", "cx"))
    assert _home(gates) == "algebra.physics.gate"
    # A few modules are a package of gates, and their order is the analysis' own.
    assert _home({"x": ["small.gates:X"], "h": ["small.ops:H", "small.gates:H"]}) == ""


def test_a_state_that_is_written_down_comes_first_where_gates_have_a_home():
    catalog = Catalog(request("nothing"))
    catalog.near = "algebra.physics"
    catalog.classes = [(1.0, "algebra.sets:Interval"), (0.0, "algebra.physics.qubit:Qubit")]
    first = candidates(catalog)[0]
    assert first.setup[0]["value"] == {
        "call": {"ref": "algebra.physics.qubit:Qubit"},
        "args": [{"role": "zeros"}],
    }


def test_a_graphics_processor_is_not_asked_for(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGES))
    import accelerated  # noqa: F401

    found = build(request("accelerated"))
    first = constructions(found, "accelerated:Simulator")[0]
    assert first["args"] == [{"role": "n"}]
    assert first["kwargs"] == {"is_gpu": {"lit": False}}
