"""Run one command as nobody: no network, no view of home folders, an end to its time, and nobody left of it.

Namespaces need the superuser, which the runners of GitHub grant by ``sudo``; where this program
already is the superuser it does without. The outer half (`run`) starts the inner half (`main`) in
new namespaces; the inner half is process 1 in there, so that its end is the end of all others.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

NOBODY = 65534
HIDDEN = ("/home", "/root")
NO_NEW_PRIVILEGES = 38
# Exit codes of process 1. A command that chooses one of them only says that it failed.
TIME_OVER = 124
NOT_STARTED = 125
FILE_BYTES = 64 * 2**20
PROCESSES = 256


@dataclass(frozen=True)
class End:
    """How a command ended: its exit code, 128 + n after signal n, and the last of what it wrote."""

    code: int
    seconds: float
    said: str

    def problem(self) -> str | None:
        """Why it did not end by itself, or None."""
        if self.code == TIME_OVER:
            return f"it did not end within {self.seconds:.0f} s"
        if self.code == NOT_STARTED:
            return "it could not be started without network and rights"
        if self.code >= 128:
            return f"it was killed by signal {self.code - 128}"
        return None


def run(
    command: list[str],
    *,
    interpreter_prefix: str,
    environment: dict[str, str],
    cwd: Path,
    scratch: Path,
    seconds: float,
    second_prefix: str | None = None,
    network: bool = False,
) -> End:
    """Run the command; `scratch` is a folder of its own, the only one that it can write to.

    `second_prefix` is that of another interpreter, which the command starts itself; `network` is for builds only.
    """
    prefixes = [interpreter_prefix, *([second_prefix] if second_prefix else [])]
    # The runs of one job share what they compile; they are of one package and of one degree of trust.
    bytecode = scratch.parent / "bytecode"
    for folder in (scratch / "home", scratch / "tmp", bytecode):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    order = {
        "command": command,
        "prefixes": prefixes,
        "hidden": [*HIDDEN, os.environ.get("GITHUB_WORKSPACE", "")],
        "mountpoint": str(scratch.parent / "interpreter"),
        "cwd": str(cwd),
        "seconds": seconds,
        "environment": {
            "PATH": "/usr/bin:/bin",
            "HOME": str(scratch / "home"),
            "TMPDIR": str(scratch / "tmp"),
            "LANG": "C.UTF-8",
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
            **dict.fromkeys(("NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
            "JAX_PLATFORMS": "cpu",
            "CUDA_VISIBLE_DEVICES": "",
            "MPLBACKEND": "Agg",
            "PYTHONPYCACHEPREFIX": str(bytecode),
            "PYTHONNOUSERSITE": "1",
            **_libraries(*prefixes),
            **environment,
        },
    }
    for index in range(len(prefixes)):
        (scratch.parent / f"interpreter{index}").mkdir(exist_ok=True)
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    spaces = [
        "unshare",
        "--mount",
        *([] if network else ["--net"]),
        "--ipc",
        "--uts",
        "--pid",
        "--fork",
        "--kill-child",
    ]
    words = [
        *sudo,
        # Not kept by sudo.
        *("env", *(f"{name}={value}" for name, value in _libraries(sys.base_prefix).items())),
        *spaces,
        "--mount-proc",
        sys.executable,
        "-I",
        "-S",
        __file__,
        json.dumps(order),
    ]
    began = time.monotonic()
    with (scratch / "said.txt").open("w+b") as output:
        try:
            code = subprocess.run(
                words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
            ).returncode
        except OSError as error:
            output.write(f"{words[0]} is missing: {error}\n".encode())
            code = NOT_STARTED
        said = _tail(output)
    # `unshare` that was killed itself, for one by the system that ran out of memory.
    return End(code if code >= 0 else 128 - code, round(time.monotonic() - began, 2), said)


def show(text: str) -> None:
    """Print what foreign code wrote so that the runner takes no line of it for a command."""
    for line in text.splitlines()[-60:]:
        plain = "".join(c if c.isprintable() else " " for c in line)[:500]
        print(f"| {plain.replace('##[', '## [')}")


def _libraries(*prefixes: str) -> dict[str, str]:
    """Where a Python that is built around a shared library finds it, should it lie where it was not built for."""
    folders = [Path(prefix, "lib") for prefix in prefixes]
    found = [str(folder) for folder in folders if any(folder.glob("libpython3*.so*"))]
    return {"LD_LIBRARY_PATH": ":".join(found)} if found else {}


def _tail(output: BinaryIO) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - 32_768))
    return output.read().decode("utf-8", "replace")


def main() -> None:
    """Process 1 of the new namespaces: hide folders, start the command as nobody, watch the clock."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    try:
        _hide(order)
        child = os.fork()
        if child == 0:
            _become(order)
    except Exception as error:  # noqa: BLE001 - said in the only way that is left
        print(f"cannot contain: {error}", file=sys.stderr)
        os._exit(NOT_STARTED)
    deadline = time.monotonic() + order["seconds"]
    while time.monotonic() < deadline:
        done, status = os.waitpid(-1, os.WNOHANG)
        if done == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
        if done == 0:
            time.sleep(0.05)
    os._exit(TIME_OVER)


def _hide(order: dict[str, Any]) -> None:
    """Put empty folders over those of people; interpreters stay where they are."""
    hidden = [
        path
        for path in order["hidden"]
        if path.startswith("/") and path.rstrip("/") and os.path.isdir(path)
    ]
    covered = {
        prefix: f"{order['mountpoint']}{index}"
        for index, prefix in enumerate(order["prefixes"])
        if any(_inside(prefix, path) for path in hidden)
    }
    for prefix, mountpoint in covered.items():
        _mount("--bind", prefix, mountpoint)
    for path in hidden:
        if _inside(order["cwd"], path):
            raise RuntimeError(f"{path} holds the folder of the command")
        if os.path.isdir(path):  # may be gone: another one that was covered held it
            _mount("-t", "tmpfs", "-o", "mode=0755,size=1m", "tmpfs", path)
    for prefix, mountpoint in covered.items():
        os.makedirs(prefix, exist_ok=True)
        _mount("--bind", mountpoint, prefix)


def _inside(path: str, folder: str) -> bool:
    return os.path.commonpath([os.path.realpath(path), os.path.realpath(folder)]) == (
        os.path.realpath(folder)
    )


def _mount(*arguments: str) -> None:
    subprocess.run([shutil.which("mount") or "/usr/bin/mount", *arguments], check=True)


def _become(order: dict[str, Any]) -> None:
    """Become nobody for good, under limits, and the command."""
    os.chdir(order["cwd"])
    os.setsid()
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NPROC, PROCESSES),
        (resource.RLIMIT_AS, _memory()),
    ):
        resource.setrlimit(kind, (value, value))
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    ctypes.CDLL(None, use_errno=True).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # Python ignores it and programs inherit that: writing too large a file must kill.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.umask(0o022)
    command = order["command"]
    os.execve(command[0], command, order["environment"])


def _memory() -> int:
    """Address space of one process: 8 GiB, or three quarters of a smaller machine."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(8 * 2**30, machine * 3 // 4)


if __name__ == "__main__":
    main()
