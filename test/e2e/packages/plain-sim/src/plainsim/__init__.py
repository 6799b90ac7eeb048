"""A small simulator that stands on no index: for the tests of sources."""

from .circuit import Circuit

__all__ = ["Circuit"]
__version__ = "1.2.0"
