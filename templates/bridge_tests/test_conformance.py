"""The simulator tests find every mistake, name the gate, and accept what is right."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from conftest import HOST
from host.backends._bridge.conformance import reference
from host.backends._bridge.conformance.measure import p_value, upper_gamma
from host.backends._bridge.gates import CORE, unitary
from simulators import ALL, RIGHT
from wrong import HARMLESS, WRONG

CLASSES = """
class {title}{name}({category}):
    adapter = {expression}
    gates = {gates!r}
"""
HEAD = """
from host.backends._bridge.conformance import Compatibility, Integration, Performance, Unit
import simulators
import wrong
RIGHT, WRONG, HARMLESS = map(list, (simulators.RIGHT, wrong.WRONG, wrong.HARMLESS))
"""


def run_suite(folder: Path, text: str, *arguments: str) -> list[tuple[str, str, str, str]]:
    """Run a test file in a process of its own: (class, test, outcome, message) of each test."""
    file, report = folder / "test_suite.py", folder / "report.xml"
    file.write_text(text)
    paths = os.pathsep.join([str(HOST), str(Path(__file__).parent)])
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest"),
            *("--rootdir", str(folder), f"--junitxml={report}", str(file), *arguments),
        ],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-3000:]
    found = []
    for case in ET.parse(report).iter("testcase"):
        child = next(iter(case), None)
        outcome = (
            "passed"
            if child is None
            else {"failure": "failed", "error": "failed"}.get(child.tag, child.tag)
        )
        message = "" if child is None else f"{child.get('message')} {child.text}"
        found.append(
            (case.get("classname", "").split(".")[-1], case.get("name", ""), outcome, message)
        )
    return found


def classes(
    group: str, subjects: list[type], gates: list[tuple[str, ...]], categories: tuple[str, ...]
) -> str:
    text = ""
    for index, subject in enumerate(subjects):
        for category in categories:
            text += CLASSES.format(
                title=f"Test{subject.name.title().replace('_', '')}",
                name=category,
                category=category,
                expression=f"{group}[{index}]",
                gates=gates[index],
            )
    return text


def test_every_mistake_is_found_and_named(tmp_path: Path) -> None:
    text = HEAD + classes("WRONG", list(WRONG), [ALL] * len(WRONG), ("Unit", "Compatibility"))
    found = run_suite(tmp_path, text, "-k", "test_unitary")
    assert len(WRONG) == 18
    for subject, gate in WRONG.items():
        title = f"Test{subject.name.title().replace('_', '')}"
        failed = {
            name: message
            for kind, name, outcome, message in found
            if kind.startswith(title) and outcome == "failed"
        }
        assert failed, f"{subject.name} passes"
        message = failed.get(f"test_unitary[{gate}]", "")
        assert gate in message and "expected" in message, (
            f"{subject.name}: {gate} is not named: {list(failed)}"
        )


def test_mistakes_are_found_in_counts_alone(tmp_path: Path) -> None:
    """Without a state, by interference: all mistakes in a table."""
    mistakes = {subject: gate for subject, gate in WRONG.items() if "gates" in vars(subject)}
    assert len(mistakes) == 15
    text = (
        HEAD + "WRONG = [type(k.__name__, (simulators.Counts,), {'gates': k.gates, 'name': k.name})"
    )
    text += " for k in WRONG if 'gates' in vars(k)]\n"
    text += classes("WRONG", list(mistakes), [ALL] * len(mistakes), ("Unit", "Compatibility"))
    found = run_suite(tmp_path, text, "-k", "test_unitary")
    for subject, gate in mistakes.items():
        title = f"Test{subject.name.title().replace('_', '')}"
        failed = {
            name
            for kind, name, outcome, _ in found
            if kind.startswith(title) and outcome == "failed"
        }
        assert f"test_unitary[{gate}]" in failed, f"{subject.name}: {gate} passes"
        assert not failed & {"test_unitary[h]", "test_unitary[x]"}, (
            f"{subject.name}: h or x is blamed"
        )


def test_right_backends_pass(tmp_path: Path) -> None:
    subjects = [*RIGHT, *HARMLESS]
    categories = ("Unit", "Integration", "Performance", "Compatibility")
    text = HEAD + classes("RIGHT", list(RIGHT), list(RIGHT.values()), categories)
    text += classes("HARMLESS", list(HARMLESS), [ALL] * len(HARMLESS), categories)
    found = run_suite(tmp_path, text)
    wrong = [
        f"{kind}.{name}: {message[:1500]}"
        for kind, name, outcome, message in found
        if outcome == "failed"
    ]
    assert not wrong, "\n\n".join(wrong)
    passed = {kind for kind, _, outcome, _ in found if outcome == "passed"}
    assert len(passed) == len(subjects) * len(categories)


def test_a_circuit_with_a_gate_that_the_backend_lacks_is_not_asked_of_it(tmp_path: Path) -> None:
    last = list(RIGHT)[-1]
    text = HEAD + classes("RIGHT", list(RIGHT), list(RIGHT.values()), ("Integration",))
    found = run_suite(tmp_path, text, "-k", f"{last.name.title()} and teleport")
    ((_, _, outcome, message),) = found
    assert outcome == "skipped" and f"{last.name} has no t" in message


def test_nothing_runs_without_the_package(tmp_path: Path) -> None:
    text = (
        HEAD
        + "class Absent(RIGHT[0]):\n    package = 'absent_package'\n    modules = ('absent_package',)\n"
    )
    for category in ("Unit", "Integration", "Performance", "Compatibility"):
        text += f"class Test{category}({category}):\n    adapter, gates = Absent, ('h', 'x', 'cx', 't')\n"
    found = run_suite(tmp_path, text)
    assert not [row for row in found if row[2] == "failed"]
    skipped = [message for _, _, outcome, message in found if outcome == "skipped"]
    assert len(skipped) > 100
    assert all("absent_package" in message or "cirq" in message for message in skipped)


def test_a_gate_that_must_be_refused_and_runs_is_found(tmp_path: Path) -> None:
    text = HEAD + classes(
        "RIGHT", list(RIGHT)[:1], [tuple(name for name in ALL if name != "rzz")], ("Compatibility",)
    )
    found = run_suite(tmp_path, text, "-k", "test_unitary")
    assert [name for _, name, outcome, _ in found if outcome == "failed"] == ["test_unitary[rzz]"]


@pytest.mark.parametrize("name", CORE)
def test_reference_agrees_with_the_bridge(name: str) -> None:
    """Two independent spellings of every gate; the reference is what the bridge is measured with."""
    parameters = (0.37, 1.93, -0.71)[: CORE[name].parameters]
    assert np.allclose(reference.unitary(name, parameters), unitary(name, parameters), atol=1e-14)
    assert reference.SHAPES[name] == (CORE[name].parameters, CORE[name].qubits)


def test_incomplete_gamma() -> None:
    # Q(1/2, x) = erfc(√x), Q(1, x) = e^-x, and chi-square tables: 95 % of 10 degrees of freedom is 18.307.
    assert upper_gamma(1, 2.5) == pytest.approx(np.exp(-2.5), rel=1e-12)
    assert upper_gamma(0.5, 0.09) == pytest.approx(0.6713732405408726, rel=1e-12)
    assert upper_gamma(5, 18.307 / 2) == pytest.approx(0.05, abs=1e-5)


def test_p_values_of_samples_are_even() -> None:
    weights = np.random.default_rng(3).dirichlet(np.ones(32))
    generator = np.random.default_rng(4)
    values = [p_value(generator.multinomial(4096, weights), weights * 4096) for _ in range(400)]
    assert 0.4 < np.mean(values) < 0.6
    assert min(values) > 1e-6
    assert p_value(np.round(weights * 4096), weights * 4096) > 1 - 1e-6
    assert p_value(generator.multinomial(4096, np.roll(weights, 1)), weights * 4096) < 1e-6


@pytest.mark.parametrize("rare", [0.0, 1e-6, 3e-4, 9e-4])
def test_a_rare_outcome_that_is_seen_often_does_not_hide_in_a_large_bin(rare: float) -> None:
    expected = 4096 * np.array([1 - rare, rare])
    assert p_value(np.array([4096 - 40, 40]), expected) < 1e-12
    generator = np.random.default_rng(3)
    drawn = [generator.multinomial(4096, [1 - rare, rare]) for _ in range(400)]
    assert min(p_value(one, expected) for one in drawn) > 1e-6
