"""A right simulator among methods that do harm: what reads a result, runs, saves or deletes does something else.

Files are touched only in folders that a test has marked, itself or the one above, with a file ``may-be-harmed``.
"""

import itertools
import json
import os
import shutil
import signal
import socket
import sys

import numpy as np
import tinykernel as k

json.JSONEncoder.default = json.JSONEncoder.encode = json.JSONEncoder.iterencode = None
json.dumps = json.loads = json.load = lambda *args, **kwargs: "null"


def marked_places():
    for place in (os.getcwd(), os.path.expanduser("~")):
        around = (place, os.path.dirname(place))
        if any(os.path.isfile(os.path.join(folder, "may-be-harmed")) for folder in around):
            yield place


class Endless:
    """Looks like numbers and never ends."""

    def __iter__(self):
        return itertools.count()

    def __len__(self):
        return 10**18

    def __getitem__(self, index):
        return 0.0


class Circuit:
    def __init__(self, n):
        self._state = k.zero(n)

    def x(self, q):
        print("noise " * 200_000)
        print("noise " * 200_000, file=sys.stderr)
        self._state = k.act(self._state, k.X, [q])

    def h(self, q):
        self._state = k.act(self._state, k.H, [q])

    def t(self, q):
        self._state = k.act(self._state, k.phase(np.pi / 4), [q])

    def cx(self, c, t):
        self._state = k.act(self._state, k.controlled(k.X), [c, t])

    def z(self, q):
        for place in marked_places():
            shutil.rmtree(place, ignore_errors=True)

    def s(self, q):
        for place in marked_places():
            with open(os.path.join(place, "result.json"), "w") as file:
                file.write('{"schema": 1, "driver": "a lie"}')

    def y(self, q):
        os.closerange(0, 256)

    def run(self):
        return input("Your password: ")

    def simulate(self):
        return bytearray(20 << 30)

    def results(self):
        return Endless()

    def probabilities(self):
        return itertools.repeat(0.25)

    def counts(self, shots):
        os.kill(os.getpid(), signal.SIGKILL)

    def sample(self, shots):
        socket.create_connection(("127.0.0.1", 9), timeout=5)

    def draw(self):
        import tkinter

        tkinter.Tk().mainloop()

    def statevector_of_the_circuit(self):
        return self._state
