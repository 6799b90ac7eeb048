"""The steps of a measurement: resolve and install the package with the target's requirements, run the probe."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import contain
import environment
import junit
from environment import Interpreter, Pin, PipError, RefusalError
from folder import ARTIFACT, WORK, Json, begin, fresh, load, save, write

# Imports, minimising and replays come on top of the request's own budgets.
EXTRA_SECONDS = 480
MAX_RESULT = 4 * 2**20


def prepare() -> int:
    """Resolve target and package together, install them, and leave `prepared.json`. A refusal is a result, too."""
    begin()
    request: Json = json.loads(Path(".graft/request.json").read_text("utf-8"))
    answer: Json = {"schema": 1, "binding": request["binding"]}
    try:
        python, everything, closure = resolve_request(request)
        environment.install(python, WORK / "env", everything)
    except RefusalError as error:
        answer |= {"ok": False, "reason": error.reason, "message": error.message}
    except PipError as error:
        told = f"The packages were resolved but could not be installed: {str(error)[-500:]}"
        answer |= {"ok": False, "reason": "download", "message": told}
    else:
        pins = [{"name": pin.name, "version": pin.version} for pin in closure]
        modules = environment.modules(python, WORK / "env")
        answer |= {"ok": True, "python": python.version, "pins": pins, "modules": modules}
        save({"python": vars(python)})
        print(f"{len(everything)} distributions for Python {python.version}")
    write(ARTIFACT / "prepared.json", answer)
    if not answer["ok"]:
        contain.show(answer["message"])
    return 0


def resolve_request(request: Json) -> tuple[Interpreter, list[Pin], list[Pin]]:
    """Everything that is installed, and of it the package with what it needs."""
    what = f"{request['distribution']} {request['version']}"
    package = [f"{request['distribution']}=={request['version']}", *request["undeclared"]]
    ranges = [request["pythons"]["package"], request["pythons"]["target"]]
    pythons = environment.interpreters(ranges)
    if not pythons:
        message = (
            f"{what} needs Python {ranges[0] or 'of any version'} and the target {ranges[1] or 'any'}; "
            "the runner of the workflow has none that suits both."
        )
        raise RefusalError("python", message)
    first: RefusalError | None = None
    for python in pythons:
        try:
            everything = environment.resolve(
                python, [*package, *request["target"], *environment.TOOLS]
            )
            return python, list(everything.pins), everything.closure(package)
        except PipError as together:
            error = explain(what, python, package, str(together))
        first = first or error
        if error.reason not in ("no_wheel", "python"):
            raise error
    assert first is not None
    raise first


def explain(what: str, python: Interpreter, package: list[str], together: str) -> RefusalError:
    """Ask once more for the package alone: a conflict with the target is another thing than no wheel."""
    try:
        environment.resolve(python, package)
    except PipError as alone:
        return environment.refusal(what, python, together, str(alone))
    return environment.refusal(what, python, together, None)


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
