"""Asks for a graphics processor unless it is told not to."""


class Simulator:
    def __init__(self, qubit_count=-1, is_gpu=True):
        if is_gpu:
            raise RuntimeError("no device")
        self.qubit_count = qubit_count
