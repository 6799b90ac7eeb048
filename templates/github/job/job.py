"""What the steps of Graft's workflow run: measure a simulator, or test a backend on the real one.

    python -I job.py prepare | measure                          a branch graft-measure/N
    python -I job.py install | test CATEGORY | report           a branch of a pull request, or a test of one

A constant program: it reads the request or the backend's lock from the checkout that it stands in,
and leaves its results in the folder ``artifact`` of ``$GRAFT_WORK``. Packages are installed with
network and run without it, as nobody (`contain.py`); results are written by the user of the job.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Isolated mode leaves the program's own folder out of the path.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import junit
import measuring
import testing


def main(arguments: list[str]) -> int:
    """Run one step; the exit code is that of the step."""
    os.umask(0o022)
    match arguments:
        case ["prepare"]:
            return measuring.prepare()
        case ["measure"]:
            return measuring.measure()
        case ["install"]:
            return testing.install()
        case ["test", category] if category in junit.CATEGORIES:
            return testing.test(category)
        case ["report"]:
            return testing.report()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
