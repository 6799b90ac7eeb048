"""Judges what was made of an invented package: the rendered adapter on the bridge, against the inventor's own reference.

``python -m invented.check < REQUEST``: REQUEST is ``{"seed", "folder", "backend", "adapter"}``, the answer one line of JSON:
``{"wrong": [...], "refused": [...], "circuits": N}``. The search's reference and the bridge's lowering have no part in what is right here.
"""

from __future__ import annotations

import importlib
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from .axes import draw
from .physics import GATES, Step, simulate
from .replay import SHOTS, random_circuit

TEMPLATES = Path(__file__).resolve().parents[3]
SIZES = (2, 3, 4, 5)
PER_SIZE = 3


def load_adapter(folder: Path, backend: str, source: str) -> tuple[Any, Any]:
    """The bridge and the adapter, mounted in a host as in a target repository."""
    backends = folder / "host" / "backends"
    shutil.copytree(TEMPLATES / "bridge", backends / "_bridge")
    for name in ("base.py", "exceptions.py"):
        shutil.copy(TEMPLATES / "target/src/proxima/backends" / name, backends / name)
    (backends / backend).mkdir()
    (backends / backend / "adapter.py").write_text(source, "utf-8")
    for package in (folder / "host", backends, backends / backend):
        (package / "__init__.py").touch()
    sys.path.insert(0, str(folder))
    bridge = importlib.import_module("host.backends._bridge")
    module = importlib.import_module(f"host.backends.{backend}.adapter")
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    made = next(
        one
        for one in classes
        if issubclass(one, bridge.BridgeAdapter) and one is not bridge.BridgeAdapter
    )
    return bridge, made()


def program_of(bridge: Any, circuit: list[Step], n: int) -> Any:
    """The circuit as the bridge takes it."""
    program = bridge.Program(n)
    for gate, qubits, angles in circuit:
        program.add(gate, *qubits, parameters=angles)
    return program


def compare(
    adapter: Any, program: Any, expected: np.ndarray, exact: bool, tolerance: float
) -> list[str]:
    """What is wrong with one result, exact or drawn."""
    n = program.qubits
    if exact:
        data = adapter.execute(program).data
        if "statevector" in data:
            overlap = abs(np.vdot(expected, np.asarray(data["statevector"])))
            return (
                [] if abs(overlap - 1) < tolerance else [f"the state is off: overlap {overlap:.6f}"]
            )
        error = np.max(
            np.abs(np.asarray(data["density_matrix"]) - np.outer(expected, expected.conj()))
        )
        return [] if error < tolerance else [f"the density matrix is off by {error:.3g}"]
    counts = adapter.execute(program, shots=SHOTS, seed=5).data["counts"]
    found = np.zeros(2**n)
    for bits, times in counts.items():
        found[int(bits, 2)] += times
    odds = np.abs(expected) ** 2
    # Six standard deviations and a bit.
    error = np.abs(found / SHOTS - odds) - 6 * np.sqrt(odds * (1 - odds) / SHOTS) - 2 / SHOTS
    return (
        [] if np.max(error) <= 0 else [f"the counts are off by {np.max(error):.3g} beyond chance"]
    )


def judge(request: dict[str, Any]) -> dict[str, Any]:
    """Random circuits of every gate of the gate list, those the package has and those that are written with them."""
    axes = draw(request["seed"])
    sys.path.insert(0, request["folder"])
    rng = random.Random(axes.seed + 1)
    with tempfile.TemporaryDirectory() as scratch:
        bridge, adapter = load_adapter(Path(scratch), request["backend"], request["adapter"])
        own, base = type(adapter), bridge.BridgeAdapter
        exact = any(getattr(own, name) is not getattr(base, name) for name in ("state", "density"))
        ways = [True, False] if exact else [False]
        tolerance = 1e-8 if adapter.precision == "double" else 2e-4
        refused = set(adapter.refused)
        allowed = tuple(gate for gate in GATES if gate not in refused)
        wrong: list[str] = []
        circuits = 0
        for n in SIZES:
            if n > adapter.max_qubits:
                continue
            for turn in range(PER_SIZE):
                circuit = random_circuit(
                    allowed if turn else tuple(g for g in axes.gates if g in allowed), n, rng
                )
                expected = simulate(circuit, n)
                for way in ways:
                    circuits += 1
                    try:
                        program = program_of(bridge, circuit, n)
                        wrong += compare(adapter, program, expected, way, tolerance)
                    except Exception as error:
                        wrong.append(f"{n} qubits: {type(error).__name__}: {error}"[:300])
    return {"wrong": sorted(set(wrong))[:6], "refused": sorted(refused), "circuits": circuits}


if __name__ == "__main__":
    print(json.dumps(judge(json.load(sys.stdin))))
