from __future__ import annotations

import sys
from pathlib import Path

import environment
import pytest
from environment import Interpreter, Pin, Resolution

HERE = Interpreter(sys.executable, "3.12.1", sys.base_prefix)
HASH = "a" * 64


def test_a_lock_is_read_and_written():
    text = f"# comment\nSim_X==1.0 \\\n    --hash=sha256:{HASH} \\\n    --hash=sha256:{'b' * 64}\n"
    (pin,) = environment.read_pins(text)
    assert pin == Pin("sim-x", "1.0", (HASH, "b" * 64))
    assert pin.line() == f"sim-x==1.0 --hash=sha256:{HASH} --hash=sha256:{'b' * 64}"


@pytest.mark.parametrize(
    "line",
    [
        "sim==1.0",
        f"sim>=1.0 --hash=sha256:{HASH}",
        f"-r other.txt --hash=sha256:{HASH}",
        f"--index-url=x==1 --hash=sha256:{HASH}",
        f"sim==1.0 --hash=sha256:{HASH} --pre",
        "sim @ file:///etc/passwd",
    ],
)
def test_what_is_no_lock(line):
    with pytest.raises(ValueError, match="no exact version"):
        environment.read_pins(line)


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("numpy", True),
        ("numpy>=1.26,<3", True),
        ("cirq-core[contrib] ~= 1.3 ; python_version < '3.13'", True),
        ("sim (>=1.0)", True),
        ("sim @ https://example.org/a.whl", False),
        ("-r other.txt", False),
        ("--pre", False),
        ("./folder", False),
        ("a\n--pre", False),
        ("a==1 --hash=x", False),
    ],
)
def test_requirements_that_name_a_distribution(line, plain):
    assert environment.plain_requirement(line) is plain


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "ERROR: Could not find a version (from versions: none)\nERROR: No matching distribution found for sim",
            "no_wheel",
        ),
        ("ERROR: Package 'sim' requires a different Python: 3.12.1 not in '<3.12'", "python"),
        ("ERROR: Max retries exceeded", "download"),
        ("Connection refused", "download"),
        ("ERROR: nonsense", "conflict"),
    ],
)
def test_reasons(said, reason):
    error = environment.refusal("sim 1.0", HERE, said)
    assert error.reason == reason
    assert "sim 1.0" in error.message or reason == "download"


def test_what_pip_said_is_one_printable_line_without_credentials():
    said = (
        "WARNING: Retrying\nERROR: https://ann:secret@index.test/ \x1b[31mred\u202e\nERROR: "
        + "x" * 900
    )
    message = environment.refusal("sim 1.0", HERE, said).message
    assert message.isprintable() and message.isascii()
    assert "secret" not in message
    assert len(message) < 700


def test_interpreters_lie_in_all_ranges():
    assert environment.interpreters([">=3.11", ""])
    assert environment.interpreters([">=3.11", "no range"])
    assert environment.interpreters(["<3"]) == []


def test_modules_are_read_from_records(tmp_path: Path):
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    for name, lines in (
        (
            "Sim_X-1.0",
            "sim/__init__.py,,\nsim/a.py,,\n_sim.so,,\n../../bin/sim,,\né/x.py,,\na"
            + "é"
            + "/x,,\n",
        ),
        ("b-2", ""),
    ):
        record = packages / f"{name}.dist-info" / "RECORD"
        record.parent.mkdir(parents=True)
        record.write_text(lines, "utf-8")
    assert environment.modules(HERE, tmp_path) == {"sim-x": ["_sim", "sim"], "b": []}


def test_closure_follows_extras_and_conditions():
    names = ("a", "b", "c-d", "e", "f", "unused")
    requires = {
        "a": ["B>=1", "C_d[fast]", "e; python_version < '3.0'", "f; extra == 'more'"],
        "b": ["a"],
        "c-d": ["e; extra == 'fast'", "unused; extra == 'slow'"],
    }
    found = Resolution(
        tuple(Pin(name, "1") for name in names), requires, {"python_version": "3.12"}
    )
    closure = lambda *lines: [pin.name for pin in found.closure(lines)]  # noqa: E731
    assert closure("a==1") == ["a", "b", "c-d", "e"]
    assert closure("a[more]") == ["a", "b", "c-d", "e", "f"]
    assert closure("c.d", "b") == ["a", "b", "c-d", "e"]
    assert closure("unused") == ["unused"]
