"""The package's own words: what it writes in quotes, and what its documentation calls a gate."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from meaning import gate_of, instructions, read_glosses
from vocabulary import SHAPES, spellings

_QUOTED = re.compile(r"(?<![\w\"'])[\"']([A-Za-z][\w.†^+-]{0,23})[\"']")
_MAX_WORDS = 600


@dataclass
class Wording:
    """``quoted``: words in quotes in the source, in their order. ``glosses``: word → gate, as README and tables say."""

    quoted: list[str]
    known: frozenset[str]
    glosses: dict[str, str] = field(default_factory=dict)
    _spelled: dict[str, list[str]] = field(default_factory=dict)

    @staticmethod
    def of(distribution: str, text: str, known: frozenset[str]) -> Wording:
        """Read the description and the source."""
        quoted = list(dict.fromkeys(_QUOTED.findall(text)))
        glosses = {**instructions(text), **read_glosses(distribution)}
        return Wording(list(dict.fromkeys([*glosses, *quoted]))[:_MAX_WORDS], known, glosses)

    def gate_of(self, name: str, value: Any = None) -> str | None:
        """The gate that a name suggests, also by what stands beside it."""
        return gate_of(name, value, self.glosses)

    def spelled(self, gate: str) -> list[str]:
        """Texts by which a gate may be called: what the package itself has in quotes, then what is usual."""
        if gate not in self._spelled:
            usual = spellings(gate, self.known)
            quoted = set(self.quoted)
            own = [word for word in usual if word in quoted]
            own += [word for word in self.quoted if word not in own and self.gate_of(word) == gate]
            self._spelled[gate] = [*own, *(word for word in usual if word not in own)]
        return self._spelled[gate]

    def unexplained(self) -> list[str]:
        """Quoted words that suggest no gate."""
        return [word for word in self.quoted if self.gate_of(word) not in SHAPES]
