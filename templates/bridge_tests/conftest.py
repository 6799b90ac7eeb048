"""Mounts the bridge in a host package, as it stands in a target repository."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent
WITHOUT = shutil.ignore_patterns("__pycache__", ".*")


def mount(folder: Path) -> None:
    """Make the package `host`: the target's contract, the bridge, and the simulator tests inside it.

    Only the contract's two modules are taken: what the bridge needs of a host is exactly this.
    """
    backends = folder / "host" / "backends"
    shutil.copytree(TEMPLATES / "bridge", backends / "_bridge", ignore=WITHOUT)
    shutil.copytree(TEMPLATES / "conformance", backends / "_bridge" / "conformance", ignore=WITHOUT)
    for package in (folder / "host", backends):
        (package / "__init__.py").write_text('"""A host of the bridge."""\n')
    for module in ("base.py", "exceptions.py"):
        shutil.copy(
            TEMPLATES / "target" / "src" / "proxima" / "backends" / module, backends / module
        )


HOST = Path(tempfile.mkdtemp(prefix="bridge-host-"))
atexit.register(shutil.rmtree, HOST, ignore_errors=True)
mount(HOST)
sys.path.insert(0, str(HOST))
