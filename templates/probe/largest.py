"""The largest number of qubits that a driver runs within 1 GB and 10 s, the same on every machine.

A small circuit with rotations and gates of two and three qubits is run at growing n, in a process of its own. Time is
processor time of a reference machine (``pace``), and n goes up a ladder on which a factor of two seldom matters. Memory
is computed: bytes of the result times the copies that were measured, where the result is large enough to show them.
"""

from __future__ import annotations

import math
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import own_json as json
from guard import OutOfTime, attempt, in_child, silence
from pace import growth, slowness, slowness_of_long_runs
from program import run_program
from reference import ARITY
from session import COUNTED, Session

SECONDS = 10.0
BYTES = 1 << 30
LADDER = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 28, 30)
#: From this part of the limit on, larger runs are predicted.
_PREDICTED = 1 / 50
#: What a run costs more than predicted, once its result fits into no cache any more.
_OUT_OF_CACHE = 2.0
#: From this many numbers in the result on, what grows with them is seen beside what every gate costs.
_GROWS = 1 << 13
#: Copies of the result that are assumed where it was too small to show them: the state, and one beside it.
_COPIES = 2.0
#: Smallest result whose copies show beside what else a process takes.
_SHOWN = 8 << 20
#: A whole number of copies is not to lie at the border of two n.
_MARGIN = 0.2
#: The clock on the wall only ends what hangs.
_WALL = 24.0
_SHOTS = 100
#: Further runs of a size that takes long.
_AGAIN = 2


@dataclass
class Largest:
    """``n`` qubits ran, or are computed to; ``why`` no more: a sentence, empty at the end of the ladder."""

    n: int = 1
    why: str = ""


def largest_register(
    driver: dict[str, Any], seconds: float = SECONDS, memory: int = BYTES
) -> Largest:
    """Largest n (at most 30) for which the circuit takes at most ``seconds`` and ``memory`` (bytes).

    Runs in a fork: call it where the package is imported, and before anything of it has run.
    """
    ended = in_child(lambda send: asdict(_climb(driver, seconds, memory, send)), _wall(seconds))
    return _read(ended.value)


def largest_afresh(
    driver: dict[str, Any], seconds: float = SECONDS, memory: int = BYTES
) -> Largest:
    """The same in a fresh process, for where the package has run already and may have left threads and memory."""
    output = run_program(__file__, driver, _wall(seconds), str(seconds), str(memory), partial=True)
    try:
        return _read(json.loads((output or "").split("\n")[:-1][-1]))
    except (IndexError, ValueError):
        return _read(None)


def _wall(seconds: float) -> float:
    return _WALL * max(seconds, 2.0)


def _read(last: Any) -> Largest:
    """What was reported last, by a process that may have been ended."""
    try:
        found = Largest(**last)
    except TypeError:
        return Largest(1, "it could not be measured: the process ended before the first run")
    if not found.why and found.n < LADDER[-1]:
        found.why = "the measurement of the next size did not end"
    return found


def _climb(
    driver: dict[str, Any], seconds: float, memory: float, send: Callable[[Any], None]
) -> Largest:
    found = Largest()

    def report(larger: Largest) -> None:
        nonlocal found
        found = larger
        send(asdict(found))

    report(found)
    with suppress(OutOfTime):  # what was reported stands
        _Climb(driver, seconds, memory, report).go()
    return found


class _Climb:
    """One way up the ladder. ``report`` is called after each size, so that what ends the process loses nothing."""

    def __init__(
        self,
        driver: dict[str, Any],
        seconds: float,
        memory: float,
        report: Callable[[Largest], None],
    ) -> None:
        self.driver, self.seconds, self.memory, self.report = driver, seconds, memory, report
        reading = driver.get("state") or driver["counts"]
        self.kind = reading["kind"]
        #: Growth of the result with each qubit.
        self.factor = growth(driver, self.kind)
        self.grows = math.ceil(math.log(_GROWS, self.factor))
        self.bytes = 0.0 if self.kind in COUNTED else 16.0
        self.copies = _COPIES

    def go(self) -> None:
        if self._run(2, 2 * SECONDS) in (None, math.inf):
            return
        base = _peak()  # after the imports and whatever the first run compiles
        best = Largest()
        before: tuple[int, float] | None = None
        sizes = list(LADDER)
        while sizes and self._size(sizes[0]) * self.copies <= self.memory:
            n = sizes.pop(0)
            taken = self._run(n, self.seconds)
            ended = taken is not None and math.isfinite(taken)
            enough = ended and self._grows(n, taken, before)
            if ended and (enough or taken > self.seconds):
                # Perhaps this size compiled something, or the machine was busy elsewhere.
                more = [self._run(n, self.seconds, exact=True) for _ in range(_AGAIN)]
                taken = min((one for one in more if one is not None), default=taken)
            if taken is None or taken > self.seconds:
                best = self._between(best.n, n, taken)
                break
            self._note_copies(n, base)
            if n in LADDER:
                best = Largest(n)
                self.report(best)
            if enough:
                best = self._predicted(n, taken, before)
                break
            before = (n, taken)
            between = max(self.grows, n + self._doublings(taken))
            if sizes and n < between < sizes[0] and taken <= self.seconds * _PREDICTED:
                # Large enough to predict the next size from, which by itself would take most of the time.
                sizes.insert(0, between)
        self.report(self._within_memory(best))

    def _between(self, ran: int, failed: int, taken: float | None) -> Largest:
        """The last size that runs, where one that fails at once shows a limit of the package's own."""
        if taken is not None:
            return Largest(ran, self._too_slow(failed))
        for n in range(ran + 1, failed):
            if self._run(n, self.seconds) in (None, math.inf):
                return Largest(ran, f"a circuit of {n} qubits fails")
            ran = n
        return Largest(ran, f"a circuit of {failed} qubits fails")

    def _doublings(self, taken: float) -> int:
        """Qubits to add until a run takes long enough to predict larger ones."""
        wanted = self.seconds * _PREDICTED / max(taken, 1e-9)
        return max(1, math.ceil(math.log(wanted, self.factor)))

    def _grows(self, n: int, taken: float, before: tuple[int, float] | None) -> bool:
        """Whether a run takes long, and most of it is for the result, not what every circuit costs."""
        long = n >= self.grows and taken > self.seconds * _PREDICTED
        return long and 2 * self._growing(n, taken, before) >= taken

    def _growing(self, n: int, taken: float, before: tuple[int, float] | None) -> float:
        """The part of a run that grows with the result, from two sizes."""
        if before is None:
            return taken
        return min((taken - before[1]) / (1 - self.factor ** (before[0] - n)), taken)

    def _predicted(self, n: int, taken: float, before: tuple[int, float] | None) -> Largest:
        """Only sizes of the ladder are an answer."""
        growing = max(self._growing(n, taken, before), taken / 2)
        ran = max((size for size in LADDER if size <= n), default=1)
        for larger in (size for size in LADDER if size > n):
            grown = growing * self.factor ** (larger - n)
            if taken - growing + _OUT_OF_CACHE * grown > self.seconds:
                return Largest(ran, self._too_slow(larger))
            ran = larger
        return Largest(ran)

    def _within_memory(self, best: Largest) -> Largest:
        if self.bytes == 0:
            return best
        exact = math.log(self.memory / (self.bytes * self.copies), self.factor) + _MARGIN
        n = max(1, math.floor(exact))
        if n < best.n or not best.why:
            return Largest(
                min(n, LADDER[-1]), f"{n + 1} qubits take more than {_size(self.memory)}"
            )
        return best

    def _too_slow(self, n: int) -> str:
        return f"{n} qubits take more than {self.seconds:g} s for a small circuit"

    def _size(self, n: int) -> float:
        return self.bytes * self.factor**n

    def _note_copies(self, n: int, base: int) -> None:
        if self._size(n) >= _SHOWN:
            self.copies = max(0.5, (_peak() - base) / self._size(n))

    def _run(self, n: int, limit: float, exact: bool = False) -> float | None:
        """Seconds of one run on ``n`` qubits, of the reference machine; ``None`` when it fails.

        ``exact`` where something is decided by it: a large result is compared with large work, which takes a while.
        """
        session = Session(self.driver, n, shots=_SHOTS)
        pace = _pace_of_long_runs if exact and self._size(n) >= _SHOWN else _pace
        before = pace()
        steps = circuit(self.driver, n)
        most = 2 * limit * before
        outcome = attempt(lambda: session.raw(steps) is not None, most)
        if not outcome.ok:
            # What was stopped is too slow; only what fails by itself shows a limit of the package's own.
            return math.inf if outcome.seconds > 0.9 * most else None
        return 2 * outcome.seconds / (before + pace())


def circuit(driver: dict[str, Any], n: int) -> list[Any]:
    """H and a rotation on every qubit, a chain of two-qubit gates, and each gate of two and three qubits once."""
    gates = driver["gates"]
    steps: list[Any] = [("h", (qubit,), ()) for qubit in range(n) if "h" in gates]
    turn = next((gate for gate in ("ry", "rx", "u3", "rz", "p", "t") if gate in gates), None)
    if turn is not None:
        angles = ARITY[turn][1]
        steps += [(turn, (q,), (0.5 + 0.37 * q,) * angles) for q in range(n)]
    pair = next((gate for gate in ("cx", "cz") if gate in gates), None)
    steps += [(pair, (qubit, qubit + 1), ()) for qubit in range(n - 1) if pair]
    for index, gate in enumerate(gate for gate in ARITY if gate in gates and ARITY[gate][0] > 1):
        qubits, angles = ARITY[gate]
        if qubits <= n:
            place = tuple((index + k * max(1, n // 3)) % n for k in range(qubits))
            steps.append((gate, place, (1.1,) * angles))
    return steps


def _pace_of_long_runs() -> float:
    """In a fork: what it takes is not to count as the package's memory."""
    found = in_child(lambda _send: slowness_of_long_runs(1), 60.0).value
    return found if isinstance(found, float) else slowness()


def _pace() -> float:
    return slowness(2)


def _size(count: float) -> str:
    return f"{count / (1 << 30):g} GiB" if count >= 1 << 30 else f"{count / (1 << 20):g} MiB"


def _peak() -> int:
    """Largest resident memory of this process so far, in bytes (Linux counts in kilobytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """Read a driver, write what is known after each size, one JSON a line."""
    # The package's modules come next; one of them may be called like one of ours.
    sys.path.remove(os.path.dirname(os.path.abspath(__file__)))
    driver = json.load(sys.stdin)
    result = os.fdopen(os.dup(1), "w")
    silence()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > 8 << 30:
        # Address space is reserved far beyond what is used: a backstop, not the measurement.
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, hard))

    def report(found: Any) -> None:
        result.write(json.dumps(found) + "\n")
        result.flush()

    _climb(driver, float(sys.argv[1]), float(sys.argv[2]), report)
    os._exit(0)


if __name__ == "__main__":
    main()
