"""Names that a stranger may give to gates, classes, functions and readings."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable


def _words(text: str) -> list[str]:
    return text.split()


#: Other usual names.
ALIASES: dict[str, str] = {
    "x": "not_gate pauli_x sigma_x x", "h": "hadamard had h", "cx": "cnot controlled_not controlled_x",
    "rx": "rot_x rotation_x rotate_x", "ry": "rot_y rotation_y rotate_y", "rz": "rot_z rotation_z rotate_z",
    "y": "pauli_y sigma_y y", "z": "pauli_z sigma_z z phase_flip", "s": "s phase_gate s_gate", "t": "t t_gate",
    "sdg": "sdag s_dagger sdg sd", "tdg": "tdag t_dagger tdg td", "sx": "sqrt_x sqrt_not v sx",
    "p": "phase phase_shift u1 p", "u3": "u3 u unitary3", "cz": "controlled_z cz csign", "swap": "swap exchange",
    "cp": "cphase controlled_phase cu1", "crz": "controlled_rz crot_z", "rzz": "zz ising_zz rzz",
    "iswap": "iswap i_swap", "ccx": "toffoli ccnot ccx", "cswap": "fredkin controlled_swap",
}  # fmt: skip

#: Words that say it to a person who knows the subject, and are in nobody's list of gate names.
RENAMED: dict[str, str] = {
    "x": "flip bit_flip toggle invert", "h": "superpose hadamard_transform make_plus", "y": "flip_both y_pi bit_phase_flip",
    "cx": "flip_if controlled_flip entangle xor", "rx": "turn_x spin_x x_turn", "ry": "turn_y spin_y y_turn",
    "rz": "turn_z spin_z z_turn", "z": "flip_sign sign_flip negate", "s": "quarter_turn half_z phase_90",
    "t": "eighth_turn magic phase_45", "sdg": "quarter_back undo_s minus_s", "tdg": "eighth_back undo_t minus_t",
    "sx": "half_flip half_x root_of_x", "p": "shift_phase add_phase dephase_by", "u3": "euler_turn general_turn any_rotation",
    "cz": "sign_if controlled_sign joint_sign", "swap": "trade interchange switch", "cp": "shift_if phase_if joint_phase",
    "crz": "turn_z_if controlled_turn_z", "rzz": "couple_zz zz_turn ising", "iswap": "trade_i swap_with_phase",
    "ccx": "flip_if_both double_controlled_flip and_flip", "cswap": "trade_if conditional_trade",
}  # fmt: skip

_SYLLABLES = _words(
    "ba ke lo mi nu ra so ti vu xa zo pe qui dra fel gor hin jal kum lex mor nif orp plu sted tran urk vel wim yor"
)
_RESERVED = frozenset(
    _words("is in as or and not if from import with class def pass run sum min max")
)


def opaque(rng: random.Random, syllables: int = 2) -> str:
    """A word that says nothing."""
    while True:
        word = "".join(rng.choice(_SYLLABLES) for _ in range(syllables))
        if word not in _RESERVED:
            return word


def distinct(make: Callable[[], str], used: set[str]) -> str:
    """A word that is not used yet."""
    while (word := make()) in used:
        continue
    used.add(word)
    return word


def choose_names(gates: Iterable[str], style: str, rng: random.Random) -> dict[str, str]:
    """A snake_case word for each gate: its ``true`` name, an ``alias``, ``renamed``, or an ``opaque`` word."""
    used: set[str] = set()
    found: dict[str, str] = {}
    for gate in gates:
        if style == "opaque":
            found[gate] = distinct(lambda: opaque(rng, rng.choice((2, 2, 3))), used)
            continue
        table = {"alias": ALIASES, "renamed": RENAMED}.get(style)
        words = table[gate].split() if table else [gate]
        if style == "renamed" and rng.random() < 0.4:
            words = ALIASES[gate].split()
        found[gate] = distinct(
            lambda w=words, g=gate: rng.choice(w) if rng.random() < 0.9 else g, used
        )
    return found


def pascal(word: str) -> str:
    """`controlled_not` → `ControlledNot`, `cx` → `CX`."""
    if len(word) <= 4 and "_" not in word:
        return word.upper()
    return "".join(part.capitalize() for part in word.split("_"))


CLASSES = {
    "circuit": _words(
        "Circuit QuantumCircuit Program QProgram Score Recipe Weave Sequence Ledger Loom Network"
    ),
    "state": _words("State StateVector Ket Register WaveFunction QubitArray Field Cloud"),
    "register": _words("Register QubitRegister QReg Qubits Ensemble Lattice"),
    "engine": _words(
        "Simulator Engine Backend StatevectorSimulator Executor Machine Mill Furnace Conductor"
    ),
    "result": _words("Result Outcome RunResult Output Report Harvest"),
    "gate": _words("Gate Operation Op Instruction Move"),
}
VERBS = _words("add apply append gate op put place push do play insert add_gate apply_gate act")
RUNS = _words("run simulate execute evaluate compute go evolve perform launch solve")
RUN_FUNCTIONS = _words("simulate run execute run_circuit evaluate evolve compute perform")
READERS = {
    "state": _words(
        "state statevector state_vector amplitudes psi wavefunction vector get_state final_state get_statevector "
        "ket to_array amps coefficients snapshot peek"
    ),
    "density": _words("density_matrix rho density get_density_matrix dm"),
    "probabilities": _words(
        "probabilities probs get_probabilities distribution probability_vector weights odds"
    ),
    "counts": _words(
        "counts sample get_counts measure sample_counts measure_all histogram shots tally observe"
    ),
}
QUBIT_PARAMETERS = ("q", "qubit", "wire", "target", "idx", "i", "index", "site", "line")
CONTROL_PARAMETERS = ("control", "ctrl", "c", "source")
ANGLE_PARAMETERS = ("theta", "angle", "phi", "alpha", "rad", "amount", "x", "phase")
