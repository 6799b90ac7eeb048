"""The steps of a measurement: resolve and install the package with the target's requirements, run the probe."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import building
import contain
import environment
import isolation
import junit
import placing
from building import Built
from environment import Interpreter, Pin, PipError, RefusalError
from folder import ARTIFACT, WORK, Json, begin, fresh, load, save, write

# Imports, minimising and replays come on top of the request's own budgets.
EXTRA_SECONDS = 480
# Distributions that are built for one package.
MOST_BUILT = 4
NOT_ISOLATED = (
    "{what} cannot be installed together with the target ({why}), and an environment of its own is made for packages "
    "of an index only, which anybody can install by their hashes. Widen what it requires, or publish it on an index."
)
MAX_RESULT = 4 * 2**20


def prepare() -> int:
    """Resolve target and package, install them, and leave `prepared.json`. A refusal is a result, too."""
    begin()
    request: Json = json.loads(Path(".graft/request.json").read_text("utf-8"))
    answer: Json = {"schema": 1, "binding": request["binding"]}
    placed: Json | None = request.get("placed")
    try:
        found = resolve_request(request)
        python, everything, closure = found.python, found.everything, found.closure
        environment.install(python, WORK / "env", everything)
        if placed is not None:
            if found.conflicts is not None:
                raise RefusalError("conflict", not_isolated(request, found.conflicts))
            placing.place(placed, WORK / "env", {pin.name for pin in everything})
            closure = [*closure, Pin(environment.normalize(placed["name"]), placed["version"])]
    except RefusalError as error:
        answer |= {"ok": False, "reason": error.reason, "message": error.message}
    except PipError as error:
        told = f"The packages were resolved but could not be installed: {str(error)[-500:]}"
        answer |= {"ok": False, "reason": "download", "message": told}
    else:
        pins = [{"name": pin.name, "version": pin.version} for pin in closure]
        modules = environment.modules(python, WORK / "env")
        answer |= {"ok": True, "python": python.version, "pins": pins, "modules": modules}
        if found.conflicts is not None:
            answer["isolated"] = found.conflicts
        if found.built:
            older = dict.fromkeys(one for built in found.built for one in built.constraints)
            answer["built"] = {
                "names": [built.name for built in found.built],
                "constraints": list(older),
            }
        save({"python": vars(python)})
        print(f"{len(everything)} distributions for Python {python.version}")
    write(ARTIFACT / "prepared.json", answer)
    if not answer["ok"]:
        contain.show(answer["message"])
    return 0


def not_isolated(request: Json, conflicts: list[dict[str, str]]) -> str:
    """Why a package that no index has gets no environment of its own, with the ranges of both sides."""
    why = [
        f"it needs {one['name']} {one['package']}, the target needs {one['name']} {one['target']}"
        for one in conflicts
    ]
    what = f"{request['distribution']} {request['version']}"
    return NOT_ISOLATED.format(
        what=what, why="; ".join(why[:3]) or "what the two need has no common solution"
    )


@dataclass(frozen=True)
class Found:
    """Everything that is installed, and of it the package with what it needs."""

    python: Interpreter
    everything: list[Pin]
    closure: list[Pin]
    built: tuple[Built, ...] = ()
    conflicts: list[dict[str, str]] | None = None
    """Set where the package gets an environment of its own: what it and the target cannot both have."""


def resolve_request(request: Json) -> Found:
    """Package and target together; the package by itself where the two exclude each other."""
    what = f"{request['distribution']} {request['version']}"
    ranges = [request["pythons"]["package"], request["pythons"]["target"]]
    both = environment.interpreters(ranges)
    # The target's Python is needed for the tests; the package may have another one.
    pythons = both or (
        environment.interpreters(ranges[:1]) if environment.interpreters(ranges[1:]) else []
    )
    if not pythons:
        message = (
            f"{what} needs Python {ranges[0] or 'of any version'} and the target {ranges[1] or 'any'}; "
            "the runner of the workflow has none that suits both."
        )
        raise RefusalError("python", message)
    first: RefusalError | None = None
    for python in pythons:
        try:
            if both:
                return build_or_not(python, request)
            differ = {"name": "Python", "package": ranges[0], "target": ranges[1]}
            return alone_on(python, request, [differ])
        except PipError as error:
            refused = environment.refusal(what, python, str(error))
        first = first or refused
        if refused.reason not in ("no_wheel", "python"):
            raise refused
    assert first is not None
    raise first


def build_or_not(python: Interpreter, request: Json) -> Found:
    """Wheels only; where somebody allowed it, what has none is built first: the package, or something that it needs."""
    made: dict[str, Built] = {}
    while True:
        try:
            return replace(resolve_on(python, request), built=tuple(made.values()))
        except PipError as error:
            refused = environment.refusal("the package", python, str(error))
            lacking = building.missing(str(error))
            allowed = request.get("build") is True and refused.reason == "no_wheel"
            if not allowed or lacking is None or len(made) == MOST_BUILT:
                raise
            one = building.build_newest(python, lacking)
            if one.name in made:
                raise  # What was built is not the version that is needed.
            made[one.name] = one


def resolve_on(python: Interpreter, request: Json) -> Found:
    """The same for one Python. Raises PipError where the package cannot be installed, not even by itself."""
    package = requirements_of(request)
    try:
        found = environment.resolve(python, [*package, *request["target"], *environment.TOOLS])
    except PipError as together:
        if environment.is_download(str(together)):
            raise
        return alone_on(python, request)
    return Found(python, list(found.pins), found.closure(package))


def alone_on(
    python: Interpreter, request: Json, differ: list[dict[str, str]] | None = None
) -> Found:
    """The package with what measuring needs, and why it cannot be had with the target (looked for where not given)."""
    package = requirements_of(request)
    alone = environment.resolve(python, [*package, *environment.MEASURING_TOOLS])
    pins = list(alone.pins)
    if differ is None:
        try:
            theirs = (
                environment.resolve(python, request["target"]).pins if request["target"] else ()
            )
        except PipError:
            theirs = ()
        own = Pin(environment.normalize(request["distribution"]), request["version"])
        needs = [*alone.requires.get(own.name, []), *request["undeclared"]]
        differ = isolation.conflicts(own, needs, request["target"], pins, theirs)
    return Found(python, pins, pins, conflicts=differ)


def requirements_of(request: Json) -> list[str]:
    """The package itself, and what it needs without declaring it; of one that no index has what it declares."""
    if "placed" in request:
        declared = placing.requirements(request["placed"])
        return [*filter(environment.plain_requirement, declared), *request["undeclared"]]
    return [f"{request['distribution']}=={request['version']}", *request["undeclared"]]


def measure() -> int:
    """Run the probe on what was installed, and leave `measurement.json`: what it measured, or how it ended."""
    state = load()
    if "python" not in state:
        print("Nothing was installed, so nothing is measured.")
        return 0
    request: Json = json.loads(Path(".graft/request.json").read_text("utf-8"))
    search = request["search"]
    probe, run = WORK / "probe", fresh("run")
    shutil.copytree(".graft/probe", probe)
    write(WORK / "search.json", search)
    budget = search["budget"]
    python = WORK / "env" / "bin" / "python"
    out = run / "tmp"
    end = contain.run(
        [
            *(str(python), "-I", "-X", f"pycache_prefix={WORK}/bytecode"),
            *(str(probe / "main.py"), str(WORK / "search.json"), str(out / "result.json")),
            *("--progress", str(out / "progress.jsonl")),
        ],
        interpreter_prefix=state["python"]["prefix"],
        environment={},
        cwd=probe,
        scratch=run,
        seconds=budget["search_seconds"] + 3 * budget["measure_seconds"] + EXTRA_SECONDS,
    )
    contain.show(end.said)
    result = read_result(out / "result.json")
    if result is None:
        how = end.problem() or f"it ended with exit code {end.code} before the measurement was done"
        print(f"The probe left no result: {how}.")
        lines = [f"The probe left no result: {how}.", *end.said.splitlines()[-6:]]
        result = empty_measurement(search, state["python"]["version"], end, lines)
    write(ARTIFACT / "measurement.json", result)
    return 0


def read_result(path: Path) -> Json | None:
    """The probe's result, or None when there is none of any use; its content is judged elsewhere."""
    try:
        content = junit.read_file(path, MAX_RESULT)
        result = None if content is None else json.loads(content)
    except (ValueError, RecursionError):
        return None
    return result if isinstance(result, dict) else None


def empty_measurement(search: Json, python: str, end: contain.End, seen: list[str]) -> Json:
    """A measurement that never got a driver."""
    return {
        "schema": 1,
        "probe": "none",
        "python": python,
        "distribution": search["distribution"],
        "version": search["version"],
        "stage": "import",
        "gates": [],
        "tried": {
            "objects": 0,
            "runs": 0,
            "evaluations": 0,
            "seconds": end.seconds,
            "ran_out": end.code == contain.TIME_OVER,
        },
        "missing_modules": [],
        "log": [],
        "seen": [line for text in seen if (line := junit.printable(text)[:1000])],
        "limits": [],
    }
