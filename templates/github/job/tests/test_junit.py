from __future__ import annotations

import os
from pathlib import Path

import junit
import pytest

CASE = '<testcase classname="{}" name="{}" time="0.5">{}</testcase>'


def document(*cases: str) -> bytes:
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>".encode()


def test_outcomes_and_messages():
    tests = junit.parse(
        document(
            CASE.format("tests.test_x.TestUnit", "test_a", ""),
            CASE.format("tests.test_x.TestPerformance", "test_b", '<skipped message="slow"/>'),
            CASE.format("t.TestIntegration", "test_c", '<failure message="E 1">E 1 != 2</failure>'),
            CASE.format("t.TestX", "test_d", '<failure message="f"/><error message="late"/>'),
        )
    )
    assert [(one["category"], one["outcome"], one.get("message")) for one in tests] == [
        ("unit", "passed", None),
        ("performance", "skipped", "slow"),
        ("integration", "failed", "E 1 != 2"),
        ("unit", "error", "late\n\nf"),
    ]
    assert all(one["seconds"] == 0.5 for one in tests)


def test_what_foreign_code_says_does_not_draw_and_is_short():
    (test,) = junit.parse(
        document(
            CASE.format("", "a\u202eb" * 200, f'<error message="x">{"y" * 9000}\u2066</error>')
        )
    )
    assert len(test["name"]) == 200
    assert test["name"].isprintable()
    assert len(test["message"]) <= junit.MAX_MESSAGE
    assert test["message"].isprintable()


@pytest.mark.parametrize("time", ["nan", "1e999", "-1", "", "Infinity", "9" * 400])
def test_times_that_are_none(time):
    (test,) = junit.parse(f'<testsuites><testcase name="a" time="{time}"/></testsuites>'.encode())
    assert test["seconds"] == 0.0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<html/>",
        b"<testsuites>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><testsuites/>',
        '<!DOCTYPE a [<!ENTITY b "c">]><testsuites/>'.encode("utf-16"),
        b"\xff\xfe",
    ],
)
def test_what_is_no_report(content):
    with pytest.raises(ValueError):
        junit.parse(content)


def test_files_are_read_only_when_they_are_files(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "pipe")
    assert junit.read_file(tmp_path / "a", 3) == b"abc"
    for name in ("link", "pipe", "missing", "."):
        assert junit.read_file(tmp_path / name, 3) is None
    with pytest.raises(ValueError, match="larger than 2 bytes"):
        junit.read_file(tmp_path / "a", 2)
