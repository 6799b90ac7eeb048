"""Programs that are plain data: a list of gates inside a document that is handed over as text."""

from probing import outcomes, probe, request

CIRCUIT = {"var": "circuit"}
Q0 = {"role": "q0"}


def call(reference, value):
    return {"call": {"ref": reference}, "args": [value]}


def test_gates_of_a_document_are_written_as_shown_and_its_result_is_read_whole(tmp_path):
    h = {"list": [{"lit": "h"}, {"list": [Q0]}, {"list": []}]}
    document = {"dict": [[{"lit": "size"}, {"role": "n"}], [{"lit": "gates"}, CIRCUIT]]}
    said = call("jsonprogram:run_json", call("json:dumps", {"var": "document"}))
    example = {
        "proposer": "example", "origin": "README.md:3", "score": 100,
        "setup": [{"var": "circuit", "value": {"list": []}}],
        "gates": [{"value": {"call": {"attr": [CIRCUIT, "append"]}, "args": [h]}}],
        "run": [
            {"var": "document", "value": document},
            {"var": "answer", "value": call("json:loads", said)},
            {"value": {"item": [{"var": "answer"}, {"lit": "re"}]}},
        ],
    }  # fmt: skip
    measured = probe(tmp_path, request("jsonprogram", candidates=[example]))
    assert outcomes(measured, "right") >= {"h", "x", "s", "t", "rx", "rz", "cx"}
    driver = measured["driver"]
    assert (driver["state"]["kind"], driver["state"]["order"]) == ("state", "little")
    assert driver["state"]["path"] == []
