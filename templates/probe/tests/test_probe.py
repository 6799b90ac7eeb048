"""The whole probe on small simulators: each kind of driving, each trap, from the request to the measurement."""

import json

import pytest
from probing import outcomes, probe, request


def test_gate_objects_with_reversed_rotations_on_a_little_endian_state(tmp_path):
    found = probe(tmp_path, request("gateobjects"))
    assert found["stage"] == "measured"
    assert outcomes(found, "right") == {
        "x",
        "h",
        "s",
        "sdg",
        "t",
        "rx",
        "ry",
        "rz",
        "cx",
        "swap",
        "ccx",
        "matrix",
    }
    driver = found["driver"]
    assert driver["gates"]["rx"]["scale"] == -1
    assert driver["state"]["order"] == "little"
    # The matrix acts on as many qubits as it is given, in our order.
    assert driver["gates"]["matrix"]["qubits"] == [1, 0]
    assert found["conventions"] == {
        "precision": "double", "counts": "samples", "seed": True, "density": False, "state_order": "little",
        "counts_order": "little", "max_qubits": found["conventions"]["max_qubits"],
    }  # fmt: skip


def test_angle_first_in_half_turns_and_target_first(tmp_path):
    found = probe(tmp_path, request("anglesfirst"))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "rz", "u3", "cx", "cp"}
    gates = found["driver"]["gates"]
    assert gates["rx"]["scale"] == pytest.approx(1 / 3.141592653589793)
    assert gates["rx"]["apply"]["args"] == [{"role": "p0"}, {"role": "q0"}]
    assert gates["cx"]["qubits"] == [1, 0]
    assert found["driver"]["state"]["order"] == "big"
    assert found["driver"]["counts"]["order"] == "big"
    assert found["conventions"]["seed"] is True


def test_subscripts_a_growing_register_and_a_default_engine_that_is_broken(tmp_path):
    found = probe(tmp_path, request("subscripts"))
    assert outcomes(found, "right") == {"x", "h", "t", "ry", "rz", "cx", "cz"}
    driver = found["driver"]
    assert driver["touch"] is True
    # The state, although a unitary is in reach at once and needs no other engine.
    assert driver["state"]["kind"] == "state"
    assert '"engine": {"lit": "plain"}' in json.dumps(driver["state"]["run"])
    assert driver["gates"]["ry"]["apply"] == {
        "item": [
            {"call": {"attr": [{"var": "circuit"}, "ry"]}, "args": [{"role": "p0"}]},
            {"role": "q0"},
        ]
    }


def test_text_with_words_of_its_own_and_idle_qubits_that_vanish(tmp_path):
    found = probe(tmp_path, request("textonly"))
    assert outcomes(found, "right") == {"x", "h", "cx", "tdg", "rx", "p", "ccx"}
    driver = found["driver"]
    assert driver["text"]["dialect"] == "openqasm3_plain"
    assert driver["touch"] is True
    assert driver["gates"]["tdg"] == {
        "apply": {"format": ["ti q[", {"role": "q0"}, "];"]},
        "effect": "line",
    }


def test_a_list_of_tuples_read_as_a_density_matrix(tmp_path):
    found = probe(tmp_path, request("plainlists"))
    assert outcomes(found, "right") == {"x", "h", "s", "t", "cx", "ccx"}
    assert found["driver"]["state"]["kind"] == "density"
    assert found["conventions"]["density"] is True


def test_matrices_only(tmp_path):
    found = probe(tmp_path, request("onlymatrices"))
    assert {"x", "h", "cx", "rx", "u3", "cswap", "matrix"} <= outcomes(found, "right")
    assert found["driver"]["gates"]["matrix"]["apply"]["args"] == [
        {"role": "matrix"},
        {"role": "gate_qubits"},
    ]


def test_crashes_by_signal_and_exits_stay_in_their_fork(tmp_path):
    found = probe(tmp_path, request("crashing"))
    assert found["stage"] == "measured"
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}
    assert any("crashed by signal" in line for line in found["log"]) or any(
        "ended the process" in line for line in found["seen"]
    )


def test_a_package_that_ends_the_process_is_not_said_to_be_slow(tmp_path):
    found = probe(tmp_path, request("leaving"))
    assert found["stage"] == "import"
    assert found["tried"]["ran_out"] is False
    assert any("it ended the process" in line for line in found["log"] + found["seen"])


@pytest.mark.parametrize(
    ("module", "sentence"),
    [("exiting", "SystemExit: not today"), ("incomplete", "No module named")],
)
def test_an_import_that_ends_or_lacks_something_is_reported_as_such(tmp_path, module, sentence):
    found = probe(tmp_path, request(module))
    assert found["stage"] == "import"
    assert "driver" not in found
    assert any(sentence in line for line in found["seen"])
    assert found["missing_modules"] == (
        ["a_module_that_nobody_has"] if module == "incomplete" else []
    )


def test_no_simulator_at_all_is_no_driver(tmp_path):
    found = probe(tmp_path, request("onequbit"))
    assert found["stage"] in ("import", "object", "x")
    assert "driver" not in found
    assert found["gates"] == []


def test_progress_says_stage_and_counts(tmp_path):
    probe(tmp_path, request("plainlists"))
    lines = [json.loads(line) for line in (tmp_path / "progress.jsonl").read_text().splitlines()]
    assert lines[0]["stage"] == "import"
    assert lines[-1]["stage"] == "measured"
    assert all({"stage", "tried", "found"} <= set(line) for line in lines)
    assert lines[-1]["found"] >= 6


def test_a_wrong_gate_reference_is_no_obstacle(tmp_path):
    asked = request(
        "gateobjects", gates={"h": ["gateobjects:Nowhere", "no_such_module:H"]}, engines=["x:y"]
    )
    assert "h" in outcomes(probe(tmp_path, asked), "right")


def test_a_start_state_that_is_all_plus_and_counts_after_a_measurement(tmp_path):
    found = probe(tmp_path, request("plusstart"))
    assert outcomes(found, "right") == {"x", "h", "rz", "cx"}
    driver = found["driver"]
    assert driver["plus"] is True
    assert driver["gates"]["rz"]["scale"] == pytest.approx(1 / 3.141592653589793)
    assert "measure_all" in json.dumps(driver["counts"]["run"])
    assert found["conventions"]["counts"] == "samples"


def test_names_are_hypotheses(tmp_path):
    found = probe(tmp_path, request("oddnames"))
    assert outcomes(found, "right") == {"x", "h", "cx", "ccx", "t"}
    gates = found["driver"]["gates"]
    assert '"ref": "oddnames:T"' in json.dumps(gates["ccx"])
    assert '"ref": "oddnames:Q"' in json.dumps(gates["t"])


def test_operators_that_are_called_on_a_state(tmp_path):
    found = probe(tmp_path, request("operatorcalls"))
    assert outcomes(found, "right") >= {"x", "h", "rz", "cx", "matrix"}
    gates = found["driver"]["gates"]
    assert gates["rz"]["effect"] == "rebind"
    assert gates["matrix"]["apply"]["call"]["call"] == {"ref": "operatorcalls:Operator"}
    assert gates["rz"]["apply"] == {
        "call": {"call": {"ref": "operatorcalls:RotationZ"}, "args": [{"role": "p0"}]},
        "args": [{"var": "circuit"}, {"list": [{"role": "q0"}]}],
    }


def test_a_class_of_gates_that_are_made_from_a_matrix_gives_all_others(tmp_path):
    found = probe(tmp_path, request("namedmatrix"))
    assert outcomes(found, "right") >= {"x", "h", "t", "cx", "ry", "swap", "matrix"}
    assert found["driver"]["gates"]["matrix"]["apply"]["args"] == [
        {"call": {"ref": "namedmatrix:Gate"}, "args": [{"lit": "matrix"}, {"role": "matrix"}]},
        {"role": "gate_qubits"},
    ]


def test_a_circuit_that_is_made_from_the_list_of_its_gates(tmp_path):
    found = probe(tmp_path, request("assembledparts"))
    assert outcomes(found, "right") == {"x", "h", "rz", "cx"}
    assert found["driver"]["setup"] == [{"var": "circuit", "value": {"list": []}}]
    assert '"ref": "assembledparts:Circuit"' in json.dumps(found["driver"]["state"]["run"])


def test_a_part_with_its_angle_has_controls_in_a_keyword(tmp_path):
    found = probe(tmp_path, request("controlledparts"))
    gates = found["driver"]["gates"]
    assert gates["cp"]["apply"]["kwargs"]["control"] == {"role": "q0"}
    assert '"ref": "controlledparts:phase_shift"' in json.dumps(gates["cp"])
    assert '"ref": "controlledparts:rz"' in json.dumps(gates["crz"])


def test_qubits_that_count_from_one_without_a_word(tmp_path):
    found = probe(tmp_path, request("fromoneinsilence"))
    assert outcomes(found, "right") == {"x", "h", "rz", "cx"}
    assert found["driver"]["gates"]["cx"]["apply"]["args"] == [
        {"op": "+", "args": [{"role": "q0"}, {"lit": 1}]},
        {"op": "+", "args": [{"role": "q1"}, {"lit": 1}]},
    ]


def test_compiled_classes_that_name_no_module_and_gates_that_are_only_matrices(tmp_path):
    found = probe(tmp_path, request("homeless"))
    assert outcomes(found, "right") >= {"x", "h", "cx", "rz", "crz", "ccx", "matrix"}
    # What is not one qubit's has its matrix written down, so that it can stand beside the entry for one qubit.
    assert '{"role": "matrix"}' not in json.dumps(found["driver"]["gates"]["cx"])
    assert '{"role": "q0"}' in json.dumps(found["driver"]["gates"]["matrix"])
    assert found["driver"]["gates"]["h"]["apply"]["args"] == [
        {"call": {"ref": "homeless:QGate"}, "args": [{"role": "matrix"}]},
        {"role": "gate_qubits"},
        {"list": []},
    ]
    controlled = found["driver"]["gates"]["ccx"]["apply"]["args"][1:]
    assert controlled == [{"list": [{"role": "q2"}]}, {"list": [{"role": "q0"}, {"role": "q1"}]}]


def test_an_import_that_starts_threads_is_not_forked(tmp_path):
    found = probe(tmp_path, request("threaded"))
    assert found["stage"] == "measured"
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}


def test_methods_for_any_number_of_controls(tmp_path):
    found = probe(tmp_path, request("manycontrols"))
    assert outcomes(found, "right") == {"x", "h", "p", "cx", "cz", "cp", "ccx"}


def test_three_qubits_by_default_are_not_as_many_as_were_asked_for(tmp_path):
    found = probe(tmp_path, request("threebydefault"))
    assert "driver" not in found
    assert found["stage"] == "read"


def test_gates_of_two_qubits_have_a_method_of_their_own(tmp_path):
    found = probe(tmp_path, request("twobytwo"))
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}
    assert found["driver"]["gates"]["cx"]["apply"]["call"]["attr"][1] == "apply_two_qubit_gate"


def test_lists_of_gates_are_put_on_qubits(tmp_path):
    found = probe(tmp_path, request("gatelists"))
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}
    assert found["driver"]["gates"]["cx"]["apply"]["args"] == [
        {"list": [{"role": "q0"}, {"role": "q1"}]},
        {"list": [{"ref": "gatelists:CNOT"}]},
    ]


def test_one_shot_is_no_answer_to_many(tmp_path):
    found = probe(tmp_path, request("oneshot"))
    assert found["stage"] == "x" or found["stage"] == "read"
    assert "driver" not in found


def test_single_precision_that_is_hidden_by_normalising(tmp_path):
    found = probe(tmp_path, request("normalised"))
    assert outcomes(found, "right") == {"x", "h", "rx", "rz", "cx"}
    assert found["conventions"]["precision"] == "single"


def test_probabilities_are_no_state_even_where_a_measurement_collapses_it(tmp_path):
    found = probe(tmp_path, request("collapsing"))
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}
    assert found["driver"]["state"]["kind"] == "probabilities"


def test_a_state_that_a_measurement_has_collapsed_is_no_reading(tmp_path):
    found = probe(tmp_path, request("collapsed"))
    assert "driver" not in found
    assert found["stage"] in ("x", "read")


def test_qubits_that_are_counted_from_one(tmp_path):
    found = probe(tmp_path, request("fromone"))
    assert outcomes(found, "right") == {"x", "h", "rz", "cx"}
    one = {"op": "+", "args": [{"role": "q0"}, {"lit": 1}]}
    assert found["driver"]["gates"]["rz"]["apply"]["args"] == [{"role": "p0"}, one]


def test_functions_that_find_their_circuit_in_the_open_context(tmp_path):
    found = probe(tmp_path, request("contexts"))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "cx"}
    driver = found["driver"]
    assert driver["setup"] == []
    assert driver["context"]["value"]["call"] == {"ref": "contexts:Program"}
    assert driver["context"]["over"] == "gates"


def test_what_runs_and_what_reads_is_found_though_no_name_says_so(tmp_path):
    found = probe(tmp_path, request("unsaid"))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "cx"}
    driver = found["driver"]
    assert driver["state"]["path"] == [{"attr": "peek"}, {"call": []}]
    assert "unsaid:tally" in json.dumps(driver["counts"]["run"])


def test_a_language_of_its_own_is_read_off_a_program_in_the_documentation(tmp_path):
    found = probe(tmp_path, request("ownlines"))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "rz", "cx"}
    driver = found["driver"]
    assert driver["text"]["header"] == [["qubits ", {"role": "n"}]]
    assert driver["gates"]["rx"]["apply"] == {
        "format": ["RX(", {"role": "p0"}, ") q", {"role": "q0"}]
    }


def test_programs_in_files_and_amplitudes_one_by_one(tmp_path):
    facts = {"parameters": [{"name": "filename", "optional": False, "kind": "plain"}]}
    found = probe(tmp_path, request("onlyfiles", functions={"onlyfiles:load_qasm": facts}))
    assert outcomes(found, "right") == {"x", "h", "t", "rz", "cx"}
    driver = found["driver"]
    assert driver["setup"][0]["value"]["args"] == [{"role": "file"}]
    assert driver["state"]["path"] == [{"attr": "amplitude"}, {"each": [{"role": "basis"}]}]
    assert driver["text"]["header"][0] == ["OPENQASM 2.0;"]


def test_where_no_name_says_anything_effects_decide(tmp_path):
    found = probe(tmp_path, request("wordless"))
    assert outcomes(found, "right") >= {"x", "y", "h", "t", "cx"}
    gates = found["driver"]["gates"]
    # Y turns a qubit over as well, and was met first.
    assert '"belk"' in json.dumps(gates["x"])
    assert '"abzu"' in json.dumps(gates["y"])


def test_a_program_is_measured_for_counts_and_not_for_the_state(tmp_path):
    found = probe(tmp_path, request("asks"))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "cx"}
    driver = found["driver"]
    assert driver["state"]["kind"] == "state"
    assert not any("measure" in str(line) for line in driver["text"]["footer"])
    assert any("measure" in str(line) for line in driver["counts"]["text"]["footer"])
    assert found["conventions"]["counts"] == "samples"


def test_each_qubit_is_measured_by_a_value_like_a_gate_before_there_are_counts(tmp_path):
    found = probe(tmp_path, request("measuredeach"))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "cx"}
    (measure, *_) = found["driver"]["counts"]["run"]
    assert measure["each"] is True
    assert '"ref": "measuredeach:Measure"' in json.dumps(measure)
    assert found["conventions"]["counts"] == "samples"
    assert found["conventions"]["counts_order"] == "big"


def test_counts_that_a_function_draws_from_the_state(tmp_path):
    found = probe(tmp_path, request("drawing"))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "cx"}
    counts = found["driver"]["counts"]
    assert counts["run"][-1]["value"]["call"] == {"ref": "drawing:sampling"}
    assert found["conventions"]["counts"] == "samples"


def test_a_circuit_of_a_host_is_run_by_the_package_and_not_by_the_host(tmp_path):
    made = {"call": {"ref": "hostcircuits:Circuit"}, "args": [{"role": "n"}]}
    candidate = {
        "proposer": "host", "origin": "hostcircuits", "score": 62, "gates": [], "run": [],
        "setup": [{"var": "circuit", "value": made}],
    }  # fmt: skip
    asked = request("guestengine", candidates=[candidate], engines=["guestengine:Simulator"])
    found = probe(tmp_path, asked)
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "cx"}
    driver = found["driver"]
    assert '"ref": "hostcircuits:CNOT"' in json.dumps(driver["gates"]["cx"])
    assert '"ref": "guestengine:Simulator"' in json.dumps(driver["state"]["run"])
    # The order is the engine's: the host's own state has the other one.
    assert driver["state"]["order"] == "big"


def test_a_state_under_any_name_comes_before_what_a_call_of_any_name_gives(tmp_path):
    found = probe(tmp_path, request("masked"))
    assert outcomes(found, "right") >= {"x", "h", "t", "cx"}
    assert found["driver"]["state"]["kind"] == "state"
    assert found["driver"]["state"]["path"] == [{"attr": "narfel"}]


def test_modules_that_cannot_be_imported_are_told_where_the_package_itself_imports_nothing(
    tmp_path,
):
    asked = request("emptyfront", gates={"x": ["emptyfront.wires:Wires.x"]})
    found = probe(tmp_path, asked)
    assert found["stage"] == "import"
    assert found["missing_modules"] == ["nowhere_to_be_found"]
    assert any("import emptyfront.wires: ModuleNotFoundError" in line for line in found["seen"])


def test_operators_over_the_whole_register_reach_every_qubit_by_exchanges(tmp_path):
    found = probe(tmp_path, request("wholeoperators"))
    assert outcomes(found, "right") == {"x", "h", "p", "cx", "cp", "swap", "ccx"}
    assert found["driver"]["gates"]["ccx"]["apply"] == {
        "chain": {"ref": "wholeoperators:TOFFOLI"},
        "identity": {"ref": "wholeoperators:I"},
        "join": {"op": "*", "args": [{"var": "left"}, {"var": "right"}]},
        "apply": {"op": "+", "args": [{"var": "circuit"}, {"var": "operator"}]},
        "swap": {"ref": "wholeoperators:SWAP"},
    }


def test_what_leads_nowhere_by_names_does_not_keep_the_next_object_waiting(tmp_path):
    found = probe(tmp_path, request("distracting"))
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}
    assert found["tried"]["runs"] < 1500


def test_a_trial_that_nothing_can_interrupt_ends_alone(tmp_path):
    found = probe(tmp_path, request("hanging"))
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}
    assert any("did not end by themselves" in line for line in found["log"])


def test_a_part_of_the_package_that_ends_the_program_ends_nothing_else(tmp_path):
    # The analysis names a gate in it, too.
    asked = request("leavingparts", gates={"x": ["leavingparts.away:X"]})
    found = probe(tmp_path, asked)
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}


def test_names_that_mean_something_else_and_controls_that_are_added_twice(tmp_path):
    found = probe(tmp_path, request("letters"))
    assert outcomes(found, "right") >= {
        "x",
        "z",
        "h",
        "p",
        "cx",
        "cz",
        "cp",
        "swap",
        "cswap",
        "ccx",
    }
    gates = found["driver"]["gates"]
    # Each by what the package calls it: none needs its matrix.
    assert not [gate for gate in ("cx", "cz", "cp", "ccx") if "matrix" in json.dumps(gates[gate])]


def test_a_property_that_raises_is_no_end_of_the_search(tmp_path):
    found = probe(tmp_path, request("lateproperty"))
    assert outcomes(found, "right") == {"x", "h", "t", "cx"}
    assert found["driver"]["context"]["value"]["call"] == {"ref": "lateproperty:Sequence"}


def test_what_the_setup_makes_beside_the_circuit_runs_it_and_has_the_state(tmp_path):
    engine = {"var": "eng", "value": {"call": {"ref": "enginebeside:Engine"}, "args": []}}
    allocate = {"attr": [{"var": "eng"}, "allocate_register"]}
    register = {"var": "circuit", "value": {"call": allocate, "args": [{"role": "n"}]}}
    qubit = {"item": [{"var": "circuit"}, {"role": "q0"}]}
    example = {
        "proposer": "example", "origin": "README", "score": 90, "run": [],
        "gates": [{"value": {"op": "|", "args": [{"ref": "enginebeside:H"}, qubit]}}],
        "setup": [engine, register],
    }  # fmt: skip
    found = probe(tmp_path, request("enginebeside", candidates=[example]))
    assert outcomes(found, "right") == {"x", "h", "t", "rx", "cx"}
    driver = found["driver"]
    assert driver["state"]["run"][-1]["value"] == {
        "call": {"attr": [{"var": "eng"}, "flush"]},
        "args": [],
    }
