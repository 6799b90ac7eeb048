"""``python -m invented SEED FOLDER``: write one package below FOLDER, check it, and print what it is as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .axes import draw
from .package import VERSION, invent, write
from .replay import check_invention


def main(arguments: list[str]) -> int:
    """Write, check, describe."""
    seed, folder = int(arguments[0]), Path(arguments[1])
    invented = invent(draw(seed))
    write(invented, folder)
    sys.path.insert(0, str(folder))
    problems = check_invention(invented)
    which = "state" if invented.reading.state else "counts"
    example = invented.program([("h", (0,), ()), ("cx", (0, 1), ())], 2, which)
    print(
        json.dumps(
            {
                "name": invented.name,
                "version": VERSION,
                "files": sorted(invented.files),
                "axes": invented.setting.axes.to_json(),
                "words": invented.setting.words,
                "example": example,
                "problems": problems,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
