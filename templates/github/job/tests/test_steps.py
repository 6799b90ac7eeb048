from __future__ import annotations

import json
from pathlib import Path

import building
import contain
import folder
import isolation
import measuring
import pytest
import testing
from conftest import commit
from environment import Interpreter, Pin, PipError, RefusalError, Resolution

PYTHON = Interpreter("/usr/bin/python3", "3.12.1", "/usr")
LOCK = f"sim==1.0 --hash=sha256:{'a' * 64}\n"


def resolved(*pins: Pin, **requires: list[str]) -> Resolution:
    return Resolution(pins, requires, {"python_version": "3.12"})


def xml(*cases: str) -> str:
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


GOOD = '<testcase classname="TestUnit" name="a" time="1"/>'
BAD = '<testcase classname="TestUnit" name="b" time="1"><failure message="no"/></testcase>'
SKIPPED = '<testcase classname="TestUnit" name="c" time="0"><skipped message="no"/></testcase>'


@pytest.mark.parametrize(
    ("branch", "backend"),
    [
        ("graft/12-sim", "sim"),
        ("graft-measure/12-test-sim_2", "sim_2"),
        ("graft-measure/12-verify-sim", "sim"),
        ("graft/setup", None),
        ("graft/12-Sim", None),
        ("graft/12-../x", None),
        ("graft/012-sim", None),
        ("graft-measure/12", None),
        ("graft/12-sim\n", None),
    ],
)
def test_backend_of_a_branch(branch, backend):
    assert testing.backend_of(branch) == backend


@pytest.mark.parametrize(
    ("content", "code", "problem"),
    [
        (xml(GOOD), 0, None),
        (xml(GOOD, BAD), 1, None),
        (xml(), 5, None),
        (xml(GOOD), 1, "does not explain"),
        (xml(BAD), 0, "does not explain"),
        (xml(), 0, "does not explain"),
        (xml(GOOD), 137, "killed by signal 9"),
        (xml(GOOD), contain.TIME_OVER, "did not end"),
        ("nonsense", 0, "cannot be read"),
        (None, 0, "left no report"),
    ],
)
def test_what_a_run_proves(tmp_path, content, code, problem):
    path = tmp_path / "report.xml"
    if content is not None:
        path.write_text(content, "utf-8")
    _, found = testing.judge(path, contain.End(code, 1.0, "said\n"))
    assert (found is None) if problem is None else (problem in found)


NOTHING = "ERROR: No matching distribution found for "


def builds(monkeypatch, wheels: dict[str, str]) -> list[str]:
    """What is built, where the index has no wheel of these; each by the requirement that is said to have none."""
    built: list[str] = []

    def resolve_on(python, request):
        lacking = [name for name in wheels if name not in built]
        if lacking:
            raise PipError(f"{NOTHING}{wheels[lacking[0]]}\n")
        return measuring.Found(PYTHON, [], [])

    def build_newest(python, requirement):
        name = requirement.split("==")[0].split(">")[0]
        built.append(name)
        return building.Built(name, Path("x.whl"), ("setuptools<72",))

    monkeypatch.setattr(measuring, "resolve_on", resolve_on)
    monkeypatch.setattr(building, "build_newest", build_newest)
    return built


def test_what_has_no_wheel_is_built_one_after_the_other_where_somebody_allowed_it(monkeypatch):
    request = {"distribution": "sim", "version": "1.0"}
    built = builds(monkeypatch, {"docs": "docs>=0.6", "sim": "sim==1.0"})
    with pytest.raises(PipError):
        measuring.build_or_not(PYTHON, request)
    assert built == []
    found = measuring.build_or_not(PYTHON, {**request, "build": True})
    assert [one.name for one in found.built] == ["docs", "sim"]


def test_what_was_built_and_is_not_the_version_that_is_needed_ends_it(monkeypatch):
    built = builds(monkeypatch, {"sim": "other==1.0"})
    with pytest.raises(PipError, match="other"):
        measuring.build_or_not(PYTHON, {"distribution": "sim", "version": "1.0", "build": True})
    assert built == ["other", "other"]


def test_what_no_index_has_gets_no_environment_of_its_own_and_is_told_the_ranges():
    conflicts = [{"name": "numpy", "package": "<2", "target": ">=2"}]
    told = measuring.not_isolated({"distribution": "sim", "version": "1.0"}, conflicts)
    assert told.startswith(
        "sim 1.0 cannot be installed together with the target (it needs numpy <2, the target needs numpy >=2)"
    )
    assert "publish it on an index" in told


@pytest.mark.parametrize(
    ("said", "requirement"),
    [
        (f"{NOTHING}docs", "docs"),
        (f"ERROR: from versions: none\n{NOTHING}docs[x]>=0.6,<2\n", "docs[x]>=0.6,<2"),
        (f"{NOTHING}docs @ https://evil.example/docs.zip", None),
        (f"{NOTHING}--index-url=https://evil.example", None),
        ("ERROR: something else", None),
    ],
)
def test_what_pip_says_has_no_wheel(said, requirement):
    assert building.missing(said) == requirement


def put(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def install(monkeypatch, **environment) -> int:
    monkeypatch.setenv("GITHUB_HEAD_REF", "graft/12-sim")
    monkeypatch.setattr("environment.interpreters", lambda ranges: [PYTHON])
    monkeypatch.setattr("environment.install", lambda *given: None)
    for name, value in environment.items():
        monkeypatch.setattr(f"environment.{name}", value)
    commit(Path.cwd())
    return testing.install()


def finish(work, monkeypatch, runs: dict[str, tuple[str, int]]) -> tuple[int, dict]:
    """Let every category end so, and read the report."""

    def contained(command, *, scratch, **given):
        category = scratch.name.removeprefix("run-")
        content, code = runs.get(category, (xml(), 5))
        (scratch / "tmp").mkdir()
        (scratch / "tmp" / "report.xml").write_text(content, "utf-8")
        return contain.End(code, 1.0, "said")

    monkeypatch.setattr("contain.run", contained)
    for category in ("unit", "integration", "performance", "compatibility"):
        testing.test(category)
    code = testing.report()
    return code, json.loads((work / "artifact" / "report.json").read_text("utf-8"))


def test_a_backend_is_installed_as_it_was_locked_and_its_tests_make_one_report(work, monkeypatch):
    put("src/host/backends/sim/requirements.txt", LOCK)
    put("src/host/backends/__init__.py", "")
    put("src/host/__init__.py", "")
    put("pyproject.toml", '[project]\ndependencies = ["numpy>=1", "evil @ https://x.test/e.whl"]\n')
    asked = {}

    def resolve(python, requirements, fixed=()):
        asked.update(requirements=list(requirements), fixed=list(fixed))
        return resolved(Pin("sim", "1.0", ("f" * 64,)), Pin("numpy", "2.0", ("b" * 64,)))

    installed = []
    code = install(monkeypatch, resolve=resolve, install=lambda *given: installed.append(given))
    assert code == 0
    assert asked["requirements"] == ["sim==1.0", "numpy>=1", "numpy", "pytest"]
    assert asked["fixed"] == [Pin("sim", "1.0", ("a" * 64,))]
    assert installed[0][2] == [Pin("sim", "1.0", ("a" * 64,)), Pin("numpy", "2.0", ("b" * 64,))]
    state = folder.load()
    assert (state["source"], state["tests"]) == ("src", "tests/backends/test_sim.py")
    assert (work / "checkout" / "src" / "host" / "__init__.py").is_file()

    code, report = finish(work, monkeypatch, {"unit": (xml(GOOD, SKIPPED), 0)})
    assert code == 0
    assert (report["passed"], report["failed"], report["skipped"]) == (1, 0, 1)
    assert report["commit"] == testing.git("rev-parse", "HEAD").strip()
    assert report["tree"] == testing.git("rev-parse", "HEAD^{tree}").strip()


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ({}, "no test ran"),
        ({"unit": (xml(SKIPPED), 0)}, "no test ran"),
        ({"unit": (xml(GOOD), 0), "performance": (xml(GOOD), 139)}, "signal 11"),
        ({"unit": (xml(GOOD, BAD), 1)}, "no"),
    ],
)
def test_what_is_not_green(work, monkeypatch, runs, why):
    put("backends/sim/requirements.txt", LOCK)
    assert (
        install(monkeypatch, resolve=lambda *given: resolved(Pin("sim", "1.0", ("a" * 64,)))) == 0
    )
    code, report = finish(work, monkeypatch, runs)
    assert code == 1
    assert report["failed"] == 1
    assert why in "\n".join(one.get("message", "") for one in report["tests"])


def cannot(*given):
    raise PipError("ERROR: No matching distribution found for sim")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "0 files backends/sim/requirements.txt"),
        (
            {"a/backends/sim/requirements.txt": LOCK, "b/backends/sim/requirements.txt": LOCK},
            "2 files",
        ),
        ({"backends/sim/requirements.txt": "-r /etc/passwd\n"}, "no exact version"),
        ({"backends/sim/requirements.txt": LOCK}, "cannot be resolved: ERROR: No matching"),
    ],
)
def test_an_environment_that_cannot_be_made_is_a_failure_in_the_report(
    work, monkeypatch, files, why
):
    for path, text in files.items():
        put(path, text)
    assert install(monkeypatch, resolve=cannot) == 1
    code, report = finish(work, monkeypatch, {"unit": (xml(GOOD), 0)})
    assert code == 1
    assert (report["passed"], report["failed"]) == (0, 1)
    assert why in report["tests"][0]["message"]


def test_a_branch_of_nobody_leaves_nothing(work, monkeypatch):
    monkeypatch.setenv("GITHUB_HEAD_REF", "graft/feature")
    assert testing.install() == 0
    assert testing.test("unit") == 0
    assert testing.report() == 0
    assert list((work / "artifact").iterdir()) == []


REQUEST = {
    "binding": "b" * 64,
    "distribution": "sim",
    "version": "1.0",
    "undeclared": ["scipy"],
    "target": ["numpy>=1"],
    "pythons": {"package": ">=3.9", "target": ">=3.11"},
    "search": {
        "distribution": "sim",
        "version": "1.0",
        "budget": {"search_seconds": 1, "measure_seconds": 1},
    },
}


def prepare(work, monkeypatch, resolve) -> dict:
    put(".graft/request.json", json.dumps(REQUEST))
    put(".graft/probe/main.py", "")
    monkeypatch.setattr("environment.interpreters", lambda ranges: [PYTHON])
    monkeypatch.setattr("environment.resolve", resolve)
    monkeypatch.setattr("environment.install", lambda *given: None)
    monkeypatch.setattr("environment.modules", lambda *given: {"sim": ["sim"]})
    assert measuring.prepare() == 0
    return json.loads((work / "artifact" / "prepared.json").read_text("utf-8"))


def test_resolved_together_and_of_it_the_package_with_what_it_needs(work, monkeypatch):
    asked = []

    def resolve(python, requirements, fixed=()):
        asked.append((list(requirements), list(fixed)))
        pins = [Pin("sim", "1.0"), Pin("scipy", "1.1"), Pin("numpy", "2.0")]
        return resolved(*pins, sim=["scipy", "numpy; python_version < '3.0'"])

    prepared = prepare(work, monkeypatch, resolve)
    assert asked == [(["sim==1.0", "scipy", "numpy>=1", "numpy", "pytest"], [])]
    assert prepared == {
        "schema": 1,
        "binding": "b" * 64,
        "ok": True,
        "python": "3.12.1",
        "pins": [{"name": "sim", "version": "1.0"}, {"name": "scipy", "version": "1.1"}],
        "modules": {"sim": ["sim"]},
    }


def test_a_package_that_excludes_the_target_is_measured_alone(work, monkeypatch):
    def only_alone(python, requirements, fixed=()):
        match requirements:
            case ["sim==1.0", "scipy", "numpy"]:
                return resolved(Pin("sim", "1.0"), Pin("numpy", "1.9"), sim=["numpy < 2"])
            case ["numpy>=1"]:
                return resolved(Pin("numpy", "2.1"))
        raise PipError("ERROR: ResolutionImpossible")

    prepared = prepare(work, monkeypatch, only_alone)
    assert prepared["ok"]
    assert [pin["name"] for pin in prepared["pins"]] == ["sim", "numpy"]
    assert prepared["isolated"] == [{"name": "numpy", "package": "<2", "target": ">=1"}]


def test_no_python_of_both_is_a_conflict_too(work, monkeypatch):
    monkeypatch.setattr(
        "environment.interpreters", lambda ranges: [] if len(list(ranges)) > 1 else [PYTHON]
    )
    monkeypatch.setattr("environment.resolve", lambda *given: resolved(Pin("sim", "1.0")))
    found = measuring.resolve_request(REQUEST)
    assert found.conflicts == [{"name": "Python", "package": ">=3.9", "target": ">=3.11"}]


def test_conflicts_further_down_show_what_came_out():
    found = isolation.conflicts(
        Pin("sim", "1.0"),
        ["a"],
        ["b"],
        [Pin("c", "1"), Pin("a", "2")],
        [Pin("c", "3"), Pin("b", "1")],
    )
    assert found == [{"name": "c", "package": "1 (indirectly)", "target": "3 (indirectly)"}]
    hostile = isolation.conflicts(Pin("sim", "1.0"), ["a<2"], ["a>2"], [Pin("a", "1\n@ann")], [])
    assert all("@" not in one["package"] for one in hostile)


def test_an_isolated_backend_gets_two_environments(work, monkeypatch):
    head = (
        "# Isolated: an environment of its own, with Python 3.12; README.md says how to make it.\n"
    )
    put("backends/sim/requirements.txt", head + LOCK)
    put("pyproject.toml", '[project]\ndependencies = ["numpy>=2"]\n')
    installed = {}
    asked = []

    def resolve(python, requirements, fixed=()):
        asked.append([*requirements, *fixed])
        return resolved(Pin("numpy", "2.1", ("b" * 64,)))

    def fill(python, place, pins):
        installed[place.relative_to(work).as_posix()] = [pin.name for pin in pins]

    assert install(monkeypatch, resolve=resolve, install=fill) == 0
    assert asked == [["numpy>=2", "numpy", "pytest"]]
    name = isolation.folder_name("sim", head + LOCK)
    assert installed == {"env": ["numpy"], f"isolated/{name}": ["sim"]}
    given = {}

    def contained(command, **more):
        given.update(more)
        return contain.End(1, 1.0, "")

    monkeypatch.setattr("contain.run", contained)
    testing.test("unit")
    assert given["second_prefix"] == "/usr"
    assert given["environment"]["GRAFT_ENVIRONMENTS"] == str(work / "isolated")

    monkeypatch.setattr("environment.interpreters", lambda ranges: [])
    with pytest.raises(ValueError, match="measured with Python 3.12"):
        testing.install_isolated("sim", "backends/sim")


def test_a_package_that_cannot_be_installed_is_refused(work, monkeypatch):
    prepared = prepare(work, monkeypatch, cannot)
    assert (prepared["ok"], prepared["reason"]) == (False, "no_wheel")
    assert measuring.measure() == 0
    assert not (work / "artifact" / "measurement.json").exists()


def test_no_python_of_both(work, monkeypatch):
    monkeypatch.setattr("environment.interpreters", lambda ranges: [])
    with pytest.raises(RefusalError, match="needs Python >=3.9 and the target >=3.11"):
        measuring.resolve_request(REQUEST)


@pytest.mark.parametrize("left", ["", "[1]", "{", "[" * 100_000, None])
def test_a_probe_that_leaves_nothing_of_use_is_a_measurement_that_says_so(work, monkeypatch, left):
    def contained(command, *, scratch, **given):
        (scratch / "tmp").mkdir()
        if left is not None:
            (scratch / "tmp" / "result.json").write_text(left, "utf-8")
        return contain.End(139, 1.0, "Fatal\x1b[31m\n")

    prepare(work, monkeypatch, lambda *given: resolved(Pin("sim", "1.0")))
    monkeypatch.setattr("contain.run", contained)
    assert measuring.measure() == 0
    measured = json.loads((work / "artifact" / "measurement.json").read_text("utf-8"))
    assert measured["stage"] == "import"
    assert measured["seen"] == [
        "The probe left no result: it was killed by signal 11.",
        "Fatal [31m",
    ]


def test_a_folder_of_an_earlier_job_is_emptied_and_a_link_is_not_followed(work, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "a").touch()
    work.symlink_to(tmp_path / "precious")
    folder.begin()
    (work / "old").touch()
    folder.begin()
    assert [path.name for path in work.iterdir()] == ["artifact"]
    assert (tmp_path / "precious" / "a").exists()
