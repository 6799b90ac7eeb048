"""Reads the same files with CPython's own parser and with griffe, a library that extracts the API of a package.

    python analysis.py ast|griffe LIST

LIST is a JSON array of paths. Prints seconds of the processor and of the clock as JSON.
Nothing that is read is imported.
"""

import ast
import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Read every file once and print what it took."""
    how = sys.argv[1]
    paths = [Path(path) for path in json.loads(Path(sys.argv[2]).read_text("utf-8"))]
    if how == "griffe":
        import griffe
    failed = 0
    cpu, wall = time.process_time(), time.perf_counter()
    for path in paths:
        try:
            text = path.read_text("utf-8")
            if how == "griffe":
                griffe.visit(path.stem, filepath=path, code=text)
            else:
                ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            failed += 1
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"cpu": cpu, "wall": wall, "failed": failed}))


main()
