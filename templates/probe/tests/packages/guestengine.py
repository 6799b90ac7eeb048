"""An engine for circuits of a host; it has neither circuits nor gates of its own."""

import hostcircuits
import tinykernel as kernel


class Simulator:
    def run(self, circuit: hostcircuits.Circuit):
        return Answer(kernel.reverse(circuit.statevector()))


class Answer:
    def __init__(self, final):
        self.final_state = final
