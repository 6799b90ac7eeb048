"""A circuit that cannot be imported without a module that nobody has declared."""

import nowhere_to_be_found  # noqa: F401


class Wires:
    """A circuit that nobody sees."""

    def __init__(self, n):
        self.n = n

    def x(self, q):
        """Flip a qubit."""
