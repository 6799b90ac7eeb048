"""Puts an invented package together and writes it to disk as an installed distribution, with its README as metadata."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .api import READERS, Api, Setting
from .axes import Axes
from .circuits import circuit_api
from .kernel import kernel_source
from .physics import GATES
from .programs import plain_list, text
from .receivers import acting_gates, context, functions_on_state, module, register
from .running import Reading, add_reading

VERSION = "1.0"
_RECEIVERS = {
    "circuit": circuit_api,
    "register": register,
    "gate": acting_gates,
    "module": module,
    "context": context,
    "list": plain_list,
    "text": text,
}


@dataclass
class Invented:
    """A package: its files, and how it is really driven."""

    setting: Setting
    api: Api
    reading: Reading
    files: dict[str, str]

    @property
    def name(self) -> str:
        """Import name and distribution."""
        return self.setting.package

    def program(
        self, circuit: list[tuple[str, tuple[int, ...], tuple[float, ...]]], n: int, which: str
    ) -> list[str]:
        """Lines that run a circuit (our gates, qubits and radians) and leave the reading in `found`."""
        lines = []
        for gate, qubits, angles in circuit:
            where, turns = self.setting.arguments.native(gate, qubits, angles)
            lines += self.api.apply(gate, [str(q) for q in where], [repr(a) for a in turns])
        begin = self.api.make(n)
        if self.api.context:
            lines = [
                f"with {begin[0].removeprefix('c = ')} as c:",
                *(f"    {line}" for line in [*lines, "pass"]),
            ]
            begin = []
        return [*begin, *lines, *(self.reading.state if which == "state" else self.reading.counts)]


def invent(axes: Axes) -> Invented:
    """The package of these axes."""
    setting = Setting.of(axes)
    make = (
        functions_on_state
        if axes.receiver == "state" and axes.naming == "function"
        else _RECEIVERS.get(axes.receiver, circuit_api)
    )
    api = make(setting)
    reading = add_reading(setting, api)
    invented = Invented(setting, api, reading, {})
    invented.files = _files(invented)
    return invented


def _files(invented: Invented) -> dict[str, str]:
    setting, api, reading = invented.setting, invented.api, invented.reading
    rng = setting.rng
    core = rng.choice(("_kernel", "linalg", "core", "numerics"))
    main = rng.choice(("circuit", "simulator", "api", "program", "main_module"))
    gates = rng.choice(("gates", "ops", "library", "instructions"))
    head = f'"""Part of {setting.package}."""\n\nimport copy\n\nimport numpy as np\n\nfrom . import {core} as kernel\n\n\n'
    body = api.source.replace(READERS, "") + ("\n\n" + reading.source if reading.source else "")
    files = {
        f"{core}.py": kernel_source(setting.axes, setting.words),
        f"{main}.py": head + body.strip("\n") + "\n",
    }
    lines = [f'"""{setting.package}: a small simulator of quantum circuits."""', ""]
    public = [*api.public, *reading.public]
    if api.gates:
        files[f"{gates}.py"] = head + api.gates.strip("\n") + "\n"
        lines.append(f"from .{gates} import {', '.join(api.gates_public)}")
    if public:
        lines.append(f"from .{main} import {', '.join(public)}")
    names = ", ".join(f'"{name}"' for name in [*public, *api.gates_public])
    lines += ["", f"__all__ = [{names}]", f'__version__ = "{VERSION}"', ""]
    files["__init__.py"] = "\n".join(lines)
    return {f"{setting.package}/{path}": content for path, content in files.items()} | _metadata(
        invented
    )


def _metadata(invented: Invented) -> dict[str, str]:
    name = invented.name
    readme = (
        _readme(invented)
        if invented.setting.axes.readme
        else "A small simulator of quantum circuits."
    )
    folder = f"{name}-{VERSION}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\nSummary: A small simulator of quantum circuits\n"
    head += "License: MIT\nRequires-Dist: numpy\nDescription-Content-Type: text/markdown\n\n"
    return {
        f"{folder}/METADATA": head + readme + "\n",
        f"{folder}/top_level.txt": name + "\n",
        f"{folder}/RECORD": "",
    }


def _readme(invented: Invented) -> str:
    axes = invented.setting.axes
    circuit: list[tuple[str, tuple[int, ...], tuple[float, ...]]] = [
        ("h", (0,), ()),
        ("cx", (0, 1), ()),
    ]
    for gate in axes.gates:
        if (
            gate not in ("h", "cx")
            and (GATES[gate].angles == 1 or axes.names == "opaque")
            and len(circuit) < 9
        ):
            places = tuple(range(GATES[gate].qubits))
            circuit.append((gate, places, (0.5, 0.25, 0.125)[: GATES[gate].angles]))
    which = "state" if invented.reading.state else "counts"
    program = invented.program(circuit, 3, which)
    shown = "\n".join(line.replace("SHOTS", "1000") for line in program)
    rows = "".join(
        f"| `{invented.setting.words[gate]}` | {GATES[gate].doc} |\n" for gate in axes.gates
    )
    return (
        f"# {invented.name}\n\nA small simulator of quantum circuits in numpy.\n\n```python\nimport {invented.name}\n\n{shown}\nprint(found)\n```\n\n"
        f"## Gates\n\n| name | what it does |\n|---|---|\n{rows}\nAngles are in {axes.unit}.\n"
    )


def write(invented: Invented, folder: Path) -> None:
    """Write the package below ``folder``, which can then be put on the import path."""
    for path, content in invented.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
