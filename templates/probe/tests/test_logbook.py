"""The log says how a driver works and what differs from what a physicist expects."""

from drivers import driver, gate

from logbook import described

CONVENTIONS = {"precision": "single", "counts": "samples", "seed": True}


def test_a_driver_in_a_few_lines() -> None:
    made = driver(counts=True, gates=("x", "h", "rx", "cx", "t"))
    lines = described(made, [], CONVENTIONS)
    gates = (
        "circuit.apply('x', [q0], [])",
        "circuit.apply('rx', [q0], [p0])",
        "circuit.apply('cx', [q0, q1], [])",
    )
    assert lines == [
        "the circuit: circuit = tiny_simulator.Circuit(n, fault='')",
        f"gates such as {', '.join(gates)}",
        "state: circuit.state(); qubit 0 is the most significant bit",
        "counts: circuit.counts(shots, seed); qubit 0 is the least significant bit",
        "single precision; counts are samples, repeated by a seed",
    ]


def test_what_differs_and_what_was_left_out() -> None:
    made = driver(state="density", gates=("x", "h", "rx", "ry", "p", "cx"))
    made |= {"plus": True, "touch": True}
    made["gates"]["rx"] = {**gate("rx"), "scale": -1}
    made["gates"]["ry"] = {**gate("ry"), "scale": -1}
    made["gates"]["p"] = {**gate("p"), "scale": 0.3183098861837907}
    made["gates"]["cx"] = {**gate("cx"), "qubits": [1, 0]}
    wrong = [{"gate": "ccx", "outcome": "wrong", "reason": "on qubits (1, 2, 3) at n = 4: off"}]
    text = "\n".join(described(made, wrong, None))
    for line in (
        "state (density): circuit.density(); qubit 0 is",
        "it starts in |+...+>",
        "idle qubits vanish",
        "angles the other way round: rx, ry",
        "angles in half turns: p",
        "qubits in another order: cx",
        "left out as wrong: ccx (on qubits (1, 2, 3) at n = 4: off)",
    ):
        assert line in text


def test_nothing_in_it_depends_on_the_clock() -> None:
    lines = "\n".join(described(driver(), [], CONVENTIONS))
    assert " s," not in lines
    assert "seconds" not in lines
