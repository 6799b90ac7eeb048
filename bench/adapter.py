"""What a backend's adapter costs beside the simulator's own call.

    python bench/adapter.py TARGET BACKEND... [--beside NAME] [--qubits N...] [--seconds S] [--out FILE]

TARGET is a checkout with the bridge and the named backends; this Python must have what they need. Every circuit is
run in three ways in the same process, by turns: through the adapter, by calling the backend's `state` with its native
gates ready made, and through the host's own adapter NAME (default: cirq). Nothing is kept between runs: an adapter
reads each circuit anew.

*Own cost* is the CPU time that an execution spends outside the simulator (`state`, `density`, `probabilities` or
`sample`), measured inside the same execution, so that neither the simulator's noise nor other programs drown it.
Times are medians; the own cost is that of the least disturbed turn, with the median beside it in the file. Bounds:
0.15 ms + 2 µs a gate below 16 qubits, 5 % of the native call from 16 qubits on. Exit code 1 when one is exceeded.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

# Before numpy: two threads that are busy already turn 20 ms into two seconds.
os.environ.setdefault("OMP_NUM_THREADS", "1")

DEPTH = 20
BASE_MS, PER_GATE_MS, LARGEST_SHARE, LARGE = 0.15, 0.002, 0.05, 16


def layered_circuit(qubits: int, seed: int) -> Any:
    """Depth 20: a layer of rotations on all qubits, then controlled X on every second pair of neighbours."""
    import cirq

    generator = random.Random(seed)
    line = cirq.LineQubit.range(qubits)
    circuit = cirq.Circuit()
    for layer in range(DEPTH):
        turn = (cirq.rx, cirq.ry, cirq.rz)[layer % 3]
        circuit.append(cirq.Moment(turn(generator.uniform(0, 6))(qubit) for qubit in line))
        circuit.append(
            cirq.Moment(cirq.CNOT(line[i], line[i + 1]) for i in range(layer % 2, qubits - 1, 2))
        )
    return circuit


class Stopwatch:
    """Stands for one of the adapter's methods that run the simulator, and adds up its time."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self._method = method
        self.cpu_seconds = 0.0

    def __call__(self, *arguments: Any) -> Any:
        """Run the method."""
        started = thread_time()
        try:
            return self._method(*arguments)
        finally:
            self.cpu_seconds += thread_time() - started


def load_backend(package: str, name: str) -> Any:
    """The adapter of a backend's folder; ends the program with a sentence when it cannot be used."""
    bridge = importlib.import_module(f"{package}.backends._bridge").BridgeAdapter
    module = importlib.import_module(f"{package}.backends.{name}.adapter")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, bridge) and value is not bridge
    ]
    if not found:
        raise SystemExit(f"{module.__file__} has no adapter on the bridge")
    backend = found[0]()
    if backend.unavailable_reason():
        raise SystemExit(f"{backend.unavailable_reason()}; install it for {sys.executable}")
    return backend


def host_backend(package: str, name: str) -> Any | None:
    """The host's own adapter of that name, or None where it has none that is available."""
    registry = importlib.import_module(f"{package}.backends.registry").BackendRegistry()
    registry.discover()
    return registry.get(name) if name in registry.list_available() else None


def measure(backend: Any, beside: Any | None, qubits: int, seconds: float) -> dict[str, Any]:
    """One row: as many turns as fit into the time, at least three."""
    read = importlib.import_module(type(backend).__mro__[1].__module__.rpartition(".")[0]).read
    methods = ("state", "density", "probabilities", "sample")
    main = next(name for name in methods if backend.has(name))
    method = getattr(backend, main)
    options = {"shots": 1024} if main in ("probabilities", "sample") else {}
    extra = (1024, 7) if main == "sample" else ()
    turns: dict[str, list[float]] = {"adapter": [], "native": [], "own": [], "beside": []}
    backend.execute(layered_circuit(qubits, 0), options)  # imports, compilation at first use
    if beside is not None:
        beside.execute(layered_circuit(qubits, 0), options)
    finish = perf_counter() + seconds
    seed = gates = 0
    while len(turns["own"]) < 3 or (perf_counter() < finish and len(turns["own"]) < 200):
        seed += 1
        circuit = layered_circuit(qubits, seed)
        watch = Stopwatch(method)
        setattr(backend, main, watch)
        started, cpu_started = perf_counter(), thread_time()
        backend.execute(circuit, options)
        turns["own"].append(thread_time() - cpu_started - watch.cpu_seconds)
        turns["adapter"].append(perf_counter() - started)
        delattr(backend, main)
        native = backend.native_gates(read(circuit, {}))
        gates = len(native)
        started = perf_counter()
        method(qubits, native, *extra)
        turns["native"].append(perf_counter() - started)
        if beside is not None:
            started = perf_counter()
            beside.execute(circuit, options)
            turns["beside"].append(perf_counter() - started)
    median = {name: statistics.median(values) * 1e3 for name, values in turns.items() if values}
    own, native_ms = min(turns["own"]) * 1e3, median["native"]
    good = (
        own <= LARGEST_SHARE * native_ms
        if qubits >= LARGE
        else own <= BASE_MS + PER_GATE_MS * gates
    )
    return {
        "backend": backend.get_name(),
        "version": backend.get_version(),
        "qubits": qubits,
        "gates": gates,
        "turns": len(turns["own"]),
        "adapter_ms": round(median["adapter"], 4),
        "native_ms": round(native_ms, 4),
        "ratio": round(median["adapter"] / native_ms, 3),
        "own_ms": round(own, 4),
        "own_median_ms": round(median["own"], 4),
        "own_us_per_gate": round(own * 1e3 / gates, 3),
        "own_share": round(own / native_ms, 4),
        "within_bounds": good,
        "beside_ms": round(median["beside"], 4) if "beside" in median else None,
    }


HEAD = "backend           n  gates   native ms  adapter ms  ratio    own ms  µs/gate  own/native"


def row_text(row: dict[str, Any], beside: str | None) -> str:
    """One line of the table."""
    text = (
        f"{row['backend'][:14]:14} {row['qubits']:4} {row['gates']:6} {row['native_ms']:11.3f}"
        f" {row['adapter_ms']:11.3f} {row['ratio']:6.2f} {row['own_ms']:9.3f}"
        f" {row['own_us_per_gate']:8.2f} {row['own_share']:10.1%}"
    )
    if beside is not None:
        text += f" {row['beside_ms']:11.3f} {row['beside_ms'] / row['adapter_ms']:7.1f}x"
    return text + ("" if row["within_bounds"] else "  over the bound")


def main() -> int:
    """Measure, print the table, write the file."""
    parser = argparse.ArgumentParser(description="Cost of adapters beside the native call.")
    parser.add_argument("target", type=Path, help="checkout with the bridge and the backends")
    parser.add_argument("backends", nargs="+", help="names of backends")
    parser.add_argument("--beside", default="cirq", help="the host's own adapter to compare with")
    parser.add_argument("--qubits", type=int, nargs="+", default=[4, 8, 12, 16, 20])
    parser.add_argument("--seconds", type=float, default=2.0, help="time for each row")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    bridges = sorted(arguments.target.glob("src/*/backends/_bridge/__init__.py"))
    if not bridges:
        parser.error(f"{arguments.target} has no src/*/backends/_bridge: integrate a backend first")
    package = bridges[0].parents[2].name
    sys.path.insert(0, str(arguments.target.resolve() / "src"))
    beside = host_backend(package, arguments.beside)
    named = arguments.beside if beside is not None else None
    print(HEAD + (f"   {named} ms  {named}/adapter" if named else ""))
    rows = []
    for name in arguments.backends:
        backend = load_backend(package, name)
        for qubits in arguments.qubits:
            if qubits > backend.max_qubits:
                print(f"{name[:14]:14} {qubits:4}  more than the backend may use")
                continue
            rows.append(measure(backend, beside, qubits, arguments.seconds))
            print(row_text(rows[-1], named), flush=True)
    result = {
        "machine": {
            "system": platform.platform(),
            "python": platform.python_version(),
            "cpus": os.cpu_count(),
        },
        "threads": os.environ["OMP_NUM_THREADS"],
        "depth": DEPTH,
        "bounds": {
            "base_ms": BASE_MS,
            "per_gate_ms": PER_GATE_MS,
            "share_from_16_qubits": LARGEST_SHARE,
        },
        "beside": named,
        "rows": rows,
    }
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(result, indent=2) + "\n")
        print(f"written to {arguments.out}")
    return 0 if all(row["within_bounds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
