"""The steps of a test run: install what the backend was locked to, run its tests by category, write the report."""

from __future__ import annotations

import json
import os
import re
import shutil
import tomllib
from pathlib import Path, PurePosixPath

import building
import contain
import environment
import isolation
import junit
import placing
from environment import Interpreter, Pin, PipError, RefusalError
from folder import ARTIFACT, WORK, Json, begin, fresh, git, load, save, write

TEST_SECONDS = 900
# Beside everything else of the job: environments of isolated backends.
ISOLATED = "isolated"
OLDEST_PYTHON = ">=3.11"
CLASSES = {
    "integration": "TestIntegration",
    "performance": "TestPerformance",
    "compatibility": "TestCompatibility",
}


def install() -> int:
    """Install the backend's lock and the target's requirements. What fails here stands in the report."""
    begin()
    backend = backend_of(os.environ.get("GITHUB_HEAD_REF") or os.environ.get("GITHUB_REF_NAME", ""))
    if backend is None:
        print("This branch is none of an integration: nothing is tested.")
        return 0
    state: Json = {
        "backend": backend,
        "commit": git("rev-parse", "HEAD").strip(),
        "tree": git("rev-parse", "HEAD^{tree}").strip(),
    }
    save(state)
    try:
        folder, project = find_backend(backend)
        python, pins = resolve_backend(folder, project)
        environment.install(python, WORK / "env", pins)
        described = Path(folder, "source.json")
        if described.is_file():
            placed: Json = json.loads(described.read_text("utf-8"))
            placing.place(placed, WORK / "env", {pin.name for pin in pins})
        own = install_isolated(backend, folder)
    except (RefusalError, PipError, ValueError) as error:
        save(state | {"refused": junit.shorten(str(error))})
        contain.show(str(error))
        return 1
    package = PurePosixPath(folder).parent
    source = package
    while Path(source, "__init__.py").is_file():
        source = source.parent
    copy_checkout(WORK / "checkout")
    tests = str(PurePosixPath(project) / "tests" / "backends" / f"test_{backend}.py")
    more = {} if own is None else {"isolated": vars(own)}
    save(state | more | {"python": vars(python), "source": str(source), "tests": tests})
    print(f"{len(pins)} distributions for Python {python.version}")
    return 0


def backend_of(branch: str) -> str | None:
    """The backend's name in `graft/12-name`, `graft-measure/12-test-name` or `graft-measure/12-verify-name`."""
    match = re.fullmatch(
        r"(?:graft/[1-9]\d*-|graft-measure/[1-9]\d*-(?:test|verify)-)([a-z][a-z0-9_]{0,49})", branch
    )
    return match[1] if match else None


def find_backend(backend: str) -> tuple[str, str]:
    """Folder of the backend, and of the project that it belongs to. ValueError when there is not exactly one."""
    name = f"backends/{backend}/requirements.txt"
    locks = [path for path in git("ls-files", "-z").split("\0") if f"/{path}".endswith(f"/{name}")]
    if len(locks) != 1:
        raise ValueError(f"{len(locks)} files {name} where there should be one")
    folder = PurePosixPath(locks[0]).parent
    for above in folder.parents:
        if Path(above, "pyproject.toml").is_file():
            return str(folder), str(above)
    return str(folder), "."


def resolve_backend(folder: str, project: str) -> tuple[Interpreter, list[Pin]]:
    """The backend's lock as it is, and around it whatever the target's tests need; without it where it is isolated."""
    lock = Path(folder, "requirements.txt").read_text("utf-8")
    locked = environment.read_pins(lock) if isolation.isolated_python(lock) is None else []
    described: Json = {}
    if Path(project, "pyproject.toml").is_file():
        described = tomllib.loads(Path(project, "pyproject.toml").read_text("utf-8-sig"))
    metadata = described.get("project", {})
    wanted = [f"{pin.name}=={pin.version}" for pin in locked]
    for line in metadata.get("dependencies", []):
        if environment.plain_requirement(line):
            wanted.append(line)
        else:
            print(f"Left out, as it names no package on the index: {line[:100]!r}")
    pythons = environment.interpreters([metadata.get("requires-python", OLDEST_PYTHON)])
    said = "the runner of the workflow has no Python that suits the target"
    for python in pythons:
        try:
            own = building.build_locked(python, lock, locked)
            found = environment.resolve(python, [*wanted, *environment.TOOLS], locked)
        except PipError as error:
            said = str(error)
            continue
        hashes = {pin.name: pin.hashes for pin in own}
        return python, [
            Pin(pin.name, pin.version, hashes.get(pin.name, pin.hashes)) for pin in found.pins
        ]
    raise ValueError(f"the environment of the backend cannot be resolved: {said}")


def install_isolated(backend: str, folder: str) -> Interpreter | None:
    """Make the environment of an isolated backend, exactly as it was locked, where the bridge looks for it."""
    lock = Path(folder, "requirements.txt").read_text("utf-8")
    version = isolation.isolated_python(lock)
    if version is None:
        return None
    pythons = environment.interpreters([f"=={version}.*"])
    if not pythons:
        raise ValueError(
            f"the backend was measured with Python {version}, which the runner of the workflow lacks"
        )
    (WORK / ISOLATED).mkdir()
    place = WORK / ISOLATED / isolation.folder_name(backend, lock)
    pins = building.build_locked(pythons[0], lock, environment.read_pins(lock))
    environment.install(pythons[0], place, pins)
    return pythons[0]


def copy_checkout(folder: Path) -> None:
    """Copy what is under version control to where nobody may read it, and may not write."""
    for path in filter(None, git("ls-files", "-z").split("\0")):
        if Path(path).is_symlink() or not Path(path).is_file():
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / path)


def test(category: str) -> int:
    """Run the tests of one category; what belongs to none of the others is a unit test."""
    state = load()
    if "python" not in state:
        print("Nothing was installed, so nothing is tested.")
        return 0
    others = " and ".join(f"not {name}" for name in CLASSES.values())
    run, checkout = fresh(category), WORK / "checkout"
    out = run / "tmp" / "report.xml"
    end = contain.run(
        [
            *(str(WORK / "env" / "bin" / "python"), "-m", "pytest", state["tests"]),
            *("-p", "no:cacheprovider", "-o", "addopts=", "-k", CLASSES.get(category, others)),
            *("--rootdir", str(checkout), "--junitxml", str(out)),
        ],
        interpreter_prefix=state["python"]["prefix"],
        second_prefix=state.get("isolated", {}).get("prefix"),
        environment={
            "GRAFT_ENVIRONMENTS": str(WORK / ISOLATED),
            "PYTHONPATH": str(checkout / state["source"]),
            "PYTHONSAFEPATH": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        cwd=checkout,
        scratch=run,
        seconds=TEST_SECONDS,
    )
    contain.show(end.said)
    tests, problem = judge(out, end)
    write(WORK / f"{category}.json", {"tests": tests, "problem": problem, "seconds": end.seconds})
    if problem is not None:
        contain.show(f"The run is not valid: {problem}.")
    return 1 if problem or any(one["outcome"] in ("failed", "error") for one in tests) else 0


def judge(path: Path, end: contain.End) -> tuple[list[Json], str | None]:
    """The tests of a run, and why it proves nothing (None when exit code and report agree)."""
    tests: list[Json] = []
    problem = end.problem()
    try:
        content = junit.read_file(path, junit.MAX_BYTES)
        if content is not None:
            tests = junit.parse(content)
        elif problem is None:
            problem = f"it ended with exit code {end.code} and left no report"
    except ValueError as error:
        problem = problem or f"its report cannot be read: {junit.printable(str(error))[:200]}"
    bad = any(one["outcome"] in ("failed", "error") for one in tests)
    # Exit codes of pytest: 0 all passed, 1 some failed, 5 nothing was collected.
    if problem is None and end.code != (1 if bad else 0 if tests else 5):
        problem = f"it ended with exit code {end.code}, which its report does not explain"
    if problem is not None:
        told = end.said.strip().splitlines()[-30:]
        problem = junit.shorten("\n".join([problem, *told]))
    return tests, problem


def report() -> int:
    """Leave `report.json`: all categories together, bound to commit and tree."""
    state = load()
    if "backend" not in state:
        return 0
    tests: list[Json] = []
    problems = [state["refused"]] if "refused" in state else []
    seconds = 0.0
    for category in junit.CATEGORIES:
        if "python" not in state:
            break
        path = WORK / f"{category}.json"
        if not path.is_file():
            problems.append(f"The tests of the category {category} did not run.")
            continue
        part: Json = json.loads(path.read_text("utf-8"))
        tests += part["tests"]
        seconds += part["seconds"]
        if part["problem"] is not None:
            problems.append(f"The test run is not valid: {part['problem']}")
    tests = tests[: junit.MAX_TESTS - len(problems)]
    if not problems and not any(one["outcome"] != "skipped" for one in tests):
        problems.append("The test run is not valid: no test ran.")
    for problem in problems:
        failed: Json = {"category": "run", "name": "pytest", "outcome": "error", "seconds": 0}
        tests.append(failed | {"message": junit.shorten(problem)})
    count = {
        kind: sum(one["outcome"] == kind for one in tests)
        for kind in ("passed", "failed", "error", "skipped")
    }
    bound = {name: state[name] for name in ("backend", "commit", "tree")}
    numbers: Json = {
        "passed": count["passed"],
        "failed": count["failed"] + count["error"],
        "skipped": count["skipped"],
        "seconds": round(seconds, 2),
    }
    made = {"schema": 1, **bound, **numbers, "tests": tests, "containment": "unshare"}
    write(ARTIFACT / "report.json", made)
    print(", ".join(f"{numbers[kind]} {kind}" for kind in ("passed", "failed", "skipped")))
    return 1 if numbers["failed"] else 0
