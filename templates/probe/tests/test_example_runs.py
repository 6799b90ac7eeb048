"""Statements of an example that run a circuit, in the order in which they are tried."""

from example_runs import shown_runs

CIRCUIT = {"var": "circuit"}


def call(name, *numbers):
    return {"call": {"attr": [CIRCUIT, name]}, "args": [{"lit": number} for number in numbers]}


def test_a_gate_whose_name_says_nothing_is_no_part_of_running():
    run = [{"value": call("entwine", 1, 0)}, {"value": call("go", 1000)}]
    shots = {"call": {"attr": [CIRCUIT, "go"]}, "args": [{"role": "shots"}]}
    assert next(shown_runs(run)) == [{"value": shots, "var": "result"}]
    # It may be none: the example is tried as it stands, too.
    assert [len(one) for one in shown_runs(run)] == [1, 1, 2, 2, 1]


def test_a_result_is_read_whole_before_the_part_that_was_shown():
    part = {"item": [{"var": "answer"}, {"lit": "re"}]}
    run = [{"var": "answer", "value": call("go")}, {"value": part}]
    assert [one[-1]["var"] for one in shown_runs(run)][:2] == ["answer", "result"]
    assert list(shown_runs([])) == []
