"""Makes the environment of an isolated backend, when a person asks for it and never by itself.

    python -m <host>.backends._bridge.isolate NAME [--python PATH] [--remove]

It is filled with exactly what the backend's `requirements.txt` names, each file checked by its hash, and gets its name
when it is complete. It lies in `graft-backends` in the user's cache folder, or in the folder that the environment
variable GRAFT_ENVIRONMENTS names. Another `requirements.txt` is another environment: after an update run it again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .environments import (
    built_from_source,
    environment_folder,
    environments_folder,
    interpreter_in,
    isolated_python,
    lock_text,
    made_environment,
    pinned_versions,
)
from .isolated import worker_memory
from .worker_process import WorkerProcess

BACKENDS = Path(__file__).resolve().parent.parent


class CannotIsolateError(Exception):
    """The environment cannot be made; the message says why and what to do."""


def isolate(name: str, python: str | None = None, backends: Path = BACKENDS) -> Path:
    """Make the environment of a backend; one that is there is left as it is.

    Args:
        name: The backend.
        python: Interpreter to make it with. Default: one of the version that the backend was measured with.
        backends: Folder of the backends.

    Returns:
        The environment.

    Raises:
        CannotIsolateError: There is no such backend, no interpreter, or a file cannot be installed.
    """
    folder = backends / name
    version = _measured_python(folder, backends)
    there = made_environment(folder)
    if there is not None:
        return there
    interpreter = python or _find_python(version)
    final = environment_folder(folder)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=final.parent))
    except OSError as error:
        raise CannotIsolateError(
            f"{final.parent} cannot be written to ({error}); name another folder by GRAFT_ENVIRONMENTS"
        ) from error
    try:
        made = temporary / "environment"
        _fill(made, interpreter, folder / "requirements.txt", lock_text(folder))
        _try(made, folder)
        if made_environment(folder) is None:
            shutil.rmtree(
                final, ignore_errors=True
            )  # what was left of one that somebody deleted in part
            os.replace(made, final)
    except OSError as error:
        # Somebody else may have been quicker: theirs is as good.
        if made_environment(folder) is None:
            raise CannotIsolateError(f"{final} cannot be made: {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return final


def remove(name: str, backends: Path = BACKENDS) -> list[Path]:
    """Delete all environments of a backend, those of earlier versions too; what was deleted."""
    _measured_python(backends / name, backends)
    length = len(f"{name}-") + 16
    found = [
        path
        for path in environments_folder().glob(f"{name}-*")
        if path.is_dir() and len(path.name) == length
    ]
    for path in found:
        shutil.rmtree(path)
    return found


def _measured_python(folder: Path, backends: Path) -> str:
    """Version of the Python that the backend was measured with."""
    try:
        version = isolated_python(lock_text(folder))
    except (OSError, UnicodeDecodeError):
        version = None
    if version is not None:
        return version
    others = []
    for lock in sorted(backends.glob("[!_.]*/requirements.txt")):
        if isolated_python(lock_text(lock.parent)) is not None:
            others.append(lock.parent.name)
    told = f"isolated are: {', '.join(others)}" if others else "no backend here is isolated"
    raise CannotIsolateError(f"{folder.name} is no isolated backend; {told}")


def _find_python(version: str) -> str:
    """An interpreter of that version: this one, one on the path, or one that uv knows."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        return getattr(sys, "_base_executable", None) or sys.executable
    found = shutil.which(f"python{version}")
    if found is None and (uv := shutil.which("uv")):
        answer = subprocess.run(
            [uv, "python", "find", "--no-python-downloads", version],
            capture_output=True,
            text=True,
            check=False,
        )
        found = answer.stdout.strip() if answer.returncode == 0 else None
    if found:
        return found
    raise CannotIsolateError(
        f"the backend was measured with Python {version}, and there is none on the path; install it, or give another "
        "one by --python PATH"
    )


def _fill(environment: Path, python: str, lock: Path, text: str) -> None:
    """Make a virtual environment that holds exactly the files of the lock."""
    inside = str(interpreter_in(environment))
    built = built_from_source(text)
    options = ["--quiet", "--require-hashes", "--no-deps", "-r", str(lock)]
    # Only what has no wheel is built: a build runs the package's own script.
    for name in pinned_versions(text).keys() - built.keys():
        options += ["--only-binary", name]
    older = "".join(f"{line}\n" for lines in built.values() for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "build.txt")
        constraints.write_text(older, "utf-8")
        uv = shutil.which("uv")
        if uv is not None and not _has_pip(python):
            _run([uv, "venv", "--quiet", "--python", python, str(environment)])
            more = ["--build-constraints", str(constraints)] if older else []
            _run([uv, "pip", "install", "--python", inside, *options, *more])
            return
        # pip knows the index, the certificates and the proxy that a person has set up for pip.
        _run([python, "-I", "-m", "venv", str(environment)])
        # The second name is that of pip before 25.3.
        settings = dict.fromkeys(("PIP_BUILD_CONSTRAINT", "PIP_CONSTRAINT"), str(constraints))
        pip = [inside, "-I", "-m", "pip", "install", "--disable-pip-version-check"]
        _run([*pip, *options], settings if older else {})


def _has_pip(python: str) -> bool:
    """Whether an interpreter can make environments with pip: some systems ship the two modules apart."""
    words = [python, "-I", "-c", "import ensurepip, venv"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _try(environment: Path, folder: Path) -> None:
    """Import the package once, as a run would."""
    worker = WorkerProcess(environment, folder.parent, folder.name, worker_memory())
    try:
        worker.prepare()
    except (ImportError, RuntimeError, TimeoutError, MemoryError) as error:
        raise CannotIsolateError(f"it was installed, but cannot be used: {error}") from error
    finally:
        worker.close()


def _run(command: list[str], more: Mapping[str, str] | None = None) -> None:
    # What this program was started with must not lead the installer elsewhere.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    kept.pop("VIRTUAL_ENV", None)
    kept |= more or {}
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, errors="replace", env=kept, check=False
        )
    except OSError as error:
        raise CannotIsolateError(f"{command[0]} cannot be started: {error}") from error
    if answer.returncode:
        said = " ".join((answer.stderr or answer.stdout).split())[-1000:]
        raise CannotIsolateError(
            f"{' '.join(command[:4])} … failed: {said or 'no reason was given'}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {__spec__.name if __spec__ else __name__}",
        description="Make the environment of an isolated backend.",
    )
    parser.add_argument("name", help="name of the backend")
    parser.add_argument(
        "--python",
        metavar="PATH",
        help="interpreter to make it with (default: the version that was measured with)",
    )
    parser.add_argument(
        "--remove", action="store_true", help="delete the backend's environments instead"
    )
    given = parser.parse_args(arguments)
    try:
        if given.remove:
            removed = remove(given.name)
            print("\n".join(f"deleted {path}" for path in removed) or "there was none")
            return 0
        print(f"{given.name} runs in {isolate(given.name, given.python)}")
        return 0
    except (CannotIsolateError, OSError) as error:
        print(f"cannot do that: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
