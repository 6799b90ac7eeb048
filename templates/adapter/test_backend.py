"""{{backend}} on the real simulator: the bridge's conformance suite. Skipped where the package is not installed."""

from __future__ import annotations

from {{module}}._bridge.conformance import conformance_of
from {{module}}.{{backend}} import {{class}}, normalize

Test{{class}} = conformance_of({{class}}, normalize)
