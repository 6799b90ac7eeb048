"""With the real pip, on wheels in a folder instead of an index."""

from __future__ import annotations

import dataclasses
import tarfile
import zipfile
from pathlib import Path

import environment
import pytest


def put_wheel(folder: Path, name: str, files: dict[str, str], requires: str = "") -> None:
    info = f"{name}-1.0.dist-info"
    content = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, text in {**content, f"{info}/RECORD": record}.items():
            wheel.writestr(path, text)


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "links"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture(scope="module")
def python() -> environment.Interpreter:
    return environment.interpreters([">=3.11"])[0]


def test_nothing_of_a_wheel_runs_while_it_is_installed(links, tmp_path, python):
    trace = tmp_path / "it-ran"
    program = f"import pathlib; pathlib.Path({str(trace)!r}).touch()\n"
    files = {"evil.py": program, "evil.pth": program, "sitecustomize.py": program}
    put_wheel(links, "evil", files, "Requires-Dist: helper; python_version > '3'\n")
    put_wheel(links, "helper", {"helper/__init__.py": program})
    found = environment.resolve(python, ["evil==1.0"])
    assert [pin.name for pin in found.closure(["evil"])] == ["evil", "helper"]
    environment.install(python, tmp_path / "env", found.pins)
    assert not trace.exists()
    modules = environment.modules(python, tmp_path / "env")
    assert modules == {"evil": ["evil", "sitecustomize"], "helper": ["helper"]}


def test_another_file_than_the_one_that_was_locked_is_not_installed(links, tmp_path, python):
    put_wheel(links, "sim", {"sim.py": ""})
    (pin,) = environment.resolve(python, ["sim"]).pins
    other = dataclasses.replace(pin, hashes=("0" * 64,))
    with pytest.raises(environment.PipError) as error:
        environment.install(python, tmp_path / "env", [other])
    assert environment.refusal("sim 1.0", python, str(error.value)).reason == "download"


def test_what_would_have_to_be_built_is_refused(links, tmp_path, python):
    trace = tmp_path / "it-ran"
    setup = tmp_path / "setup.py"
    setup.write_text(f"open({str(trace)!r}, 'w')\n", "utf-8")
    with tarfile.open(links / "sim-1.0.tar.gz", "w:gz") as archive:
        archive.add(setup, "sim-1.0/setup.py")
    with pytest.raises(environment.PipError) as error:
        environment.resolve(python, ["sim==1.0"])
    assert not trace.exists()
    assert environment.refusal("sim 1.0", python, str(error.value)).reason == "no_wheel"
