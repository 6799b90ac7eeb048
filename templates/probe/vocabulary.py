"""Words: what people call gates, parameters, and the methods that run, read or extend a circuit.

Everything here only *ranks* and *fills in*; nothing is decided by a name. A gate is what its measured unitary is.
"""

from __future__ import annotations

import re

#: Hypotheses for each gate, most common first. Compared without case, underscores and punctuation.
ALIASES: dict[str, str] = {
    "h": "h hadamard had walsh",
    "x": "x not paulix sigmax bitflip xgate",
    "y": "y pauliy sigmay ygate",
    "z": "z pauliz sigmaz phaseflip zgate",
    "s": "s phase90 sgate phases pi2phase sqrtz",
    "sdg": "sdg sdag sdagger si sd sinv sadj sconj adjs sdagg sdgr",
    "t": "t pi8 tgate phaset pi4phase",
    "tdg": "tdg tdag tdagger ti td tinv tadj tconj adjt tdagg tdgr",
    "sx": "sx sqrtx v vx sqrtnot x1 srx sqx x90 rx90 x2p xhalf snot xsqrt",
    "rx": "rx rotx xrot rotationx rotatex xrotation rotateaboutx rxrotation",
    "ry": "ry roty yrot rotationy rotatey yrotation rotateabouty ryrotation",
    "rz": "rz rotz zrot rotationz rotatez zrotation rotateaboutz rzrotation",
    "p": "p phase phaseshift u1 r ph phasegate rphi shift phaserot phaserotation rotphase ps phi phasechange zpow",
    "u3": "u3 u unitary3 u3gate uu3 euler uthetaphilam qasmu",
    "cx": "cx cnot controllednot controlledx cxgate xc cnotgate qcnot",
    "cz": "cz csign controlledz controlledpauliz cpauliz cphaseflip",
    "swap": "swap swp exchange",
    "iswap": "iswap iswp iswapmax",
    "cp": "cp cphase cphaseshift cu1 controlledphase controlledphaseshift cr cps controlledp cphaserot crp czpow",
    "crz": "crz controlledrz crotz controlledrotz",
    "rzz": "rzz zz isingzz zzrotation zzphase rotzz zzinteraction zzpow",
    "ccx": "ccx toffoli ccnot tof tofolli controlledcontrollednot ccxgate",
    "cswap": "cswap fredkin controlledswap csw",
}

#: Qubits and parameters of each gate, in the order in which they are searched (later ones lean on earlier ones).
SHAPES: dict[str, tuple[int, int]] = {
    "x": (1, 0), "h": (1, 0), "cx": (2, 0), "rx": (1, 1), "ry": (1, 1), "rz": (1, 1), "y": (1, 0), "z": (1, 0),
    "s": (1, 0), "t": (1, 0), "sdg": (1, 0), "tdg": (1, 0), "sx": (1, 0), "p": (1, 1), "u3": (1, 3), "cz": (2, 0),
    "swap": (2, 0), "cp": (2, 1), "crz": (2, 1), "rzz": (2, 1), "iswap": (2, 0), "ccx": (3, 0), "cswap": (3, 0),
}  # fmt: skip


def search_order(amplitudes: bool) -> list[tuple[str, tuple[int, int]]]:
    """Gates with their shapes in the order in which they are searched.

    Without amplitudes the first gate that is not real decides which way all others turn. Packages differ in the sign
    of an angle, hardly ever in what S and T are: so these come before the rotations.
    """
    listed = list(SHAPES.items())
    return listed if amplitudes else sorted(listed, key=lambda one: (one[1][0] > 1, one[1][1] > 0))


#: How many of a gate's qubits are controls, and the gate that it controls.
CONTROLLED: dict[str, tuple[int, str]] = {
    "cx": (1, "x"), "cz": (1, "z"), "cp": (1, "p"), "crz": (1, "rz"), "ccx": (2, "x"), "cswap": (1, "swap"),
}  # fmt: skip
INVERSE: dict[str, str] = {"sdg": "s", "tdg": "t"}
NON_CLIFFORD = frozenset(
    ["t", "tdg", "rx", "ry", "rz", "u3", "p", "cp", "crz", "rzz", "ccx", "cswap"]
)
ROTATIONS = frozenset(["rx", "ry", "rz", "u3", "p"])

_BY_ALIAS = {alias: gate for gate, aliases in ALIASES.items() for alias in aliases.split()}
_PREFIX = re.compile(
    r"^((?i:add|apply|append|insert)_?"
    r"|(?i:op|gate|do|q|qubit|circuit|get|make|quantum|standard|generate|create)(_|(?=[A-Z])))"
)
_SUFFIX = re.compile(
    r"_?(gate|op|operator|matrix|operation|circuit|transform|instr|instruction|class)$", re.I
)


def hypothesis(name: str) -> str | None:
    """Return the gate that a name suggests, or None."""
    short = name.rsplit(".", 1)[-1].rsplit(":", 1)[-1]
    for variant in (
        short,
        _SUFFIX.sub("", short),
        _PREFIX.sub("", short),
        _SUFFIX.sub("", _PREFIX.sub("", short)),
    ):
        key = re.sub(r"[^a-z0-9]", "", variant.lower())
        if key in _BY_ALIAS:
            return _BY_ALIAS[key]
    return None


#: Spellings that no change of case yields.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "x": ("PauliX", "Pauli-X"), "y": ("PauliY", "Pauli-Y"), "z": ("PauliZ", "Pauli-Z"),
    "sdg": ("Sdag", "S-1", "S^-1", "S†", "S_dag", "SDagger", "DAGGER S", "inv @ s"),
    "tdg": ("Tdag", "T-1", "T^-1", "T†", "T_dag", "TDagger", "DAGGER T", "inv @ t"),
    "sx": ("SqrtX", "sqrt_x", "SQRT_X", "SqrtNOT"), "p": ("PhaseShift",), "iswap": ("iSWAP", "ISwap"),
    "cp": ("CPhase", "ControlledPhaseShift", "CPhaseShift"), "cz": ("Control-Z",), "cx": ("Control-X",),
    "crz": ("ctrl @ rz", "CRz"), "rx": ("Rx",), "ry": ("Ry",), "rz": ("Rz",), "rzz": ("Rzz",),
}  # fmt: skip


def spellings(gate: str, known: frozenset[str] | set[str] = frozenset()) -> list[str]:
    """Strings by which a gate may be called, those that occur in the package (``known``) first."""
    found: list[str] = []
    for alias in ALIASES[gate].split():
        found += [alias.upper(), alias, alias.capitalize()]
    found += _SPELLINGS.get(gate, ())
    unique = list(dict.fromkeys(found))
    return sorted(unique, key=lambda word: (word not in known, unique.index(word)))


#: What a parameter is for, by its name: the first pattern that matches.
_PARAMETER_ROLES = [
    (role, re.compile(pattern, re.I))
    for role, pattern in (
        ("name", r"^(name|label|id|title|circuit_name)$"),
        ("shots", (
         r"^(n_?|num_?|nb_?)?(shots?|samples?|repetitions|trials|nshots|repeats?|counts?|(n_?)?times|"
         r"iterations|sample_size|sampling_count)$")),
        ("seed", r"^(seed|random_?seed|rng|rs|random_state|seed_simulator)$"),
        ("angle", (
         r"^(theta\d?|thetas|angles?\d?|phi\d?|lam(bda)?_?|lbd|param(eter)?s?|paras?|args|"
         r"arg_?value|rad(ians)?|"
         r"alpha|beta|gamma|delta|rotation|phase|rot|exponent|parameter_value|x_angle)$")),
        ("control", r"^(.*(control|ctrl|ctl).*|c|cq|src|source_qubit|control_index|c\d|q_?c)$"),
        ("circuit", (
         r"^(circuits?|circ|qc|programs?|prog|tapes?|qprog|executable|ir|\w*_ir|qcircuit|"
         r"quantum_?circuit|compiled|job|task|batch|run_input|operations?|instructions|gates|"
         r"executables)$")),
        ("text", r"^(source|qasm\w*|string|text|code|\w*_str|str_|quil\w*|cqasm|s|contents?)$"),
        ("state", (
         r"^(state|initial_?state|psi|psi0|init_?state|ket|state_?vector|qstate|input_state|"
         r"quantum_?state|vector|qubits_state|reg(ister)?)$")),
        ("bits", r"^(n_?|num_?|nb_?)?(c_?bits|clbits|classical_?bits|bits|cbits?)$"),
        ("n", (
         r"^(n|n_?q(u?bits?)?|nq|nqb|num_?q(u?bits?)?|(num|nb|number)_?(of_?)?q?u?b(it)?s?|"
         r"qubit_?(count|num|number)|size|width|n_?wires|num_?wires|num|num_?qumodes|nb_?qbits|"
         r"qubits?_?n|total_?qubits|qbit_?count|dim|q_num|qnum)$")),
        ("qubit", (
         r"^(.*(qubit|target|wire|tgt|targ|qbit|qid|qb|trgt).*|q\d?|q_?t|index|idx|pos|position|i|j|"
         r"k|a|b|t\d?|bit|ind|location|where|site)$")),
    )
]  # fmt: skip


def parameter_role(name: str) -> str | None:
    """Return what a parameter is for: name shots seed angle control circuit text state bits n qubit."""
    for role, pattern in _PARAMETER_ROLES:
        if pattern.match(name):
            return role
    return None


RUN = re.compile(
    r"^(run\w*|simulate\w*|execute\w*|exec|evaluate\w*|submit|do_program|sampl\w*|final\w*|"
    r"compute\w*|update\w*|evolve\w*|forward|call|solve|state_?vector\w*|get_state\w*|start|"
    r"process|calculate\w*|calc\w*|apply\w*|build|to_circ|go|perform|emulate|expectation|"
    r"flush|qapply|represent|measure\w*|simulator|to_dense|unitary|get_unitary|amplitudes?|"
    r"probabilit\w*)$",
    re.I,
)
RUN_FIRST = re.compile(r"^(run|simulate|execute|evaluate|submit|do_program)", re.I)
EXTEND = re.compile(
    r"^(add\w*|append\w*|apply\w*|insert\w*|push\w*|inst|put\w*|gate|op|operate|operation|do|"
    r"evolve|update\w*|act\w*|execute|place|mul|q?gate|unitary)$",
    re.I,
)
EXTEND_FIRST = re.compile(r"^(add|append|apply)(_?gate|_?op\w*)?$", re.I)
SAMPLING = re.compile(r"(sampl|counts|shots|measure_all)", re.I)
ENGINE = re.compile(
    r"(sim|backend|engine|device|qvm|qpu|execut|runner|emulator|machine|linalg|processor|"
    r"wavefunction|computer)",
    re.I,
)
CIRCUIT = re.compile(
    r"(circuit|ket|simul|program|state|qvm|register|builder|machine|computer)", re.I
)
READ = re.compile(
    r"(state|vec|amp|prob|count|result|sampl|ket|psi|wave|wf|full|numpy|array|dense|value|"
    r"data|measure|density|unitary|matrix|coeff|get|final|histogram|hist|shots|freq|"
    r"distribution|bits|out|memory|qubits?$|reg$|register$|tensor|contract|tolist|run|"
    r"simulate|flatten|cheat|backend|simulator$|engine$|^(v|sv|dm|rho|u)$)",
    re.I,
)
READ_FIRST = re.compile(
    r"(state_?vec|statevector|wave_?func|amplitude|^state$|^psi$|^amp|get_vector|final_state|"
    r"get_state|^vec|^wf$|to_dense)",
    re.I,
)
#: Names that rarely lead to a result and may have effects; tried last and alone, never not at all.
AVOID = re.compile(
    r"(draw|plot|show|print|save|write|dump|delete|exit|quit|close|input|open|login|upload|"
    r"remote|cloud|connect|install|display|help|export|to_file|visuali|latex|benchmark|file|"
    r"random|clear|destroy|free|_repr|wait|stop|kill|shutdown|download|train|server|report|"
    r"copy$|info$|profile|gui|browser)",
    re.I,
)
#: Of those, the ones that are never called.
NEVER = re.compile(
    r"(delete|exit|quit|close|login|upload|remote|cloud|connect|install|download|file|save|"
    r"write|dump|shutdown|kill|stop|server|browser|gui|open|input|wait|clear|destroy|free|"
    r"train|benchmark|export|latex|draw|plot)",
    re.I,
)
GATE_ARGUMENT = re.compile(
    r"^(gates?|op|oper|operation|operator|unitary|instruction|name|u|matrix|gate_name|mat|"
    r"gate_matrix|gate_type|gate_id)$",
    re.I,
)
MATRIX_ARGUMENT = re.compile(
    r"^(unitary|u|matrix|mat|gate_matrix|m|unitary_matrix|array|data)$", re.I
)
#: A constructor's parameter that takes a whole start vector.
VECTOR_ARGUMENT = re.compile(
    r"^(vec\w*|v|coeff\w*|amp\w*|state\w*|\w*_state|ket|psi\w*|data|array|arr|values?|wf|"
    r"wave_?function|components)$",
    re.I,
)
MATRIX_NAME = re.compile(r"(matrix|unitary|dense|custom|raw|arbitrary|^u$|^mat$)", re.I)
REGISTER = re.compile(
    r"^(q_?alloc\w*|alloc\w*|add_?qu?bits?|new_?qu?bits?|qreg|add_q_?register|"
    r"create_?qu?bits?|add_register|quantum_register|register|qubits|get_qubits|allocate\w*|"
    r"init\w*|reset|set_zero_state|prepare\w*|add_lines?|declare_qubits|malloc)$",
    re.I,
)
#: Of those, the ones that say that qubits are made.
ALLOCATE = re.compile(
    r"^(q_?alloc\w*|alloc(ate)?_?q\w*|(new|create|add)_?qu?bits|qreg|create_?qreg\w*|malloc)$", re.I
)
_SEVERAL = {
    2: re.compile(r"control|two|2|double|pair|multi", re.I),
    3: re.compile(r"control|three|3|triple|multi", re.I),
}


def for_several(method: str, qubits: int) -> bool:
    """Whether the name of a method says that it puts gates on two or three qubits, or on several."""
    return qubits in _SEVERAL and bool(_SEVERAL[qubits].search(method))


CONVERT = re.compile(
    r"^(to_?(circ|job|program|ir|tape|unitary|matrix|qobj|kraus)\w*|build|compile|finali[sz]e|"
    r"freeze|as_circuit|circuit|done|get_circuit|transpile|generate\w*|standardize|make)$",
    re.I,
)
CONTROL_METHODS = (
    "controlled_by", "control", "controlled", "ctrl", "add_control_qubit", "controlled_on", "with_control",
)  # fmt: skip
INVERSE_METHODS = (
    "dagger", "dag", "hermitian", "adjoint", "inverse", "inv", "conj", "conjugate", "get_inverse",
)  # fmt: skip
ON_METHODS = ("on", "at", "wires", "on_qubits")
FACTORY = re.compile(
    r"^(gate|get_gate|make_gate|create_gate|gate_?factory|operation|instruction|"
    r"standard_?gate|gate_by_name|named_gate)$",
    re.I,
)
CONTROL_FUNCTION = re.compile(
    r"^(control(led)?(_?gate)?|ctrl|ctl|add_controls?|control_gate|make_controlled|cgate|mc|"
    r"multi_?control\w*)$",
    re.I,
)
INVERSE_FUNCTION = re.compile(
    r"^(adjoint|dagger|inverse|hermitian_conj\w*|dag|dagger_?gate)$", re.I
)
APPLY_FUNCTION = re.compile(
    r"^(apply|apply_\w+|evolve\w*|act|act_on\w*|qapply|run_gate|operate\w*|\w+_apply|gate_on\w*|"
    r"((single|one|two|multi|1|2|n)_?q\w*_?|controlled_?)(gate|op\w*|unitary))$",
    re.I,
)
#: Of those, the ones that say nothing else.
APPLY_FIRST = re.compile(r"^(apply|evolve|act|qapply)(_?(gate|op\w*|unitary|matrix))?$", re.I)
STATE_FUNCTION = re.compile(
    r"^(zeros?_?(state|ket)?|init_?(ial)?_?state|ground_?state|all_?zeros?(_state)?|"
    r"get_(ground|zero|initial)_?state|zero_?ket|product_state|basis_state|initialize|qubits?|"
    r"computational_state|\w*_zero_state)$",
    re.I,
)
START_STATE = re.compile(
    r"^(zeros?|zero_state|ground\w*|init\w*|basis|from_zeros?|new|create|empty|from_(int|"
    r"label|string|bits?\w*)|computational\w*)$",
    re.I,
)
#: Options whose other values may work where the default fails, or give a state where the default gives counts.
OPTION = re.compile(
    r"^(backend|method|device|engine|simulator|mode|output\w*|return\w*|result\w*|kind|format|"
    r"sim_type|target|returns)$",
    re.I,
)
SWITCH_OFF = re.compile(r"(simplif|remove|prune|compress|fuse|optimi|cancel)", re.I)
