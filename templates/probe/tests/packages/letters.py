"""Gates are makers of pairs with a name and a matrix; C is the CNOT, T is Toffoli's gate, and CTL adds a control."""

import numpy as np
import tinykernel as kernel


def X():
    return ["X", np.array(kernel.X, dtype=complex)]


def Z():
    return ["Z", np.array(kernel.Z, dtype=complex)]


def H():
    return ["H", np.array(kernel.H, dtype=complex)]


def Rphi(phi):
    return [f"R({phi:.2f})", kernel.phase(phi)]


def CTL(op, name=None):
    return [name or f"C{op[0]}", kernel.controlled(op[1])]


def C():
    return CTL(X(), name="CNOT")


def T():
    return CTL(CTL(X()), name="TOFFOLI")


def SWAP():
    return ["SWAP", kernel.SWAP.astype(complex)]


class Simulator:
    def __init__(self, nqbits):
        self.state = kernel.zero(nqbits)

    def qgate(self, oper, qbit_list):
        self.state = kernel.act(self.state, oper[1], qbit_list)
