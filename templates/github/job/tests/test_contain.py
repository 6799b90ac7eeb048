from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import contain
import pytest


def is_possible() -> bool:
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    words = [*sudo, "unshare", "--mount", "--net", "--pid", "--fork", "true"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not is_possible(), reason="no superuser and no namespaces here"
)


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def run(place: Path, program: str, seconds: float = 20) -> contain.End:
    scratch = Path(tempfile.mkdtemp(dir=place))
    scratch.chmod(0o755)
    (place / "program.py").write_text(program, "utf-8")
    interpreter = os.path.realpath(sys.executable)
    return contain.run(
        [interpreter, "-I", str(place / "program.py")],
        interpreter_prefix=os.path.realpath(sys.base_prefix),
        environment={"EXTRA": "yes"},
        cwd=place,
        scratch=scratch,
        seconds=seconds,
    )


def test_it_is_nobody_without_rights_and_knows_nothing_of_the_job(place, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    end = run(
        place,
        "import os; print(os.getuid(), os.getgroups(), 'SECRET_TOKEN' in os.environ, os.environ['EXTRA'])\n"
        "print([line for line in open('/proc/self/status') if line.startswith(('CapEff', 'NoNewPrivs'))])",
    )
    assert end.code == 0, end.said
    assert end.said.startswith("65534 [] False yes\n")
    assert "CapEff:\\t0000000000000000" in end.said
    assert "NoNewPrivs:\\t1" in end.said


def test_there_is_no_network(place):
    end = run(
        place,
        "import socket\n"
        "print([name for _, name in socket.if_nameindex()])\n"
        "try: socket.create_connection(('127.0.0.1', 9), 2)\n"
        "except OSError as error: print(error.errno)",
    )
    assert end.said.startswith("['lo']\n")
    assert not end.said.strip().endswith("]")


def test_homes_and_the_workspace_are_empty(place, monkeypatch):
    with tempfile.TemporaryDirectory() as workspace:
        Path(workspace).chmod(0o755)
        Path(workspace, "secret.txt").write_text("x", "utf-8")
        monkeypatch.setenv("GITHUB_WORKSPACE", workspace)
        end = run(
            place,
            f"import os\nprint([os.listdir(p) for p in ({workspace!r}, '/home') if os.path.isdir(p)])",
        )
    assert end.said.strip() in ("[[]]", "[[], []]"), end.said


def test_it_writes_only_to_its_scratch(place):
    (place / "program.py").touch()
    end = run(
        place,
        "import os\n"
        "for path in ('program.py', 'new.txt', os.environ['TMPDIR'] + '/new.txt', '/etc/new'):\n"
        "    try: open(path, 'w').close(); print('wrote', os.path.basename(path))\n"
        "    except OSError as error: print(type(error).__name__)",
    )
    assert end.said.split("\n")[:4] == [
        "PermissionError",
        "PermissionError",
        "wrote new.txt",
        "PermissionError",
    ]


def test_ends(place):
    assert run(place, "raise SystemExit(7)").code == 7
    killed = run(place, "import os; os.kill(os.getpid(), 11)")
    assert killed.problem() == "it was killed by signal 11"
    late = run(place, "import time; print('hi', flush=True); time.sleep(60)", seconds=1)
    assert late.problem() == f"it did not end within {late.seconds:.0f} s"
    assert late.said == "hi\n"


def test_nobody_is_left_behind(place):
    """A process that left its session is gone with the namespace; it would hold the pipe open for a minute."""
    end = run(
        place,
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\nprint('done')",
    )
    assert end.said == "done\n"
    assert end.seconds < 20
    own = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(place / "program.py") not in own


def test_a_file_that_grows_without_end(place):
    end = run(
        place,
        "import os\n"
        "with open(os.environ['TMPDIR'] + '/a', 'wb') as file:\n"
        "    while True: file.write(bytes(2**20))",
    )
    assert end.code == 1
    assert "File too large" in end.said


def test_the_log_gives_no_commands_to_the_runner(capsys):
    contain.show("::set-env name=A::b\n  ::error::x\n##[error]y\nplain\x1b[31m\r::warning::z")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 4
    for line in lines:
        assert line.startswith("| ")
        assert "##[" not in line
        assert line.isprintable()
