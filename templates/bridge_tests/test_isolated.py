"""Isolated backends: a worker process that crashes, hangs, takes too much, chatters, or is killed from outside."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import HOST
from host.backends._bridge import IsolatedAdapter, Program, frames, isolate, worker_process
from host.backends._bridge.conformance import reference
from host.backends._bridge.conformance.circuits import random_program
from host.backends._bridge.environments import built_from_source, environment_folder
from host.backends.exceptions import BackendError, BackendErrorCode, BackendNotInstalledError
from lonely_package import ADAPTER, PACKAGE
from simulators import ALL
from test_conformance import CLASSES, HEAD, run_suite

BACKENDS = HOST / "host" / "backends"
MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
LOCK = f"""# Isolated: an environment of its own, with Python {MINOR}; README.md says how to make it.
lonely-sim==1.5 \\
    --hash=sha256:{"0" * 64}
"""

# What only the environment has: a module that the host's own Python cannot import.


def place(name: str, package: str, environments: Path, monkeypatch: Any) -> type[IsolatedAdapter]:
    """An isolated backend in the host, and the environment that it needs."""
    folder = BACKENDS / name
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").write_text("")
    (folder / "adapter.py").write_text(ADAPTER.format(name=name))
    (folder / "requirements.txt").write_text(LOCK)
    monkeypatch.setenv("GRAFT_ENVIRONMENTS", str(environments))
    made = environment_folder(folder)
    # A virtual environment is this and nothing more; making one with the module takes a second.
    library = made / "lib" / f"python{MINOR}" / "site-packages"
    for part in (made / "bin", library):
        part.mkdir(parents=True)
    base = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    (made / "bin" / "python").symlink_to(base)
    (made / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
    (library / "lonely_sim.py").write_text(package)
    (library / "numpy.pth").write_text(str(Path(np.__file__).parent.parent))
    invalidate_caches()
    return import_module(f"host.backends.{name}.adapter").LonelyAdapter


@pytest.fixture
def lonely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IsolatedAdapter]:
    adapter = place("lonely", PACKAGE, tmp_path, monkeypatch)
    yield adapter()
    worker_process.close_workers()


def trick(angle: float) -> Program:
    return Program(1).add("rz", 0, parameters=(angle,))


def worker_pid(backend: IsolatedAdapter) -> int:
    worker = backend.native_worker()
    worker.prepare()
    assert worker._process is not None
    return worker._process.pid


def gone(pid: int, seconds: float = 20) -> bool:
    """Whether a process ends in time; one that only waits to be buried has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            threads = os.listdir(f"/proc/{pid}/task")
        except FileNotFoundError:
            return True
        # Its parent learns of the end when the last of its threads has ended.
        if state in "ZX" and len(threads) < 2:
            return True
        threading.Event().wait(0.02)
    return False


def test_states_and_counts_are_those_of_the_circuit(lonely: IsolatedAdapter) -> None:
    with pytest.raises(ImportError):
        import_module("lonely_sim")
    for seed in range(4):
        program = random_program(4, ["h", "x", "rz", "cx", "t", "ccx", "rx"], 8, seed)
        state = lonely.execute(program).data["statevector"]
        expected = reference.state(program.operations, 4)
        assert abs(np.vdot(state, expected)) == pytest.approx(1, abs=1e-12)
    bell = Program(2).add("h", 0).add("cx", 0, 1)
    counts = lonely.execute(bell, shots=1000, seed=7).data["counts"]
    assert set(counts) == {"00", "11"} and sum(counts.values()) == 1000
    assert lonely.execute(bell, shots=1000, seed=7).data["counts"] == counts
    unitary = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)) * (1 + 0.5j))[0]
    state = lonely.execute(Program(2).matrix(unitary, 1, 0)).data["statevector"]
    assert state[0] == pytest.approx(unitary[0, 0])
    assert lonely.get_version() == "1.5"


def test_the_simulator_tests_are_the_same(lonely: IsolatedAdapter, tmp_path: Path) -> None:
    text = HEAD + "".join(
        CLASSES.format(
            title="TestLonely",
            name=category,
            category=category,
            expression="__import__('host.backends.lonely.adapter', fromlist=['x']).LonelyAdapter",
            gates=ALL,
        )
        for category in ("Unit", "Performance", "Compatibility")
    )
    found = run_suite(tmp_path, text)
    assert [one for one in found if one[2] == "failed"] == []
    assert sum(outcome == "passed" for _, _, outcome, _ in found) > 100


def test_one_process_for_all_adapters_of_a_backend(lonely: IsolatedAdapter) -> None:
    assert worker_pid(lonely) == worker_pid(type(lonely)())


def test_runs_side_by_side(lonely: IsolatedAdapter) -> None:
    def run(n: int) -> set[str]:
        program = Program(n).add("h", 0)
        for qubit in range(1, n):
            program.add("cx", 0, qubit)
        return set(lonely.execute(program, shots=200).data["counts"])

    sizes = [2, 3, 4, 5] * 4
    with ThreadPoolExecutor(8) as pool:
        for n, found in zip(sizes, pool.map(run, sizes), strict=True):
            assert found == {"0" * n, "1" * n}


@pytest.mark.parametrize(
    ("angle", "said"),
    [
        (50.0, "killed by signal 11"),
        (54.0, "SystemExit: 3"),
        (55.0, "ValueError: this angle is not liked"),
    ],
)
def test_what_goes_wrong_is_said_and_the_next_run_works(
    lonely: IsolatedAdapter, angle: float, said: str
) -> None:
    with pytest.raises(BackendError, match=said):
        lonely.execute(trick(angle))
    assert lonely.execute(trick(0.3), shots=5).data["counts"] == {"0": 5}


def test_a_hang_is_ended_with_what_it_started(lonely: IsolatedAdapter) -> None:
    pid = worker_pid(lonely)
    with pytest.raises(BackendError) as caught:
        lonely.execute(trick(51.0), timeout_seconds=0.5)
    assert caught.value.code is BackendErrorCode.TIMEOUT
    assert "0.5 s" in str(caught.value)
    assert gone(pid)
    assert lonely.execute(trick(0.3), shots=5).data["counts"] == {"0": 5}


def test_too_much_memory_is_refused(
    lonely: IsolatedAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFT_WORKER_GIB", "4")
    with pytest.raises(BackendError) as caught:
        lonely.execute(trick(52.0))
    assert caught.value.code is BackendErrorCode.MEMORY_EXCEEDED
    assert lonely.execute(trick(0.3), shots=5).data["counts"] == {"0": 5}


def test_chatter_stays_away_from_the_protocol(
    lonely: IsolatedAdapter, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BackendError, match="EOFError"):
        lonely.execute(trick(53.0))  # five megabytes of it, and a question to a person
    assert lonely.execute(trick(0.3), shots=5).data["counts"] == {"0": 5}
    assert capfd.readouterr() == ("", "")


def test_garbage_in_the_pipe_ends_the_worker(lonely: IsolatedAdapter) -> None:
    with pytest.raises(BackendError, match="cannot be used"):
        lonely.execute(trick(56.0))
    assert lonely.execute(trick(0.3), shots=5).data["counts"] == {"0": 5}


def test_a_worker_that_was_killed_between_two_runs_is_replaced(lonely: IsolatedAdapter) -> None:
    pid = worker_pid(lonely)
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    assert lonely.execute(trick(0.3), shots=5).data["counts"] == {"0": 5}


def test_the_worker_ends_with_its_program(lonely: IsolatedAdapter, tmp_path: Path) -> None:
    """However the program ends: by itself, killed, or killed while the package is busy."""
    start = (
        f"import sys; sys.path.insert(0, {str(HOST)!r})\n"
        "from host.backends.lonely.adapter import LonelyAdapter\n"
        "from host.backends._bridge import Program\n"
        "backend = LonelyAdapter()\n"
        "worker = backend.native_worker(); worker.prepare()\n"
        "print(worker._process.pid, flush=True)\n"
    )
    busy = "backend.execute(Program(1).add('rz', 0, parameters=(51.0,)))\n"
    for end, code in (("", 0), ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n", -9)):
        done = subprocess.run(
            [sys.executable, "-c", start + end], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (code, "")
        assert gone(int(done.stdout))
    program = subprocess.Popen(
        [sys.executable, "-c", start + busy], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    pid = int(program.stdout.readline())
    program.kill()
    program.wait()
    program.stdout.close()
    assert gone(pid)


def test_a_fork_starts_a_worker_of_its_own(lonely: IsolatedAdapter) -> None:
    pid = worker_pid(lonely)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            own = worker_pid(lonely)
            status = (
                0 if own != pid and lonely.execute(trick(0.3), shots=5).data["shots"] == 5 else 2
            )
            worker_process.close_workers()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert worker_pid(lonely) == pid
    assert lonely.execute(trick(0.3), shots=5).data["counts"] == {"0": 5}


def test_until_the_environment_is_made_the_backend_says_how(
    lonely: IsolatedAdapter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRAFT_ENVIRONMENTS", str(tmp_path / "elsewhere"))
    assert lonely.is_available() is False
    reason = str(lonely.unavailable_reason())
    assert reason.endswith("run: python -m host.backends._bridge.isolate lonely")
    assert lonely.get_version() == "unavailable"
    with pytest.raises(BackendNotInstalledError):
        lonely.execute(Program(1).add("h", 0))


def test_another_lock_is_another_environment(lonely: IsolatedAdapter) -> None:
    assert lonely.is_available()
    lock = BACKENDS / "lonely" / "requirements.txt"
    lock.write_bytes(LOCK.replace("\n", "\r\n").encode())
    assert lonely.is_available(), "line ends are not part of it"
    lock.write_text(LOCK.replace("1.5", "1.6"))
    assert not lonely.is_available()


def test_a_package_that_cannot_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = place("lonely_broken", "import a_module_that_is_nowhere", tmp_path, monkeypatch)()
    with pytest.raises(BackendError, match="a_module_that_is_nowhere"):
        backend.execute(Program(1).add("h", 0))
    worker_process.close_workers()


def test_the_command_names_what_there_is(
    lonely: IsolatedAdapter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isolate.main(["lonely"]) == 0  # it is there: nothing is made
    assert str(environment_folder(BACKENDS / "lonely")) in capsys.readouterr().out
    assert isolate.main(["nothing"]) == 1
    said = capsys.readouterr().err
    assert "nothing is no isolated backend; isolated are: lonely" in said
    assert isolate.main(["lonely", "--remove"]) == 0
    assert not lonely.is_available()


def test_the_command_says_what_the_installer_said(
    lonely: IsolatedAdapter,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    isolate.remove("lonely")
    for name in ("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    assert isolate.main(["lonely"]) == 1
    assert "lonely-sim" in capsys.readouterr().err
    assert not lonely.is_available()
    assert [path.name for path in tmp_path.iterdir()] == [], "something half made was left"
    monkeypatch.setattr(isolate, "isolated_python", lambda _: "3.99")
    assert isolate.main(["lonely"]) == 1
    assert "measured with Python 3.99" in capsys.readouterr().err


def test_what_was_built_from_source_stands_in_the_lock() -> None:
    lock = "# Built from source: Old.Sim with setuptools<58, numpy<2\n# Built from source: other\n"
    assert built_from_source(lock) == {"old-sim": ["setuptools<58", "numpy<2"], "other": []}


class TestFrames:
    def test_values_come_back_as_they_were(self) -> None:
        body = {
            "none": None,
            "texts": ["ä", "'\"\n"],
            "numbers": [0.1, -0.0, 1e-300, 2**80, True],
            "arrays": [
                np.arange(6).reshape(2, 3)[:, ::-1],
                np.array([1 + 2j], np.complex64),
                np.zeros(0),
            ],
        }
        stream = io.BytesIO()
        frames.write(stream, body)
        stream.seek(0)
        found = frames.read(stream, 1000)
        assert {**found, "arrays": 0} == {**body, "arrays": 0}
        for array, expected in zip(found["arrays"], body["arrays"], strict=True):
            assert array.dtype == expected.dtype and np.array_equal(array, expected)

    def test_nothing_larger_than_expected_is_taken(self) -> None:
        stream = io.BytesIO()
        frames.write(stream, np.zeros(100))
        stream.seek(0)
        with pytest.raises(frames.BrokenFrame, match="not expected"):
            frames.read(stream, 799)

    @pytest.mark.parametrize(
        "header",
        [
            b'[[["|O",[1]]],0]',
            b'[[["<f8",[-1]]],0]',
            b'[[["<f8",[99999999,99999999,99999999]]],0]',
            b'[[["<f8"]],0]',
            b"[[],0",
            b'{"a":1}',
            b'[[["<f8",[0]]],{"__array__":7}]',
            b"[" * 100_000,
        ],
    )
    def test_what_is_no_message_is_refused(self, header: bytes) -> None:
        stream = io.BytesIO(b"gbw1" + len(header).to_bytes(4, "big") + header)
        with pytest.raises((frames.BrokenFrame, EOFError)):
            frames.read(stream, 1000)

    @pytest.mark.parametrize("start", [b"", b"gb", b"\x80\x04pickle..", b"gbw1\xff\xff\xff\xff"])
    def test_what_does_not_begin_as_one_is_refused(self, start: bytes) -> None:
        with pytest.raises((frames.BrokenFrame, EOFError)):
            frames.read(io.BytesIO(start), 1000)

    def test_objects_are_not_sent(self) -> None:
        with pytest.raises(TypeError):
            frames.write(io.BytesIO(), [object()])
        with pytest.raises(TypeError):
            frames.write(io.BytesIO(), np.array([None]))
