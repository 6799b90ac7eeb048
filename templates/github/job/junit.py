"""Read the report that pytest wrote: the simulator ran in the same process, so it is data from a hostile place."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

CATEGORIES = ("unit", "integration", "performance", "compatibility")
MAX_BYTES = 16 * 2**20
MAX_TESTS = 2000
MAX_MESSAGE = 3900


def read_file(path: Path, most: int) -> bytes | None:
    """Content of a regular file, never through a link; None when there is none. ValueError when it is too large."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(most + 1)
    finally:
        os.close(descriptor)
    if len(content) > most:
        raise ValueError(f"larger than {most} bytes")
    return content


def parse(content: bytes) -> list[dict[str, Any]]:
    """Read the tests of a JUnit document; ValueError when it is none."""
    # Bytes of another encoding could hide the declaration of an entity.
    text = content.decode("utf-8")
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.I):
        raise ValueError("the report declares entities")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError("the report is no XML") from error
    if root.tag != "testsuites":
        raise ValueError("the report is no list of test suites")
    return [_outcome(case) for case in list(root.iter("testcase"))[:MAX_TESTS]]


def _outcome(case: ElementTree.Element) -> dict[str, Any]:
    problems = {kind: case.findall(kind) for kind in ("error", "failure", "skipped")}
    outcome = "passed"
    for kind, name in (("error", "error"), ("failure", "failed"), ("skipped", "skipped")):
        if problems[kind]:
            outcome = name
            break
    messages = [_message(one) for kind in ("error", "failure") for one in problems[kind]]
    messages += [one.get("message", "") for one in problems["skipped"]]
    message = shorten("\n".join(filter(None, messages)))
    name = printable(case.get("name", ""))[:200] or "unnamed"
    test: dict[str, Any] = {
        "category": category_of(case.get("classname", ""), name),
        "name": name,
        "outcome": outcome,
        "seconds": _seconds(case.get("time", "0")),
    }
    return {**test, "message": message} if message else test


def category_of(classname: str, name: str) -> str:
    """Find the category: the class says it first, then the test, then the module, whose name holds the backend's."""
    for place in (classname.rpartition(".")[2], name, classname):
        for category in CATEGORIES:
            if category in place.lower():
                return category
    return "unit"


def _message(problem: ElementTree.Element) -> str:
    head, body = problem.get("message", ""), problem.text or ""
    return body if head in body else f"{head}\n{body}"


def _seconds(text: str) -> float:
    # An outcome of foreign code: neither "nan" nor "1e999" is JSON.
    return float(text) if re.fullmatch(r"\d{1,7}(?:\.\d{1,9})?", text) else 0.0


def printable(text: str) -> str:
    """One line without anything that could act on a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shorten(text: str) -> str:
    """Lines of printable text; of a long one the end, where the comparison stands."""
    lines = [
        "".join(c if c.isprintable() else " " for c in line).rstrip() for line in text.splitlines()
    ]
    plain = "\n".join(lines).strip()
    return plain if len(plain) <= MAX_MESSAGE else f"…{plain[1 - MAX_MESSAGE :]}"
