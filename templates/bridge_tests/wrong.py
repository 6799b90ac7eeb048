"""Backends with one mistake each, and some whose difference is none."""

from __future__ import annotations

from typing import Any

import numpy as np
from host.backends._bridge import BridgeAdapter
from simulators import ISWAP, Little, run, table


def _mutant(name: str, **changes: Any) -> type[BridgeAdapter]:
    """`Little` with some entries of the table replaced."""

    def gates(self: BridgeAdapter) -> dict[str, Any]:
        return {**table(), **changes}

    return type(name, (Little,), {"gates": gates, "name": name, "__doc__": "A wrong backend."})


def _state(name: str, change: Any) -> type[BridgeAdapter]:
    """`Little` with another state."""
    return type(name, (Little,), {"state": change, "name": name, "__doc__": "A wrong backend."})


def _plus(self: BridgeAdapter, n: int, gates: list[Any]) -> Any:
    start = np.full((2,) * n, 2 ** (-n / 2))
    return run(n, gates, start).transpose(range(n)[::-1]).reshape(-1)


_OWN = table()
WRONG: dict[type[BridgeAdapter], str] = {
    _state("reversed_bits", lambda self, n, gates: run(n, gates).reshape(-1)): "x",
    _state("conjugated", lambda self, n, gates: Little.state(self, n, gates).conj()): "s",
    _mutant(
        "rotation_sign",
        rx=lambda a, q: _OWN["rx"](-a, q),
        ry=lambda a, q: _OWN["ry"](-a, q),
        rz=lambda a, q: _OWN["rz"](-a, q),
    ): "rx",
    _mutant(
        "half_turns",
        **{
            name: lambda a, *q, _name=name: _OWN[_name](a / np.pi, *q)
            for name in ("rx", "ry", "rz", "p", "cp", "crz", "rzz")
        },
    ): "rz",
    _mutant("t_and_tdg", t=_OWN["tdg"], tdg=_OWN["t"]): "t",
    _mutant("s_and_sdg", s=_OWN["sdg"], sdg=_OWN["s"]): "s",
    _mutant("swapped_control", cx=lambda q, r: _OWN["cx"](r, q)): "cx",
    _mutant("cz_is_cx", cz=_OWN["cx"]): "cz",
    _mutant("crz_is_cp", crz=_OWN["cp"]): "crz",
    _mutant("cp_is_crz", cp=_OWN["crz"]): "cp",
    _mutant("u3_order", u3=lambda theta, phi, lam, q: _OWN["u3"](theta, lam, phi, q)): "u3",
    _mutant("swap_dropped", swap=lambda q, r: (np.eye(4), (q, r))): "swap",
    _mutant("ccx_dropped", ccx=lambda q, r, s: (np.eye(8), (q, r, s))): "ccx",
    _mutant("ccx_target_first", ccx=lambda q, r, s: _OWN["ccx"](r, s, q)): "ccx",
    _mutant("iswap_dagger", iswap=lambda q, r: (ISWAP.conj(), (q, r))): "iswap",
    _state("plus_start", _plus): "x",
    _mutant("t_is_s", t=_OWN["s"]): "t",
    _mutant("rz_sign", rz=lambda a, q: _OWN["rz"](-a, q)): "rz",
}
"""Eighteen mistakes that real packages and adapters make, and a gate that must be named in the failure."""

HARMLESS: tuple[type[BridgeAdapter], ...] = (
    _mutant("rz_is_p", rz=_OWN["p"]),
    _mutant("x_is_rx", x=lambda q: _OWN["rx"](np.pi, q)),
)
"""Global phases only: these are right."""
