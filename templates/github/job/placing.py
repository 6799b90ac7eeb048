"""A package that no index has: its files are put into the environment as they are. Nothing of it is built or run.

Each file is read from git and has to be the one that was measured: the description has its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from environment import RefusalError, normalize

Json = dict[str, Any]
MAX_FILES = 3000
MAX_FILE = 2 * 2**20
FETCH_SECONDS = 600

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]{0,99}")
_PATH = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9_.+@ ()~-]+(?:/[A-Za-z0-9_.+@ ()~-]+)*")
_URL = re.compile(r"https://[A-Za-z0-9_.-]+(?::\d{1,5})?(?:/[A-Za-z0-9_.~+-]+)+")
_SETTINGS = (
    *("protocol.allow=never", "protocol.https.allow=always", "http.followRedirects=false"),
    *("core.hooksPath=/dev/null", "core.symlinks=false", "credential.helper=", "gc.auto=0"),
    *("submodule.recurse=false", "fetch.recurseSubmodules=false", "transfer.fsckObjects=true"),
)


def check(placed: Json) -> None:
    """Refuse a description that says anything but names, plain paths and hashes."""
    origin = placed["origin"]
    right = (
        _NAME.fullmatch(placed["name"])
        and _VERSION.fullmatch(placed["version"])
        and 0 < len(placed["files"]) <= MAX_FILES
        and all(_PATH.fullmatch(one["path"]) for one in placed["files"])
        and all(re.fullmatch(r"[0-9a-f]{64}", one["sha256"]) for one in placed["files"])
        and (placed["base"] == "" or _PATH.fullmatch(placed["base"]))
        and ("folder" not in origin or _PATH.fullmatch(origin["folder"]))
        and (origin["kind"] != "git" or _URL.fullmatch(origin["url"]))
        and (origin["kind"] != "git" or re.fullmatch(r"[0-9a-f]{40}", origin["commit"]))
    )
    if not right:
        raise RefusalError("download", "source.json is not of the form that it should have.")


def requirements(placed: Json) -> list[str]:
    """What the package declares to need, but for itself."""
    own = re.compile(r"[\s\[(;<>=!~]")
    return [
        line
        for line in placed["requires"]
        if normalize(own.split(line, maxsplit=1)[0]) != normalize(placed["name"])
    ]


def place(placed: Json, environment: Path, taken: set[str]) -> None:
    """Write the files into the environment, with the records that an installer would leave. Raises RefusalError."""
    check(placed)
    name = placed["name"]
    if normalize(name) in taken:
        message = (
            f"The index has a package {name}, too, and something that is installed needs that one."
        )
        raise RefusalError("conflict", message)
    packages = next((environment / "lib").glob("python3.*")) / "site-packages"
    information = f"{re.sub(r'[-_.]+', '_', name)}-{placed['version']}.dist-info"
    records = []

    def put(path: str, content: bytes) -> None:
        target = packages.joinpath(*PurePosixPath(path).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("xb") as file:
                file.write(content)
        except FileExistsError as error:
            message = f"{name} and another installed package both have the file {path}."
            raise RefusalError("conflict", message) from error
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        records.append(f"{path},sha256={digest},{len(content)}\n")

    for path, content in contents(placed):
        put(path, content)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {placed['version']}"]
    put(f"{information}/METADATA", "".join(f"{line}\n" for line in lines).encode())
    put(f"{information}/INSTALLER", b"graft\n")
    record = packages / information / "RECORD"
    record.write_text("".join([*records, f"{information}/RECORD,,\n"]), "utf-8")


def contents(placed: Json) -> Iterator[tuple[str, bytes]]:
    """The files by the path that they are imported by, each checked."""
    origin = placed["origin"]
    folder = "".join(f"{part}/" for part in (origin.get("folder", ""), placed["base"]) if part)
    if origin["kind"] == "target":
        yield from read(Path(".git"), "HEAD", folder, placed)
    elif origin["kind"] == "git":
        with tempfile.TemporaryDirectory() as store:
            fetch(Path(store), origin["url"], origin["commit"])
            yield from read(Path(store), origin["commit"], folder, placed)
    else:
        message = (
            f"{placed['name']} was read from a folder of the machine that made the backend: "
            "nobody else can fetch it, so the workflow cannot install it."
        )
        raise RefusalError("download", message)


def fetch(store: Path, url: str, commit: str) -> None:
    """Fetch one commit by https, without anybody's credentials, settings, hooks or submodules."""
    _git(store, "init", "--bare", "--quiet", "--template=")
    rules = ["--depth=1", "--no-tags", "--no-recurse-submodules", "--quiet"]
    _git(store, "fetch", *rules, "--end-of-options", url, commit)


def read(store: Path, revision: str, folder: str, placed: Json) -> Iterator[tuple[str, bytes]]:
    """Read the files of a commit; each has to be the one that was measured."""
    paths = [one["path"] for one in placed["files"]]
    question = "".join(f"{revision}:{folder}{path}\n" for path in paths)
    answer = _git(store, "cat-file", "--batch", question=question.encode())
    at = 0
    for one in placed["files"]:
        end = answer.index(b"\n", at)
        header = answer[at:end].split(b" ")
        if len(header) != 3 or header[1] != b"blob":
            message = (
                f"{one['path']} of {placed['name']}, which was measured, is not there any more."
            )
            raise RefusalError("download", message)
        content = answer[end + 1 : end + 1 + int(header[2])]
        at = end + 2 + len(content)
        if len(content) > MAX_FILE or hashlib.sha256(content).hexdigest() != one["sha256"]:
            message = (
                f"{one['path']} of {placed['name']} is no longer the file that was measured: "
                "ask for the integration again."
            )
            raise RefusalError("download", message)
        yield one["path"], content


def _git(store: Path, *arguments: str, question: bytes = b"") -> bytes:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    keep = {
        key: value
        for key, value in os.environ.items()
        if key
        in ("PATH", "https_proxy", "HTTPS_PROXY", "no_proxy", "GIT_SSL_CAINFO", "SSL_CERT_FILE")
    }
    alone = {
        "GIT_DIR": str(store),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ALLOW_PROTOCOL": "https",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
    words = ["git", *settings, "-c", "safe.directory=*", *arguments]
    try:
        done = subprocess.run(
            words,
            check=False,
            input=question,
            capture_output=True,
            env=keep | alone,
            timeout=FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusalError("download", "The simulator's repository took too long.") from error
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        plain = re.sub(r"[^\x20-\x7e]", " ", "".join(last))[:200]
        raise RefusalError("download", f"The simulator's repository could not be read: {plain}")
    return done.stdout
