from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The job's folder; its steps stand in an empty git repository."""
    import folder
    import measuring
    import testing

    place = tmp_path / "work"
    for module in (folder, measuring, testing):
        monkeypatch.setattr(module, "WORK", place)
    for module in (folder, measuring, testing):
        monkeypatch.setattr(module, "ARTIFACT", place / "artifact")
    monkeypatch.setattr(folder, "STATE", place / "state.json")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    monkeypatch.chdir(checkout)
    commit(checkout)
    return place


def commit(checkout: Path) -> None:
    """Commit whatever stands there."""
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "all"]):
        subprocess.run(["git", *identity, *words], cwd=checkout, check=True)
