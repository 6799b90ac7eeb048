"""How an invented package is run and read: methods, engines, functions; attributes, methods and functions that read."""

from __future__ import annotations

from dataclasses import dataclass

from .api import READERS, Api, Setting
from .words import READERS as WORDS
from .words import RUN_FUNCTIONS, RUNS

_KERNEL = {"state": "vector", "density": "density", "probabilities": "weights"}


@dataclass
class Reading:
    """Source that is added to the package, and the lines that run and read from outside.

    ``state`` and ``counts``: lines whose last one sets the variable `found`; empty where nothing of the kind can be read.
    """

    source: str
    public: list[str]
    state: list[str]
    counts: list[str]


def add_reading(setting: Setting, api: Api) -> Reading:
    """Write the reading along the axes; readers of a class are put into its source."""
    return _Writer(setting, api).write()


class _Writer:
    def __init__(self, setting: Setting, api: Api) -> None:
        self.setting, self.api, self.axes, self.rng = setting, api, setting.axes, setting.rng
        self.kinds = [] if self.axes.read == "counts" else [self.axes.read]
        self.kinds += ["counts"] if self.axes.counts != "none" else []
        self.names = {kind: self.rng.choice(WORDS[kind]) for kind in self.kinds}
        shots = ("shots", "n_shots", "num_shots", "samples", "repetitions", "times")
        self.shots = self.rng.choice(shots)
        self.seed = self.rng.choice(("seed=None", "seed=None", ""))
        self.public: list[str] = []

    def write(self) -> Reading:
        if self.axes.run == "nothing" or self.axes.gives == "itself":
            return self._on_object()
        return self._on_result()

    # ------------------------------------------------------------------ pieces

    def _value(self, kind: str, psi: str) -> str:
        if kind != "counts":
            return f"kernel.{_KERNEL[kind]}({psi})"
        return f"kernel.tally({psi}, {self.shots}{', seed' if self.seed else ''})"

    def _parameters(self, kind: str, first: list[str]) -> str:
        more = (
            [f"{self.shots}=1024" if self.rng.random() < 0.5 else self.shots]
            if kind == "counts"
            else []
        )
        if kind == "counts" and self.seed:
            more.append(self.seed)
        return ", ".join([*first, *more])

    def _members(self, psi: str) -> str:
        """Readers as members of a class."""
        parts = []
        for kind in self.kinds:
            attribute = self.axes.reader == "attribute" and kind != "counts"
            mark = "    @property\n" if attribute else ""
            parts.append(
                f"{mark}    def {self.names[kind]}({self._parameters(kind, ['self'])}):\n"
                f'        """Read the {kind}."""\n        return {self._value(kind, psi)}\n\n'
            )
        return "".join(parts)

    def _functions(self, taken: list[str], psi: str) -> str:
        parts = []
        for kind in self.kinds:
            self.public.append(self.names[kind])
            parts.append(
                f"def {self.names[kind]}({self._parameters(kind, taken)}):\n"
                f'    """Read the {kind}."""\n    return {self._value(kind, psi)}\n'
            )
        return "\n\n".join(parts)

    def _read(self, kind: str, owner: str, given: list[str]) -> str:
        """The expression that reads from outside."""
        counted = ["SHOTS"] if kind == "counts" else []
        if self.axes.reader == "function" or not owner:
            return f"{self.setting.package}.{self.names[kind]}({', '.join([*given, *counted])})"
        if self.axes.reader == "attribute" and kind != "counts":
            return f"{owner}.{self.names[kind]}"
        return f"{owner}.{self.names[kind]}({', '.join(counted)})"

    def _lines(self, before: list[str], kind: str, owner: str, given: list[str]) -> list[str]:
        return [*before, f"found = {self._read(kind, owner, given)}"] if kind in self.kinds else []

    # ------------------------------------------------------------------ on the object itself

    def _on_object(self) -> Reading:
        api, axes = self.api, self.axes
        before: list[str] = []
        source, psi = "", api.psi
        if axes.run == "method":
            run = self.rng.choice(RUNS)
            more = ", ".join(["self", *api.more_taken])
            members = f"    def {run}({more}):\n        self._done = self._psi({api.more_psi})\n\n"
            api.source = api.source.replace(READERS, members + READERS)
            before = [f"c.{run}({', '.join(api.more_given)})"]
            psi = psi.replace("._psi()", "._done")
        if api.readable and axes.reader != "function":
            own = "self._done" if axes.run == "method" else "self._psi()"
            api.source = api.source.replace(READERS, self._members(own))
        elif axes.receiver == "state" and not api.readable and axes.read == "state":
            # The array is the state; nothing has to be read.
            self.kinds.remove("state")
            source = self._functions(api.taken, psi)
            self.kinds.append("state")
            counts = self._lines(before, "counts", "", api.given)
            return Reading(source, self.public, ["found = c"], counts)
        else:
            source = self._functions(api.taken, psi)
        owner = "c" if api.readable else ""
        api.source = api.source.replace(READERS, "")
        kind = self.kinds[0]
        state = self._lines(before, kind, owner, api.given) if kind != "counts" else []
        return Reading(source, self.public, state, self._lines(before, "counts", owner, api.given))

    # ------------------------------------------------------------------ on what running gives

    def _on_result(self) -> Reading:
        api, axes = self.api, self.axes
        result = self.setting.name("result")
        value = axes.gives == "value"
        parts: list[str] = []
        first = self.kinds[0]
        by_run = value and first != "counts" and "counts" in self.kinds
        if value:
            outcome = self._value(first, "{psi}")
            taken = self._parameters(first, []) if first == "counts" else ""
        else:
            outcome, taken = f"{result}({{psi}})", ""
            members = self._members("self._amps") if axes.reader != "function" else ""
            parts.append(
                f'class {result}:\n    """What came of a run."""\n\n    def __init__(self, amps):\n'
                f"        self._amps = amps\n\n{members}"
            )
            if axes.reader == "function":
                parts.append(self._functions(["result"], "result._amps"))
        call, source, owner_made = self._run(outcome, taken, api)
        parts.append(source)
        if by_run:
            # Beside the run that gives amplitudes, a function or a method that samples.
            self.kinds.remove(first)
            call_counts = self._beside(parts, owner_made)
            self.kinds.insert(0, first)
            return Reading(
                "\n\n".join(parts), self.public, [f"found = {call}"], [f"found = {call_counts}"]
            )
        if value:
            lines = [f"found = {call}"]
            return Reading(
                "\n\n".join(parts),
                self.public,
                [] if first == "counts" else lines,
                lines if first == "counts" else [],
            )
        before = [f"r = {call}"]
        state = self._lines(before, first, "r", ["r"]) if first != "counts" else []
        return Reading(
            "\n\n".join(parts), self.public, state, self._lines(before, "counts", "r", ["r"])
        )

    def _run(self, outcome: str, taken: str, api: Api) -> tuple[str, str, str]:
        """The call from outside, the source, and the name of what runs."""
        axes, package = self.axes, self.setting.package
        shots = ["SHOTS"] if taken else []
        if axes.run == "method":
            run = self.rng.choice(RUNS)
            parameters = ", ".join(["self", *api.more_taken, *([taken] if taken else [])])
            psi = f"self._psi({api.more_psi})"
            member = (
                f"    def {run}({parameters}):\n        return {outcome.replace('{psi}', psi)}\n\n"
            )
            api.source = api.source.replace(READERS, member + READERS)
            given = ", ".join([*api.more_given, *shots])
            return f"c.{run}({given})", "", "method"
        parameters = ", ".join([*api.taken, *([taken] if taken else [])])
        given = ", ".join([*api.given, *shots])
        body = f"return {outcome.replace('{psi}', api.psi)}"
        if axes.run == "function":
            run = self.rng.choice(RUN_FUNCTIONS)
            self.public.append(run)
            return (
                f"{package}.{run}({given})",
                f'def {run}({parameters}):\n    """Run it."""\n    {body}\n',
                run,
            )
        engine, run = self.setting.name("engine"), self.rng.choice(RUNS)
        self.public.append(engine)
        source = f'class {engine}:\n    """Runs circuits."""\n\n    # more\n    def {run}(self, {parameters}):\n        {body}\n'
        return f"{package}.{engine}().{run}({given})", source, engine

    def _beside(self, parts: list[str], owner: str) -> str:
        api, axes = self.api, self.axes
        name, package = self.names["counts"], self.setting.package
        if axes.run == "method":
            members = f"    def {name}({self._parameters('counts', ['self', *api.more_taken])}):\n"
            members += f"        return {self._value('counts', f'self._psi({api.more_psi})')}\n\n"
            api.source = api.source.replace(READERS, members)
            return f"c.{name}({', '.join([*api.more_given, 'SHOTS'])})"
        given = ", ".join([*api.given, "SHOTS"])
        parameters = self._parameters("counts", api.taken)
        body = f"return {self._value('counts', api.psi)}"
        if axes.run == "engine":
            parts[-1] = parts[-1].replace(
                "    # more\n", f"    def {name}(self, {parameters}):\n        {body}\n\n"
            )
            return f"{package}.{owner}().{name}({given})"
        self.public.append(name)
        parts.append(f"def {name}({parameters}):\n    {body}\n")
        return f"{package}.{name}({given})"
