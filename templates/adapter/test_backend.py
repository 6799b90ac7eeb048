"""The conformance suite of the bridge on {{backend}}; skipped where its package is not installed."""

from __future__ import annotations

from {{module}}._bridge.conformance import Compatibility, Integration, Performance, Unit
from {{module}}.{{backend}} import {{class}}


class Subject:
    """The backend, and every gate that must run; all others must be refused."""

    adapter = {{class}}
    gates = "{{gates}}".split()


class TestUnit(Subject, Unit):
    """What it says about itself, its simplest gates, what it refuses."""


class TestIntegration(Subject, Integration):
    """Found and run by the host."""


class TestPerformance(Subject, Performance):
    """Time and memory."""


class TestCompatibility(Subject, Compatibility):
    """Every gate's unitary, order of qubits and counts, circuits."""
