from __future__ import annotations

import hashlib
from pathlib import Path

import building
import contain
import pytest
from environment import Interpreter, Pin, PipError

PYTHON = Interpreter("/usr/bin/python3", "3.12.1", "/usr")
OLD = "error in old setup command: use_2to3 is invalid."


@pytest.fixture
def builds(tmp_path, monkeypatch):
    """Every build that is asked for, and how each of them ends."""
    asked: list[tuple[list[str], str, dict]] = []
    ends: list[tuple[int, str, list[str]]] = []

    def contained(command, *, scratch, environment, **more):
        constraints = (scratch / "constraints.txt").read_text("utf-8")
        asked.append((command, constraints, {**more, **environment}))
        code, said, wheels = ends.pop(0)
        for name in wheels:
            out = Path(command[command.index("--wheel-dir") + 1])
            out.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(b"a wheel")
        return contain.End(code, 1.0, said)

    monkeypatch.setattr(building, "WORK", tmp_path)
    monkeypatch.setattr("contain.run", contained)
    return asked, ends


def test_one_wheel_comes_out_and_the_script_ran_with_network_and_without_secrets(
    builds, tmp_path, monkeypatch
):
    asked, ends = builds
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    ends.append((0, "", ["old_sim-1.0-py3-none-any.whl"]))
    pin = Pin("old-sim", "1.0", ("a" * 64,))
    made = building.build(PYTHON, pin)
    assert made.wheel == tmp_path / "wheels" / "3.12.1" / "old_sim-1.0-py3-none-any.whl"
    assert made.pin(pin).hashes == (hashlib.sha256(b"a wheel").hexdigest(),)
    command, _, given = asked[0]
    assert given["network"] is True
    assert "secret" not in given.values()
    # Of the locked file and of nothing else; what it needs itself is not built.
    assert "--require-hashes" in command and "--no-deps" in command
    assert command[command.index("--no-binary") + 1] == "old-sim"


def test_a_known_sign_is_answered_with_the_older_version(builds):
    asked, ends = builds
    ends += [(1, OLD, []), (0, "", ["old_sim-1.0-py3-none-any.whl"])]
    made = building.build(PYTHON, Pin("old-sim", "1.0"))
    assert made.constraints == ("setuptools<58",)
    assert [constraints for _, constraints, _ in asked] == ["", "setuptools<58\n"]
    assert "PIP_BUILD_CONSTRAINT" in asked[1][2]


@pytest.mark.parametrize(
    ("ends_with", "said"),
    [
        ([(1, "fatal error: x.h", [])], "fatal error: x.h"),
        ([(1, OLD, []), (1, OLD, [])], "use_2to3"),
        ([(0, "", [])], "failed"),
        ([(0, "", ["other-1.0-py3-none-any.whl"])], "the build left 'other-1.0"),
        ([(0, "", ["a-1-py3-none-any.whl", "b-1-py3-none-any.whl"])], "failed"),
    ],
)
def test_a_build_that_leaves_no_wheel_of_the_package(builds, ends_with, said):
    builds[1].extend(ends_with)
    with pytest.raises(PipError, match=said):
        building.build(PYTHON, Pin("old-sim", "1.0"))


def test_a_lock_says_what_is_built(builds):
    _, ends = builds
    lock = "# Built from source: Old.Sim with setuptools<58, -r evil\nold-sim==1.0\nnumpy==2.0\n"
    assert building.locked(lock) == {"old-sim": ("setuptools<58",)}
    ends.append((0, "", ["old_sim-1.0-py3-none-any.whl"]))
    pins = [Pin("old-sim", "1.0", ("a" * 64,)), Pin("numpy", "2.0", ("b" * 64,))]
    made = building.build_locked(PYTHON, lock, pins)
    assert made[1] == pins[1]
    assert made[0].hashes != pins[0].hashes
    assert building.build_locked(PYTHON, "numpy==2.0\n", pins) == pins
