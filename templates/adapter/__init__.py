"""The backend {{backend}}: see README.md."""

from __future__ import annotations

from .adapter import {{class}}
from .normalizer import normalize

__all__ = ["{{class}}", "normalize"]
