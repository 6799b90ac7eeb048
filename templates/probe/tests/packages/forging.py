"""Writes a result of its own on every pipe and place that it knows, and leaves a process behind to do it again."""

import json
import os
import time

FORGED = {"schema": 1, "tried": "a lie", "driver": "rm -rf"}
LINES = (
    b'5\n[]\nnull\n{"message": 7}\n{"message": {"stage": "owned", "runs": "x"}}\n'
    + b"[" * 100_000
    + b"\n"
)


def forge():
    for number in range(3, 64):
        try:
            os.write(number, LINES + json.dumps({"result": FORGED}).encode() + b"\n")
        except OSError:
            pass
    for place in (os.environ.get("FORGE", "result.json"), "result.json"):
        try:
            with open(place, "w") as file:
                json.dump(FORGED, file)
        except OSError:
            pass


if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(0.01)
            forge()
    os._exit(0)
forge()
