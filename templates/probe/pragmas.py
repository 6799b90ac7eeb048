"""Lines of program text that ask for a result, as far as the package itself spells them.

They are looked for in the package's source, tests and documentation; where only the grammar of a generated parser knows
them, they are put together from its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog import Catalog

_STATE = re.compile(r"state_?vector|wave_?function|amplitudes?$|^state$", re.I)
_WHOLE = re.compile(r"#pragma ([a-z_]\w*(?: [a-z_]\w*){1,4})")
_LITERALS = re.compile(r"literalNames = \[(.{0,4000}?)\]", re.S)


def result_lines(catalog: Catalog) -> list[str]:
    """Pragma lines that ask for the state, at most three."""
    found = [line for line in _spelled(catalog.text) if _STATE.search(line.split()[-1])]
    found += list(_from_grammar(catalog.text))
    return list(dict.fromkeys(found))[:3]


def _spelled(text: str) -> Iterator[str]:
    for match in _WHOLE.finditer(text):
        yield f"#pragma {match.group(1)}"


def _from_grammar(text: str) -> Iterator[str]:
    """A pragma's grammar lists its words in order: the name space first, then `result`, then kinds of results."""
    for match in _LITERALS.finditer(text):
        words = re.findall(r"'([a-z_]\w*)'", match.group(1))
        if len(words) < 3 or "result" not in words:
            continue
        for kind in words[words.index("result") + 1 :]:
            if _STATE.search(kind) and kind != words[0]:
                yield f"#pragma {words[0]} result {kind}"
