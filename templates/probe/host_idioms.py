"""How hosts run a circuit on an engine that somebody else provides, as data: their own documented protocols.

Nobody finds these by looking at the engine alone, because the host stands between the two: a tape is executed *on* a
device, a compiled circuit is handed *to* a backend. ``engine`` is the engine, ``circuit`` the host's circuit,
``register`` its qubits where the host keeps them apart; the last value is the variable ``result``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
CIRCUIT: Json = {"var": "circuit"}
ENGINE: Json = {"var": "engine"}
SHOTS: Json = {"role": "shots"}


@dataclass(frozen=True)
class Idiom:
    """Statements that run a host's circuit on an engine; the last value is the variable ``result``."""

    how: str
    statements: tuple[Json, ...]


def _call(reference: str, *args: Json, **kwargs: Json) -> Json:
    made: Json = {"call": {"ref": reference}, "args": list(args)}
    return {**made, "kwargs": kwargs} if kwargs else made


def _method(owner: Json, name: str, *args: Json, **kwargs: Json) -> Json:
    made: Json = {"call": {"attr": [owner, name]}, "args": list(args)}
    return {**made, "kwargs": kwargs} if kwargs else made


def _let(name: str, value: Json) -> Json:
    return {"var": name, "value": value}


_REGISTER: Json = {"var": "register"}
_QUBITS: Json = {"role": "qubits"}
_COMPILED = _method(ENGINE, "get_compiled_circuit", CIRCUIT)
_SEED: Json = {"role": "seed"}


def _tape(*measurements: Json, **kwargs: Json) -> Json:
    given = [CIRCUIT, {"list": list(measurements)}]
    return _let("program", _call("pennylane.tape:QuantumScript", *given, **kwargs))


_EXECUTE = _let(
    "result", _call("pennylane:execute", {"list": [{"var": "program"}]}, {"var": "engine"})
)
_CIRQ_MEASURE: Json = {
    "value": _method(CIRCUIT, "append", _call("cirq:measure", _REGISTER, key={"lit": "m"}))
}

#: Host → (ways that may show a state, ways that give counts), the usual one first.
IDIOMS: dict[str, tuple[tuple[Idiom, ...], tuple[Idiom, ...]]] = {
    "cirq": (
        (
            Idiom(
                "simulate(qubit_order)",
                (_let("result", _method(ENGINE, "simulate", CIRCUIT, qubit_order=_REGISTER)),),
            ),
        ),
        (
            Idiom(
                "run after measure",
                (
                    _CIRQ_MEASURE,
                    _let("result", _method(ENGINE, "run", CIRCUIT, repetitions=SHOTS)),
                ),
            ),
        ),
    ),
    "qiskit": (
        (
            Idiom("run", (_let("result", _method(_method(ENGINE, "run", CIRCUIT), "result")),)),
            Idiom(
                "run after save_statevector",
                (
                    {"value": _method(CIRCUIT, "save_statevector")},
                    _let("result", _method(_method(ENGINE, "run", CIRCUIT), "result")),
                ),
            ),
        ),
        (
            Idiom(
                "run after measure_all",
                (
                    {"value": _method(CIRCUIT, "measure_all")},
                    _let(
                        "result",
                        _method(_method(ENGINE, "run", CIRCUIT, shots=SHOTS), "result"),
                    ),
                ),
            ),
            Idiom(
                "run of a sampler after measure_all",
                (
                    {"value": _method(CIRCUIT, "measure_all")},
                    _let(
                        "result",
                        {
                            "attr": [
                                {
                                    "item": [
                                        _method(
                                            _method(ENGINE, "run", {"list": [CIRCUIT]}, shots=SHOTS),
                                            "result",
                                        ),
                                        {"lit": 0},
                                    ]
                                },
                                "data",
                            ]
                        },
                    ),
                ),
            ),
        ),
    ),
    "pytket": (
        (
            Idiom(
                "run_circuit(compiled)", (_let("result", _method(ENGINE, "run_circuit", _COMPILED)),)
            ),
            Idiom("run_circuit", (_let("result", _method(ENGINE, "run_circuit", CIRCUIT)),)),
        ),
        (
            Idiom(
                "run_circuit after measure_all",
                (
                    {"value": _method(CIRCUIT, "measure_all")},
                    _let(
                        "result",
                        _method(ENGINE, "run_circuit", _COMPILED, n_shots=SHOTS, seed=_SEED),
                    ),
                ),
            ),
            Idiom(
                "run_circuit after measure_all, no seed",
                (
                    {"value": _method(CIRCUIT, "measure_all")},
                    _let("result", _method(ENGINE, "run_circuit", _COMPILED, n_shots=SHOTS)),
                ),
            ),
        ),
    ),
    "pennylane": (
        (Idiom("execute", (_tape(_call("pennylane:state")), _EXECUTE)),),
        (
            Idiom(
                "execute with shots",
                (_tape(_call("pennylane:sample", wires=_QUBITS), shots=SHOTS), _EXECUTE),
            ),
        ),
    ),
    "braket": (
        (
            Idiom(
                "run of a local device",
                (
                    {"value": _method(CIRCUIT, "state_vector")},
                    _let("device", _call("braket.devices:LocalSimulator", ENGINE)),
                    _let(
                        "result",
                        _method(_method({"var": "device"}, "run", CIRCUIT, shots={"lit": 0}), "result"),
                    ),
                ),
            ),
        ),
        (
            Idiom(
                "run of a local device",
                (
                    _let("device", _call("braket.devices:LocalSimulator", ENGINE)),
                    _let(
                        "result",
                        _method(_method({"var": "device"}, "run", CIRCUIT, shots=SHOTS), "result"),
                    ),
                ),
            ),
        ),
    ),
}  # fmt: skip
