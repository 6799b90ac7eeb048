"""The probe: searches and measures a driver of an installed package. A constant program; its input is data.

    python -I main.py REQUEST.json RESULT.json [--progress FILE]

REQUEST is a search request (`src/values/profile.ts`), RESULT becomes a measurement (`src/values/measurement.ts`).
Progress is appended to FILE as JSON lines: stage, tried, found. Beside RESULT comes `imported.json`, the files of the
modules that were imported. The exit code is 0 whenever a result was written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_HERE = str(Path(__file__).resolve().parent)
for _name in ("OMP", "OPENBLAS", "MKL", "RAYON", "NUMBA"):
    os.environ.setdefault(f"{_name}_NUM_THREADS", "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
# The only one of its thread pools that survives a fork.
os.environ.setdefault("NUMBA_THREADING_LAYER", "workqueue")
# Isolated mode leaves the program's own folder out of the path.
sys.path.insert(0, _HERE)

from catalog import Catalog, build  # noqa: E402
from finish import Finished, finish  # noqa: E402
from given import by_hand, with_wishes  # noqa: E402
from guard import (  # noqa: E402
    ChildResult,
    adopt_orphans,
    end_descendants,
    in_child,
    limit_resources,
    processor_limit,
    stand_in,
)
from imports import (  # noqa: E402
    Imported,
    import_package,
    import_seconds,
    import_submodules,
    look_behind,
)
from search import Found, Search  # noqa: E402
from unforked import note_threads  # noqa: E402

# From here on the package's modules are imported; one of them may be called like one of ours.
sys.path.remove(_HERE)

Json = dict[str, Any]
_SPARE_SECONDS = 300.0
#: A process that waits uses no processor time; on the clock it may take so many times as long.
_WAITING = 5.0
_STAGES = ("import", "object", "x", "read", "gates", "measured")


def main(argv: list[str]) -> int:
    """Read the request, search and measure in a child, write the measurement."""
    parser = argparse.ArgumentParser(description="Search and measure a driver.")
    parser.add_argument("request", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--progress", type=Path)
    options = parser.parse_args(argv)
    request: Json = json.loads(options.request.read_text("utf-8"))
    started = time.monotonic()
    last: Json = {"stage": "import"}
    imported = options.result.with_name("imported.json")

    def on_message(message: Any) -> None:
        if not isinstance(message, dict):
            return
        if "modules" in message:
            imported.write_text(json.dumps(message["modules"]), "utf-8")
            return
        last.update(message)
        if options.progress and "progress" in message:
            with options.progress.open("a", encoding="utf-8") as file:
                file.write(json.dumps(message["progress"]) + "\n")

    budget = request["budget"]
    importing = _WAITING * import_seconds(request)
    whole = importing + budget["search_seconds"] + 3 * budget["measure_seconds"] + _SPARE_SECONDS
    adopt_orphans()
    # A folder of its own: what the package writes or deletes where it stands is nobody else's.
    with tempfile.TemporaryDirectory(prefix="probe-", ignore_cleanup_errors=True) as place:
        outcome = in_child(
            lambda send: _and_modules(_work(request, place, send), send),
            lambda: whole if last.get("imported") else importing,
            on_message,
        )
        # What has left its group must not be there any more when the result is written.
        end_descendants()
    value = outcome.value
    if isinstance(value, dict) and "schema" in value and isinstance(value.get("tried"), dict):
        measurement = value
    else:
        measurement = _broken(request, last, outcome)
    measurement["tried"]["seconds"] = round(time.monotonic() - started, 2)
    temporary = options.result.with_suffix(".part")
    temporary.write_text(json.dumps(measurement), "utf-8")
    temporary.replace(options.result)
    return 0


def _work(request: Json, place: str, send: Callable[[Json], None]) -> Json:
    """Everything that touches the package; runs in a child that stands in ``place``, reports on the way."""
    limit_resources()
    stand_in(place)

    def progress(stage: str, tried: int = 0, found: int = 0, **more: Any) -> None:
        send({"progress": {"stage": stage, "tried": tried, "found": found, **more}})

    progress("import")
    with processor_limit(import_seconds(request)):
        imported = import_package(request)
    send({"imported": True})
    if not imported.usable:
        return _measurement(request, imported, Found(), None)
    catalog = build(request)
    note_threads()

    def on_object(note: Json) -> None:
        send(
            {
                "progress": note,
                "stage": note["stage"],
                "runs": note["tried"],
                "objects": note["objects"],
            }
        )

    if request.get("driver"):
        return _measured_by_hand(catalog, imported, progress)
    search = Search(catalog, imported.order, on_object)
    found = search.by_names()
    if not found.best and import_submodules(request, imported.order):
        # What the package does not import by itself may hold the circuit.
        catalog = build(request)
        note_threads()
        search = Search(catalog, imported.order, on_object, search.searching)
        found = search.by_names()
    if not found.best:
        found = search.by_effects()
    if not found.best:
        look_behind(request, imported)
    done = None
    given = with_wishes(catalog, found.best)
    if found.best:
        best = found.best
        progress("measured", found.runs, len(best[0].names))
        done = finish(
            catalog,
            best,
            lambda note: progress("measured", found.runs, len(best[0].names), note=note),
        )
    return _measurement(request, imported, found, done, given.said)


def _and_modules(measurement: Json, send: Callable[[Json], None]) -> Json:
    """The measurement; on the way the files of all modules, which whoever runs us compiles for the next time."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    own = [str(path) for path in Path(_HERE).glob("*.py")]
    send({"modules": sorted({*own, *(file for file in files if isinstance(file, str))})})
    return measurement


def _measured_by_hand(catalog: Catalog, imported: Imported, progress: Callable[..., None]) -> Json:
    progress("gates", note="measuring the driver by hand")
    given = by_hand(catalog)
    found = Found(reports=given.reports, objects=1)
    found.best = [report for report in given.reports if report.driver is not None]
    done = None
    if found.best:
        gates = len(found.best[0].names)
        done = finish(catalog, found.best, lambda note: progress("measured", 0, gates, note=note))
    return _measurement(catalog.request, imported, found, done, given.said)


def _measurement(
    request: Json,
    imported: Imported,
    found: Found,
    done: Finished | None,
    said: list[str] | None = None,
) -> Json:
    stage = "import" if not imported.usable else "measured" if done and done.ok else found.stage
    if imported.blocked and stage in ("import", "object", "x"):
        stage = "import"
    elif imported.usable and stage == "import":
        stage = "import" if imported.errors and not imported.order else "object"
    measurement: Json = {
        "schema": 1,
        "probe": _version(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "distribution": request["distribution"],
        "version": request["version"],
        "stage": stage,
        "gates": done.gates if done else [],
        "layouts": done.layouts[:50] if done else [],
        "tried": {
            "objects": found.objects,
            "runs": found.runs,
            "evaluations": found.evaluations,
            "seconds": 0.0,
            "ran_out": found.ran_out,
        },
        "missing_modules": imported.missing[:50],
        "log": _clip(_log(found, done), 40),
        "seen": _clip(_seen(imported, found), 40),
        "limits": _clip(done.limits if done else [], 20),
    }
    if said:
        measurement["contradictions"] = _clip(said, 60)
    if done and done.driver:
        measurement["driver"] = done.driver
    if done and done.conventions:
        measurement["conventions"] = done.conventions
    return measurement


def _version() -> str:
    """Version of this program: a hash of its files."""
    folder = Path(_HERE)
    digest = hashlib.sha256()
    for path in sorted((*folder.glob("*.py"), *folder.glob("*.json"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _log(found: Found, done: Finished | None) -> list[str]:
    lines: list[str] = []
    if found.crashes:
        lines.append(f"{found.crashes} objects crashed by signal and were searched again with care")
    if found.hung:
        lines.append(
            f"{found.hung} trials did not end by themselves and were ended with their process"
        )
    for report in found.best[:3]:
        lines.append(
            f"{report.origin}: {len(report.names)} gates by {report.form}, read as {report.kind}"
        )
        lines += report.readings[:2]
    return lines + (done.log if done else [])


def _seen(imported: Imported, found: Found) -> list[str]:
    """What a person needs for the stage's question: objects, expressions for X, types and shapes, first exceptions."""
    lines = list(imported.errors[:4])
    for report in sorted(found.reports, key=lambda r: (not r.readings, not r.hits, not r.made))[:6]:
        lines.append(f"object {report.origin}: {'made' if report.made else 'not made'}")
        if report.hits:
            lines.append("X that did not raise: " + "; ".join(report.hits[:5]))
        lines += [f"saw {one}" for one in report.seen[:4]]
        lines += [f"raised {one}" for one in report.errors[:3]]
        lines += [
            f"{gate}: {why}"
            for gate, why in list(report.odd.items())[:6]
            if gate not in report.names
        ]
    return lines


def _clip(lines: list[str], count: int) -> list[str]:
    return ["".join(c if c.isprintable() else " " for c in line)[:1000] for line in lines[:count]]


def _broken(request: Json, last: Json, outcome: ChildResult) -> Json:
    """The measurement when the child did not end well: the last stage that it reported, and how it ended."""
    runs, objects = (
        one if isinstance(one := last.get(key), int) else 0 for key in ("runs", "objects")
    )
    found = Found(runs=runs, objects=objects, ran_out=outcome.late)
    why = f"the probe's process ended early: {outcome.error}"
    if not last.get("imported") and (outcome.late or outcome.signal == signal.SIGXCPU):
        seconds = import_seconds(request)
        found.ran_out = True
        why = (
            f"importing did not end within {seconds:.0f} s of processor time "
            f"({_WAITING * seconds:.0f} s on the clock) and was stopped"
        )
    imported = Imported(usable=False, errors=[why])
    measurement = _measurement(request, imported, found, None)
    stage = last.get("stage")
    measurement["stage"] = stage if stage in _STAGES else "import"
    return measurement


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
