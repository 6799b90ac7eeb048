"""What keeps a package from being imported, also where its own ``__init__`` imports nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from probing import request

from imports import Imported, look_behind


def test_everything_that_is_missing_behind_an_empty_init_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    package = tmp_path / "hollow"
    package.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "core.py").write_text("import nobodys_one\nimport nobodys_two\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    asked = request(
        "hollow",
        gates={"x": ["hollow.core:x"]},
        undeclared=["json", "nobodys_one", "nobodys_two"],
    )
    imported = Imported()
    look_behind(asked, imported)
    assert imported.missing == ["nobodys_one", "nobodys_two"]
    assert imported.blocked
    assert "nobodys_one" in imported.errors[0]
