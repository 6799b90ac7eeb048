"""A driver keeps only what its measurement needs."""

import copy

from drivers import driver, gate

from measure import measure_gates
from minimise import minimise, shortest


def holds(made: dict) -> bool:
    try:
        return all(one["outcome"] != "wrong" for one in measure_gates(made)) and bool(made["gates"])
    except Exception:
        return False


def test_junk_of_an_example_is_dropped() -> None:
    wanted = driver(gates=("x", "h", "cx"))
    wanted["imports"] = []
    del wanted["setup"][0]["value"]["kwargs"]
    junk = copy.deepcopy(wanted)
    junk["imports"] = ["json", "tiny_simulator"]
    junk["touch"] = True
    junk["setup"].insert(0, {"var": "unused", "value": {"list": [{"role": "n"}]}})
    junk["setup"].append({"value": {"call": {"attr": [{"var": "circuit"}, "state"]}, "args": []}})
    junk["setup"][1]["value"]["kwargs"] = {"fault": {"lit": ""}}
    junk["state"]["run"] = [{"var": "other", "value": {"var": "circuit"}}]
    for entry in junk["gates"].values():
        entry["apply"]["args"][2] = {"list": []}
    small = minimise(junk, holds)
    for name, entry in wanted["gates"].items():
        assert small["gates"][name]["apply"]["args"] == entry["apply"]["args"][:2]
        entry["apply"]["args"] = entry["apply"]["args"][:2]
    assert small == wanted


def test_many_imports_that_do_nothing_cost_one_trial() -> None:
    junk = driver(gates=("x", "h"))
    junk["imports"] = ["json", "os.path", "tiny_simulator", "math"]
    asked: list[int] = []

    def counting(made: dict) -> bool:
        asked.append(len(made["imports"]))
        return holds(made)

    assert minimise(junk, counting)["imports"] == []
    assert set(asked) == {4, 0}


def test_what_is_needed_stays() -> None:
    needed = driver("plus start", gates=("x", "h"))
    needed["plus"], needed["imports"] = True, []
    needed["gates"]["rx"] = gate("rx")
    small = minimise(needed, lambda made: "rx" in made["gates"] and holds(made) and _angled(made))
    assert small["gates"]["rx"] == needed["gates"]["rx"]


def test_shots_and_seeds_are_never_dropped() -> None:
    made = driver(counts=True, gates=("x", "h"))
    assert minimise(made, lambda _smaller: True)["counts"] == made["counts"]


def _angled(made: dict) -> bool:
    return made["setup"][0]["value"].get("kwargs") is not None


def test_a_driver_that_does_not_hold_comes_back_unchanged() -> None:
    broken = driver("t is tdg")
    assert minimise(broken, holds) == broken


def test_references_are_written_in_the_shortest_public_way() -> None:
    assert shortest("json.decoder:JSONDecoder") == "json:JSONDecoder"
    assert shortest("os.path:join") == "os.path:join"
    assert shortest("no_such_module.part:Name") == "no_such_module.part:Name"
