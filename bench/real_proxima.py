"""Checks that `real-proxima.sh` makes inside a checkout of Proxima, with that checkout on the path.

`check NAME`: the registry finds the backend, and `quantum_runner` gives right counts with it.
`failures REPORT`: ids of the tests that failed, from a JUnit report, one a line.
`dependencies PYPROJECT`: what a project needs, one requirement a line.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

SHOTS = 4000
#: Outcomes of the runner's three circuits, all equally likely. The teleportation is measured before
#: the corrections of qubit 2, which carries T·H|0>, so each of the eight outcomes has 1/8.
OBJECTIVES = {
    "bell": ["00", "11"],
    "5 qubit ghz": ["00000", "11111"],
    "teleport": [f"{outcome:03b}" for outcome in range(8)],
}
#: Upper 1e-6 quantiles of the chi-square distribution by degrees of freedom.
CHI_SQUARE_LIMIT = {1: 23.9, 7: 40.5}


def wrong_counts(counts: Mapping[str, int], outcomes: list[str]) -> str | None:
    """Say what is wrong with counts that should be even over `outcomes`; None when nothing is."""
    if set(counts) - set(outcomes):
        return f"impossible outcomes {sorted(set(counts) - set(outcomes))[:4]}"
    total = sum(counts.values())
    if total != SHOTS:
        return f"{total} counts from {SHOTS} shots"
    expected = total / len(outcomes)
    chi = sum((counts.get(key, 0) - expected) ** 2 / expected for key in outcomes)
    if chi > CHI_SQUARE_LIMIT[len(outcomes) - 1]:
        return f"counts are not even: {dict(counts)}"
    return None


def check(name: str) -> list[str]:
    """Run the checks of one backend; the lines say what is wrong."""
    from proxima.backends.registry import BackendRegistry
    from proxima.core.runner import quantum_runner

    registry = BackendRegistry()
    registry.discover()
    if not registry.is_available(name):
        reasons = {status.name: status.reason for status in registry.list_statuses()}
        return [f"discover() does not offer it: {reasons.get(name, 'not found')}"]
    found = []
    for objective, outcomes in OBJECTIVES.items():
        result = quantum_runner({"objective": objective, "backend": name, "shots": SHOTS})
        if result["status"] != "success":
            found.append(f"{objective}: {result.get('error')}")
        elif wrong := wrong_counts(result["raw_counts"], outcomes):
            found.append(f"{objective}: {wrong}")
    return found


def failures(report: Path) -> list[str]:
    """Ids of the failed tests and of the modules that could not be collected, sorted."""
    cases = ElementTree.parse(report).getroot().iter("testcase")
    return sorted(
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )


def main() -> int:
    """Run one of the three commands; exit code 1 when a check finds something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["check", "failures", "dependencies"])
    parser.add_argument("subject")
    arguments = parser.parse_args()
    if arguments.command == "failures":
        print(*failures(Path(arguments.subject)), sep="\n")
        return 0
    if arguments.command == "dependencies":
        project = tomllib.loads(Path(arguments.subject).read_text("utf-8-sig"))["project"]
        print(*project.get("dependencies", []), sep="\n")
        return 0
    found = check(arguments.subject)
    print(*found, sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
