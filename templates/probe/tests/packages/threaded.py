"""All work is done by a thread that the import starts; in a fork it is not there, and what asks it waits forever."""

import queue
import threading

import tinykernel as k

_asked: queue.Queue = queue.Queue()


def _serve():
    while True:
        function, answers = _asked.get()
        try:
            answers.put((function(), None))
        except Exception as error:
            answers.put((None, error))


threading.Thread(target=_serve, daemon=True).start()


def _by_the_thread(function):
    answers: queue.Queue = queue.Queue()
    _asked.put((function, answers))
    value, error = answers.get()
    if error is not None:
        raise error
    return value


class Circuit:
    def __init__(self, n):
        self.state = _by_the_thread(lambda: k.zero(n))

    def _act(self, matrix, *qubits):
        self.state = _by_the_thread(lambda: k.act(self.state, matrix, list(qubits)))

    def x(self, q):
        self._act(k.X, q)

    def h(self, q):
        self._act(k.H, q)

    def t(self, q):
        self._act(k.phase(0.7853981633974483), q)

    def cx(self, control, target):
        self._act(k.controlled(k.X), control, target)
