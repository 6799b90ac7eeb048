"""The simulator tests: whether a backend is right, run on the real simulator through its adapter.

A backend's test file names its adapter and the gates that must run, and takes the four categories:

    class Subject:
        adapter = SomeAdapter
        gates = ("h", "x", "cx", "rx", "rz", "matrix")

    class TestUnit(Subject, Unit): ...
    class TestIntegration(Subject, Integration): ...
    class TestPerformance(Subject, Performance): ...
    class TestCompatibility(Subject, Compatibility): ...

Without the backend's package every test that needs it is skipped, with the reason.
"""

from __future__ import annotations

from .compatibility import Compatibility
from .integration import Integration
from .performance import Performance
from .unit import Unit

__all__ = ["Compatibility", "Integration", "Performance", "Unit"]
