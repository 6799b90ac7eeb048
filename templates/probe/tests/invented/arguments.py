"""How a gate's qubits and angles are written: as parameters of a definition, and as arguments of a call."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from .axes import Axes
from .physics import GATES
from .words import ANGLE_PARAMETERS, CONTROL_PARAMETERS, QUBIT_PARAMETERS, distinct

_FACTOR = {"radians": 1.0, "degrees": 180 / 3.141592653589793, "half turns": 1 / 3.141592653589793}
_FACTOR["turns"] = _FACTOR["half turns"] / 2


@dataclass
class Arguments:
    """Writes parameters and arguments along the axes; the names of the parameters are drawn once for the package."""

    axes: Axes
    rng: random.Random

    def __post_init__(self) -> None:
        used: set[str] = set()
        rng = self.rng
        self.qubit = distinct(lambda: rng.choice(QUBIT_PARAMETERS), used)
        self.control = distinct(lambda: rng.choice(CONTROL_PARAMETERS), used)
        self.angle = distinct(lambda: rng.choice(ANGLE_PARAMETERS), used)
        self.many = rng.choice(("qubits", "wires", "targets", "indices", "on"))
        self.all_controls = rng.choice(("controls", "ctrls", "control_qubits"))
        self.all_angles = rng.choice(("params", "angles", "parameters", "args"))
        plain = self.qubit not in ("q", "i") and len(self.qubit) > 1
        self.pair = f"{self.qubit}1 {self.qubit}2 {self.qubit}3" if plain else "a b c"

    # ------------------------------------------------------------------ native values

    def native(
        self, gate: str, qubits: Sequence[int], angles: Sequence[float]
    ) -> tuple[list[int], list[float]]:
        """Our qubits and angles (radians) in the order and unit of the package."""
        where = list(qubits)
        if self.axes.order == "target first" and GATES[gate].controls and len(qubits) == 2:
            where = where[::-1]
        factor = _FACTOR[self.axes.unit] * (self.axes.sign if GATES[gate].turns else 1)
        return where, [round(angle * factor, 15) for angle in angles]

    # ------------------------------------------------------------------ definitions

    def _hint(self, name: str, kind: str) -> str:
        return f"{name}: {kind}" if self.axes.hints else name

    def qubit_names(self, gate: str) -> list[str]:
        """Names of the qubits where each has a parameter of its own."""
        one = GATES[gate]
        if one.qubits == 1:
            return [self.qubit]
        if not one.controls:
            return self.pair.split()[: one.qubits]
        targets = one.qubits - one.controls
        controls = (
            [self.control]
            if one.controls == 1
            else [f"{self.control}{i + 1}" for i in range(one.controls)]
        )
        others = [self.qubit] if targets == 1 else [f"{self.qubit}{i + 1}" for i in range(targets)]
        names = [*controls, *others]
        return names[::-1] if self.axes.order == "target first" and len(names) == 2 else names

    def angle_names(self, gate: str) -> list[str]:
        """Names of the angles where each has a parameter of its own."""
        count = GATES[gate].angles
        return [self.angle] if count == 1 else ["theta", "phi", "lam"][:count]

    def _apart(self, gate: str) -> bool:
        return (
            self.axes.controls == "apart"
            and bool(GATES[gate].controls)
            and self.axes.order == "usual"
        )

    def qubit_parameters(self, gate: str) -> list[str]:
        """Parameters of the definition for the qubits."""
        style = self.axes.qubits
        if style in ("list", "tuple"):
            kind = "list[int]" if style == "list" else "tuple[int, ...]"
            both = [self.all_controls, self.many] if self._apart(gate) else [self.many]
            return [self._hint(name, kind) for name in both]
        return [self._hint(name, "int") for name in self.qubit_names(gate)]

    def angle_parameters(self, gate: str) -> list[str]:
        """Parameters of the definition for the angles."""
        if not GATES[gate].angles:
            return []
        if self.axes.angles == "listed":
            return [self._hint(self.all_angles, "list[float]")]
        return [self._hint(name, "float") for name in self.angle_names(gate)]

    def parameters(self, gate: str, qubits: bool = True, angles: bool = True) -> list[str]:
        """Parameters of the definition in the package's order."""
        ours = self.qubit_parameters(gate) if qubits else []
        theirs = self.angle_parameters(gate) if angles else []
        both = [*theirs, *ours] if self.axes.angle == "first" else [*ours, *theirs]
        return ["*", *both] if self.axes.qubits == "keyword" and qubits and both else both

    def wires(self, gate: str) -> str:
        """Expression for the tuple of qubits inside the definition."""
        if self.axes.qubits in ("list", "tuple"):
            return (
                f"(*{self.all_controls}, *{self.many})"
                if self._apart(gate)
                else f"tuple({self.many})"
            )
        return f"({', '.join(self.qubit_names(gate))},)"

    def turns(self, gate: str) -> str:
        """Expression for the tuple of angles inside the definition."""
        if not GATES[gate].angles:
            return "()"
        return (
            f"tuple({self.all_angles})"
            if self.axes.angles == "listed"
            else f"({', '.join(self.angle_names(gate))},)"
        )

    # ------------------------------------------------------------------ calls

    def _qubit_texts(self, gate: str, qubits: Sequence[str]) -> list[str]:
        style = self.axes.qubits
        if style in ("list", "tuple"):
            groups = [list(qubits)]
            if self._apart(gate):
                count = GATES[gate].controls
                groups = [list(qubits[:count]), list(qubits[count:])]
            return [_sequence(group, style) for group in groups]
        if style == "keyword":
            return [f"{name}={q}" for name, q in zip(self.qubit_names(gate), qubits, strict=True)]
        return list(qubits)

    def _angle_texts(self, gate: str, angles: Sequence[str], keyword: bool) -> list[str]:
        if not angles:
            return []
        if self.axes.angles == "listed":
            return [f"{self.all_angles}=" * keyword + f"[{', '.join(angles)}]"]
        if keyword:
            return [f"{name}={a}" for name, a in zip(self.angle_names(gate), angles, strict=True)]
        return list(angles)

    def call(self, gate: str, qubits: Sequence[str] | None, angles: Sequence[str] | None) -> str:
        """Arguments of a call; None leaves a part out."""
        keyword = self.axes.qubits == "keyword" and qubits is not None
        ours = self._qubit_texts(gate, qubits) if qubits is not None else []
        theirs = self._angle_texts(gate, angles or [], keyword)
        return ", ".join([*theirs, *ours] if self.axes.angle == "first" else [*ours, *theirs])

    # ------------------------------------------------------------------ one entry for all gates

    def generic_parameters(self, arities: str) -> tuple[str, str, str]:
        """Parameters after the gate's name, and expressions for qubits and angles; ``arities``: the number of qubits."""
        axes = self.axes
        if axes.qubits in ("list", "tuple", "keyword"):
            star = "*, " if axes.qubits == "keyword" else ""
            apart = axes.controls == "apart" and axes.order == "usual"
            ours = f"{self.many}, {self.all_controls}=()" if apart else self.many
            wires = f"(*{self.all_controls}, *{self.many})" if apart else f"tuple({self.many})"
            if apart and not star:
                return f"{ours}, {self.all_angles}=()", wires, f"tuple({self.all_angles})"
            if axes.angle == "first" and not star:
                # What comes alone is the qubits.
                both = f"{self.all_angles}, {self.many}=None"
                return (
                    both,
                    f"tuple({self.all_angles} if {self.many} is None else {self.many})",
                    (f"(() if {self.many} is None else tuple({self.all_angles}))"),
                )
            return f"{star}{ours}, {self.all_angles}=()", wires, f"tuple({self.all_angles})"
        if axes.angle == "first":
            return (
                "*values",
                f"tuple(values[len(values) - {arities} :])",
                f"tuple(values[: len(values) - {arities}])",
            )
        return "*values", f"tuple(values[:{arities}])", f"tuple(values[{arities}:])"

    def qubits_only(self) -> tuple[str, str]:
        """Parameters for the qubits of any gate, and the expression for them."""
        if self.axes.qubits in ("list", "tuple", "keyword"):
            star = "*, " if self.axes.qubits == "keyword" else ""
            if self.axes.controls == "apart" and self.axes.order == "usual":
                return (
                    f"{star}{self.many}, {self.all_controls}=()",
                    f"(*{self.all_controls}, *{self.many})",
                )
            return f"{star}{self.many}", f"tuple({self.many})"
        return "*wires", "wires"

    def generic_call(self, gate: str, qubits: Sequence[str], angles: Sequence[str]) -> str:
        """Arguments after the gate's name."""
        axes = self.axes
        if axes.qubits not in ("list", "tuple", "keyword"):
            return ", ".join([*angles, *qubits] if axes.angle == "first" else [*qubits, *angles])
        style = "tuple" if axes.qubits == "tuple" else "list"
        keyword = axes.qubits == "keyword"
        apart = axes.controls == "apart" and axes.order == "usual"
        count = GATES[gate].controls if apart else 0
        ours = [f"{self.many}=" * keyword + _sequence(qubits[count:], style)]
        if count:
            ours.append(f"{self.all_controls}={_sequence(qubits[:count], style)}")
        listed = f"[{', '.join(angles)}]"
        if not angles and len(ours) < 2:
            return ours[0]
        if axes.angle == "first" and not keyword and not apart:
            return ", ".join([listed, *ours])
        if angles:
            named = keyword or (apart and not count)
            ours.append(f"{self.all_angles}=" * (named or bool(count)) + listed)
        return ", ".join(ours)


def _sequence(items: Sequence[str], style: str) -> str:
    if style == "list":
        return f"[{', '.join(items)}]"
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
