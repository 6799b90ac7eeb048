"""Examples: one gate that is shown tells how all are written, and which layout of the space it is."""

import pytest
from probing import PACKAGES, request

from bench import Bench, Trials
from catalog import Catalog, build
from inspect_object import ObjectSearch
from language import Scope
from objects import candidates
from recipes import Form
from shown import patterns, shown

Q0, Q1, P0 = {"role": "q0"}, {"role": "q1"}, {"role": "p0"}
CIRCUIT = {"var": "circuit"}


class Circuit:
    """Has what the examples call."""

    def rx(self, *_arguments):
        """Nothing."""

    cx = h = t = rx

    def on(self, *_qubits):
        """Chooses qubits for the next gate."""
        return self

    def add(self, *_arguments):
        """Nothing."""


def method(name, *args, **kwargs):
    made = {"call": {"attr": [CIRCUIT, name]}, "args": list(args)}
    return {"value": {**made, "kwargs": kwargs} if kwargs else made}


def bench_with(*statements):
    made = Bench(Catalog(request("json")), [], 3, Trials())
    made.live = Scope({"circuit": Circuit()}, {"q0": 0})
    made.shown = patterns(made, statements)
    return made


def written(bench, gate, handle=None):
    return [(r.layout, r.apply) for r in shown(bench, gate, Form("shown"), handle)]


@pytest.mark.parametrize(
    ("statement", "gate", "layout", "apply"),
    [
        (method("h", {"list": [Q0]}), "cx", "method|[q], p", method("cx", {"list": [Q0, Q1]})),
        (method("rx", P0, Q0), "h", "method|p, q", method("h", Q0)),
        (method("cx", {"list": [Q0]}, Q1), "cx", "method|[c], t, p", method("cx", {"list": [Q0]}, Q1)),
        (method("turn", {"lit": "Z"}, Q0, P0), "rx", "string|q, p", method("turn", {"lit": "X"}, Q0, P0)),
        (method("add", {"lit": "rx"}, Q0, P0), "cx", "string|q, p", method("add", {"lit": "cx"}, Q0, Q1)),
    ],
)  # fmt: skip
def test_a_shown_gate_is_a_layout_of_the_space_and_writes_another(statement, gate, layout, apply):
    assert (layout, apply["value"]) in written(bench_with(statement), gate)


def test_controls_that_are_shown_beside_a_name_stand_beside_the_others():
    made = bench_with(method("add", {"lit": "x"}, Q1, control=Q0))
    shown_call = {**method("add", {"lit": "x"}, Q1, control=Q0)["value"]}
    assert shown_call in [apply for _, apply in written(made, "cx")]
    other = {**method("add", {"lit": "z"}, Q1, control=Q0)["value"]}
    assert other in [apply for _, apply in written(made, "cz")]
    assert written(made, "x") == written(made, "h") == written(made, "ccx") == []


def test_the_owner_of_a_gate_may_be_made_from_its_qubits():
    chosen = {"call": {"attr": [CIRCUIT, "on"]}, "args": [Q0]}
    made = bench_with({"value": {"call": {"attr": [chosen, "h"]}, "args": []}})
    found = [apply for _, apply in written(made, "t")]
    assert found == [{"call": {"attr": [chosen, "t"]}, "args": []}]


def test_what_does_not_name_a_list_is_no_gate_of_it():
    call = {"value": {"call": {"ref": "json:x"}, "args": [Q0]}}
    made = bench_with(call)
    assert len(made.shown) == 1
    made.live = Scope({"circuit": []}, {"q0": 0})
    assert patterns(made, [call]) == []
    assert len(patterns(made, [method("append", {"tuple": [{"lit": "x"}, Q0]})])) == 1


def test_an_axis_that_is_shown_writes_rotations_and_no_other_gate():
    made = bench_with(method("turn", {"lit": "z"}, P0, Q0))
    assert [name for gate in ("rx", "ry", "rz") for name, _ in written(made, gate)] == [
        "string|p, q"
    ] * 3
    assert written(made, "z") == written(made, "cx") == written(made, "p") == []


def test_parameters_that_were_not_shown_come_after_the_qubits_then_before():
    found = written(bench_with(method("h", {"list": [Q0]})), "rx")
    assert found[0] == ("method|[q], p", method("rx", {"list": [Q0]}, P0)["value"])
    assert found[1] == ("method|p, [q]", method("rx", P0, {"list": [Q0]})["value"])


def test_what_stands_around_a_qubit_is_how_qubits_are_handed_over():
    register = {"item": [{"var": "circuit"}, Q0]}
    bench = bench_with(method("h", register))
    assert bench.shown[0].handle == register
    assert written(bench, "cx") == []
    second = {"item": [{"var": "circuit"}, Q1]}
    assert written(bench, "cx", register)[0][1] == method("cx", register, second)["value"]


def test_statements_about_other_variables_or_other_numbers_of_qubits_are_left_alone():
    other = {"value": {"call": {"attr": [{"var": "other"}, "h"]}, "args": [Q0]}}
    assert bench_with(other, method("h", Q0, Q1), method("h", {"lit": 0})).shown == []


def test_a_record_that_nobody_guesses(monkeypatch):
    name, where = {"lit": "what"}, {"lit": "where"}
    record = {"dict": [[name, {"lit": "h"}], [where, {"tuple": [Q0]}]]}
    turned = {
        "dict": [
            [name, {"lit": "ry"}],
            [where, {"tuple": [Q0]}],
            [{"lit": "how"}, P0],
        ]
    }
    setup = [
        {"var": "circuit", "value": {"call": {"ref": "records:Board"}, "args": [{"role": "n"}]}}
    ]
    example = {
        "proposer": "example",
        "origin": "README.md:3",
        "score": 100,
        "setup": setup,
        "gates": [method("place", record), method("place", turned)],
        "run": [],
    }
    monkeypatch.syspath_prepend(str(PACKAGES))
    for excluded, gates in (([], {"x", "h", "t", "ry", "cx"}), (["shown"], set())):
        asked = request("records", candidates=[example], exclude_layouts=excluded)
        catalog = build(asked)
        report = ObjectSearch(catalog, candidates(catalog)[0], ["records"], Trials(), 20).work()
        assert set(report.names) == gates
        assert set(report.layouts.values()) == ({"shown|as it stands"} if gates else set())
