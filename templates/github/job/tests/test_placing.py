from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import placing
import pytest
from environment import RefusalError

FILES = {"sim/__init__.py": b"X = 1\n", "sim/deep er/a.py": b"\xef\xbb\xbfY = 2\n\n"}


def described(**more):
    files = [
        {"path": path, "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in FILES.items()
    ]
    origin = {"kind": "target", "folder": "vendor/sim"}
    facts = {"name": "Small.Sim", "version": "1.0", "requires": ["numpy>=1", "small_sim[x]"]}
    return {**facts, "schema": 1, "base": "src", "files": files, "origin": origin, **more}


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "checkout"
    for path, content in FILES.items():
        place = folder / "vendor/sim/src" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    (folder / "vendor/sim/src/link.py").symlink_to("/etc/passwd")
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "-m", "x"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def environment(tmp_path) -> Path:
    (tmp_path / "env/lib/python3.12/site-packages").mkdir(parents=True)
    return tmp_path / "env"


def test_files_are_placed_as_they_are_with_the_records_of_an_installer(checkout, environment):
    placing.place(described(), environment, {"numpy"})
    packages = environment / "lib/python3.12/site-packages"
    for path, content in FILES.items():
        assert (packages / path).read_bytes() == content
    record = (packages / "Small_Sim-1.0.dist-info/RECORD").read_text()
    assert "sim/__init__.py,sha256=" in record
    assert placing.requirements(described()) == ["numpy>=1"]


def test_what_changed_since_it_was_measured_is_refused(checkout, environment):
    files = [{"path": "sim/__init__.py", "sha256": "0" * 64}]
    with pytest.raises(RefusalError, match="no longer the file that was measured"):
        placing.place(described(files=files), environment, set())


@pytest.mark.parametrize("path", ["none.py", "link.py"])
def test_a_file_that_is_not_there_or_another_one_is_refused(checkout, environment, path):
    files = [{"path": path, "sha256": hashlib.sha256(b"").hexdigest()}]
    with pytest.raises(RefusalError, match="not there any more|no longer the file"):
        placing.place(described(files=files), environment, set())


def test_nothing_is_overwritten(checkout, environment):
    placing.place(described(), environment, set())
    with pytest.raises(RefusalError, match="another installed package both have"):
        placing.place(described(), environment, set())
    with pytest.raises(RefusalError, match="The index has a package"):
        placing.place(described(), environment, {"small-sim"})


def test_a_folder_of_one_machine_is_nobody_elses(environment):
    with pytest.raises(RefusalError, match="the workflow cannot install it"):
        placing.place(described(origin={"kind": "directory"}), environment, set())


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "../x"},
        {"version": "1.0/.."},
        {"base": ".."},
        {"files": []},
        {"files": [{"path": "../../x.py", "sha256": "0" * 64}]},
        {"files": [{"path": "/x.py", "sha256": "0" * 64}]},
        {"files": [{"path": "x\n.py", "sha256": "0" * 64}]},
        {"origin": {"kind": "target", "folder": "../.."}},
        {"origin": {"kind": "git", "url": "file:///etc", "commit": "0" * 40}},
        {
            "origin": {
                "kind": "git",
                "url": "https://h.example/a --upload-pack=x",
                "commit": "0" * 40,
            }
        },
        {"origin": {"kind": "git", "url": "https://h.example/a", "commit": "--upload-pack=x"}},
        {"origin": {"kind": "git", "url": "https://user:secret@h.example/a", "commit": "0" * 40}},
    ],
)
def test_a_description_of_another_form_is_refused(environment, wrong):
    with pytest.raises(RefusalError, match="not of the form"):
        placing.place(described(**wrong), environment, set())


def test_git_reaches_https_only(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "evil")], check=True)
    store = tmp_path / "store"
    store.mkdir()
    with pytest.raises(RefusalError, match="could not be read"):
        placing.fetch(store, str(tmp_path / "evil"), "0" * 40)
