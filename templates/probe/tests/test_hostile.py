"""Packages that misbehave: each is contained, and a person is told what it did."""

import time

import pytest
from probing import outcomes, probe, request

SHORT = {"trial_seconds": 1, "search_seconds": 6, "search_trials": 2000, "measure_seconds": 20}


@pytest.mark.parametrize("module", ["spinning", "defiant"])
def test_an_import_that_spins_is_stopped_after_its_own_small_budget(tmp_path, module):
    before = time.monotonic()
    found = probe(tmp_path, request(module, budget=SHORT))
    assert found["stage"] == "import"
    assert "driver" not in found
    told = " ".join(found["seen"])
    assert "still busy after 4 s of processor time" in told or (
        "importing did not end within 6 s of processor time (30 s on the clock) and was stopped"
        in told
    )
    assert time.monotonic() - before < 120


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        ("hungry", "import hungry: MemoryError"),
        ("asking", "import asking: EOFError"),
        ("recursing", "import recursing: RecursionError: maximum recursion depth exceeded"),
    ],
)
def test_an_import_that_goes_wrong_is_told_by_its_error(tmp_path, module, sentence):
    found = probe(tmp_path, request(module, budget=SHORT))
    assert found["stage"] == "import"
    assert any(line.startswith(sentence) for line in found["seen"]), found["seen"]
    # Nothing was written where the probe stands.
    assert {path.name for path in tmp_path.iterdir()} == {
        "imported.json",
        "progress.jsonl",
        "request.json",
        "result.json",
    }


def test_a_forged_result_is_not_taken_and_what_it_left_behind_is_gone(tmp_path, monkeypatch):
    monkeypatch.setenv("FORGE", str(tmp_path / "result.json"))
    found = probe(tmp_path, request("forging", budget=SHORT))
    assert found["distribution"] == "forging"
    assert found["stage"] == "import"
    assert "driver" not in found
    written = (tmp_path / "result.json").read_bytes()
    time.sleep(0.1)
    assert (tmp_path / "result.json").read_bytes() == written


def test_what_the_package_replaces_is_not_what_the_probe_uses(tmp_path):
    found = probe(tmp_path, request("replacing", budget=SHORT))
    assert found["distribution"] == "replacing"
    assert "driver" not in found
    assert found["stage"] in ("import", "object", "x", "read")
    assert found["seen"]


def test_harm_done_by_methods_is_contained_and_the_search_goes_on(tmp_path, monkeypatch):
    for variable in ("HOME", "TMPDIR"):
        folder = tmp_path / variable
        folder.mkdir()
        (folder / "may-be-harmed").touch()
        monkeypatch.setenv(variable, str(folder))
    work = tmp_path / "work"
    work.mkdir()
    budget = {
        "trial_seconds": 1,
        "search_seconds": 60,
        "search_trials": 20000,
        "measure_seconds": 40,
    }
    found = probe(work, request("treacherous", budget=budget))
    # What it puts into the place of the library's json reaches neither the search nor the replay in a fresh process.
    assert found["stage"] == "measured"
    assert {"x", "h", "t", "cx"} <= outcomes(found, "right")
    assert not {"y", "z", "s"} & outcomes(found, "right")
    assert "statevector_of_the_circuit" in str(found["driver"]["state"])
    assert any("replayed in a fresh process" in line for line in found["log"])
    assert not (tmp_path / "HOME").exists(), "it did no harm, so nothing was tested"
