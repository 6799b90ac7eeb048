"""Runs a driver twice on a simulator that only writes down what is done to it: by the interpreter, and by the adapter.

In: {"templates", "cases": [{"driver", "adapter", "operations", "n", "reading", "method"}]}. Out: [{"interpreted", "rendered"}], each
with the result and the calls. The simulator is the package ``toy``, any name of which can be called, subscripted and added.
"""

import importlib
import inspect
import json
import os
import shutil
import sys
import tempfile
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np

log: list[str] = []


def text_of(value: object) -> str:
    """Text of an argument; floats to twelve digits, as units of angles are converted in two ways."""
    if isinstance(value, Recorded):
        return value.text
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, np.ndarray):
        return f"array{value.round(12).tolist()}"
    if isinstance(value, FunctionType):
        # A function that is handed over is called back, as a package does, with one value for each parameter.
        names = list(inspect.signature(value).parameters)
        return f"function giving {text_of(value(*(Recorded(f'given{index}') for index in range(len(names)))))}"
    if isinstance(value, str) and os.path.isfile(value):
        return f"{Path(value).suffix} file of {Path(value).read_text()!r}"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(text_of, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    return repr(value)


class Recorded:
    """A value of the simulator: the expression by which it came about."""

    def __init__(self, text: str, log_it: bool = False) -> None:
        self.text = text
        if log_it:
            log.append(text)

    def __call__(self, *args: object, **kwargs: object) -> "Recorded":
        named = [f"{key}={text_of(value)}" for key, value in sorted(kwargs.items())]
        return Recorded(f"{self.text}({', '.join([*map(text_of, args), *named])})", True)

    def __getattr__(self, name: str) -> "Recorded":
        if name.startswith("_"):
            raise AttributeError(name)
        return Recorded(f"{self.text}.{name}")

    def __getitem__(self, key: object) -> "Recorded":
        return Recorded(f"{self.text}[{text_of(key)}]", True)

    def __enter__(self) -> "Recorded":
        return Recorded(f"{self.text}.entered", True)

    def __exit__(self, *error: object) -> None:
        log.append(f"{self.text} Circuit( left")

    def __iter__(self):
        return iter([self])


def _operator(sign: str):
    return (
        lambda self, other: Recorded(f"({self.text} {sign} {text_of(other)})", True),
        lambda self, other: Recorded(f"({text_of(other)} {sign} {self.text})", True),
    )


OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "matmul": "@",
    "or": "|",
    "xor": "^",
    "and": "&",
    "lshift": "<<",
    "pow": "**",
}
for name, sign in OPERATORS.items():
    forward, backward = _operator(sign)
    setattr(Recorded, f"__{name}__", forward)
    setattr(Recorded, f"__r{name}__", backward)


class Toy(MetaPathFinder, Loader):
    """Finds ``toy`` and everything below it."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] != "toy":
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        module = ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = lambda name: Recorded(f"{spec.name}.{name}")
        return module

    def exec_module(self, module):
        pass


def calls_on_circuit() -> list[str]:
    """Calls in which the circuit takes part keep their order; what is made beforehand may be made earlier."""
    return [text for text in log if "Circuit(" in text] + sorted(
        text for text in log if "Circuit(" not in text
    )


def observed(run) -> dict:
    """Result and calls of a run."""
    log.clear()
    result = run()
    return {"result": text_of(result), "calls": calls_on_circuit()}


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    templates = Path(request["templates"])
    sys.meta_path.insert(0, Toy())
    sys.path.insert(0, str(templates / "probe"))
    language = importlib.import_module("language")
    answers = []
    with tempfile.TemporaryDirectory() as scratch:
        backends = Path(scratch) / "host" / "backends"
        backends.mkdir(parents=True)
        for name in ("base.py", "exceptions.py"):
            shutil.copy(templates / "target/src/proxima/backends" / name, backends / name)
        shutil.copytree(templates / "bridge", backends / "_bridge")
        sys.path.insert(0, scratch)
        for index, case in enumerate(request["cases"]):
            folder = backends / f"case{index}"
            folder.mkdir()
            (folder / "adapter.py").write_text(case["adapter"])
            importlib.invalidate_caches()
            module = importlib.import_module(f"host.backends.case{index}.adapter")
            (adapter,) = [
                value()
                for value in vars(module).values()
                if isinstance(value, type) and value.__module__ == module.__name__
            ]
            operations = []
            for gate, qubits, parameters in case["operations"]:
                matrix = (
                    np.eye(2 ** len(qubits), dtype=complex)[::-1].copy()
                    if gate == "matrix"
                    else None
                )
                operations.append(
                    language.Operation(gate, tuple(qubits), tuple(parameters), matrix)
                )
            driver, n = case["driver"], case["n"]
            reading = driver[case["reading"]]
            # An exact result is measured without shots; see `withoutShots`.
            drawing = (50, 7) if case["method"] == "sample" else (0, 1)

            def interpret(
                driver=driver, n=n, operations=operations, drawing=drawing, reading=reading
            ):
                return language.execute(driver, operations, n, *drawing, reading)

            def render(adapter=adapter, n=n, operations=operations, case=case):
                table = adapter.gates()
                gates = [
                    table[one.gate](
                        *([one.matrix] if one.gate == "matrix" else one.parameters), *one.qubits
                    )
                    for one in operations
                ]
                more = (50, 7) if case["method"] == "sample" else ()
                return getattr(adapter, case["method"])(n, gates, *more)

            answers.append({"interpreted": observed(interpret), "rendered": observed(render)})
    json.dump(answers, sys.stdout)


main()
