"""Accepts a measured driver, in a fresh process, on circuits that it was not found with.

Gates that are right alone and at n = 3 have been seen to fail on some placements of four qubits,
when two of one kind share a layer, or from eleven qubits on. So: every one-qubit gate on every
qubit and in layers, every placement of every two- and three-qubit gate at n = 4, random circuits at
n = 3 to 7, one at n = 12. A gate that fails is left out and named with its placement; what could
not be checked in time is a limit, stated.

Run as a program it reads a driver (JSON) from standard input and writes the acceptance as one line
of JSON: a fresh process has no imports, caches or global state left over from the search.
"""

from __future__ import annotations

import math
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import permutations
from typing import Any

import numpy as np

import own_json as json
from acceptance import Acceptance
from error_lines import one_line
from guard import OutOfTime, clock, limit_resources, silence, time_limit
from identify import deviation
from measure import limits_of
from pace import growth, on_grid, slowness
from program import run_program
from reference import ARITY, simulate
from session import COUNTED, LOOSE, Session

Step = tuple[str, tuple[int, ...], tuple[float, ...]]

SECONDS = 120.0
RUN_SECONDS = 20.0
#: How much longer than its budget the replay may really take, and how much longer on the clock on the wall.
_REALLY, _WALL = 2.0, 6.0
#: Seconds per run of four qubits (on the grid of ``pace``) above which placements are checked together first.
SLOW = 0.08
PLACED = 4
RANDOM = ((3, 24), (4, 24), (5, 24), (6, 20), (7, 20))
#: Sizes of the one large circuit, largest first; below the last one there is no large circuit.
LARGE = (12, 11, 10, 9, 8)
#: Without these a simulator is not universal here, and nothing can be accepted.
NEEDED = ("x", "h")
#: One of these has to be there beside them; the bridge writes the other with H.
ENTANGLING = ("cx", "cz")
TOO_LONG = "took too long"
TOO_SLOW = "larger circuits take too long here"
#: Larger results are not decoded (see ``decode.MAX_ITEMS``).
MAX_RESULT_BYTES = 16 << 21
_MAX_BLAMED = 8


def accept(driver: dict[str, Any], seconds: float = SECONDS) -> Acceptance:
    """Check ``driver`` in this process within ``seconds`` of the reference machine's processor time (``pace``).

    What is spent is counted in runs, each at the coarse pace of its size, so that a busy machine leaves out the same
    checks as a quiet one. Never raises for what the driver does.
    """
    return _Replay(driver, seconds).go()


def accept_afresh(driver: dict[str, Any], seconds: float = SECONDS) -> Acceptance:
    """Check ``driver`` in a fresh Python process."""
    wall = _WALL * seconds + 60
    done = run_program(__file__, driver, wall, str(seconds))
    if done is None:
        return Acceptance(reason=f"the replay did not end within {wall:.0f} s")
    try:
        return Acceptance(**json.loads(done.splitlines()[-1]))
    except (IndexError, ValueError, TypeError):
        return Acceptance(reason="the process of the replay ended without a result")


class _Replay:
    def __init__(self, driver: dict[str, Any], seconds: float) -> None:
        self.driver = {**driver, "gates": dict(driver["gates"])}
        self.gates: dict[str, Any] = self.driver["gates"]
        self.seconds = seconds
        self.slowness = slowness()
        self.ends = clock() + _REALLY * seconds * self.slowness
        self.found = Acceptance()
        self.sessions: dict[int, Session] = {}
        self.rng = random.Random(20)
        #: Shortest run so far at each n, and how many there were: what a larger one will take is known before it
        #: starts, because compiled code cannot be interrupted.
        self.times: dict[int, float] = {}
        self.runs: dict[int, int] = {}
        self.base = self._session(PLACED)
        self.counted = self.base.kind in COUNTED
        #: Without amplitudes a second layer after the gate turns its phases into probabilities.
        self.closing = not self.base.has_amplitudes

    def go(self) -> Acceptance:
        found = self.found
        try:
            with time_limit(min(60.0, self.seconds)):
                established = self.base.establish()
        except OutOfTime:
            established, self.base.reason = False, "X on each qubit took longer than a minute"
        claimed = self.base.reading["order"]
        if not established:
            found.reason = self.base.reason
        elif self.base.order != claimed:
            found.reason = f"the order of qubits is {self.base.order}, not {claimed}"
        else:
            for part in (self._one_qubit, self._placements, self._random, self._large):
                part()
                missing = [gate for gate in NEEDED if gate not in self.gates]
                if not any(gate in self.gates for gate in ENTANGLING):
                    missing.append(
                        next((g for g in ENTANGLING if g in found.failed), ENTANGLING[0])
                    )
                if missing:
                    found.reason = f"{missing[0]} is not right: " + found.failed.get(
                        missing[0], "the driver has none"
                    )
                    break
        found.ok = not found.reason
        found.limits = limits_of(self.base) + found.limits
        if clock() > self.ends:
            found.limits.append("the replay was cut short: it took far longer than its runs")
        return found

    # ---------------------------------------------------------------- one circuit

    def _left(self) -> float:
        """Seconds that are not spent; 0 where so much was really spent that the runs do not account for it."""
        spent = sum(count * self._pace(n) for n, count in self.runs.items())
        return self.seconds - spent if clock() <= self.ends else 0.0

    def _pace(self, n: int) -> float:
        """Seconds of one run on ``n`` qubits, on a coarse grid."""
        return on_grid(self.times.get(n, 0.0) / self.slowness)

    def _session(self, n: int) -> Session:
        if n not in self.sessions:
            self.sessions[n] = Session(self.driver, n)
        return self.sessions[n]

    def _check(self, circuit: Sequence[Step], n: int) -> str | None:
        """Evidence against a circuit, or ``None`` when its result is right."""
        session = self._session(n)
        session.precision, session.tolerance = self.base.precision, self.base.tolerance
        if self._too_slow(n):
            return TOO_LONG
        self.found.circuits += 1
        start = clock()
        try:
            with time_limit(max(0.5, min(RUN_SECONDS, self._left())) * self.slowness):
                evidence = self._compare(session, circuit)
                if evidence and self.counted:
                    evidence = self._compare(session, circuit)  # once in a million is not never
        except OutOfTime:
            evidence = TOO_LONG
        except BaseException as error:
            evidence = f"raised {one_line(error)}"
        taken = clock() - start
        self.times[n] = min(taken, self.times.get(n, taken))
        self.runs[n] = self.runs.get(n, 0) + 1
        return evidence

    def _too_slow(self, n: int) -> bool:
        """Whether a run on ``n`` qubits is bound to take too long, from runs on fewer."""
        factor = growth(self.driver, self.base.kind)
        if 16 * factor**n > MAX_RESULT_BYTES:
            return True
        known = max((size for size in self.times if size <= n), default=n)
        if known < PLACED or known == n:
            return False
        # Twofold growth is reached only by large registers: half the exponent is the least to
        # expect.
        expected = self._pace(known) * factor ** ((n - known) / 2)
        return expected > min(RUN_SECONDS, self._left())

    def _compare(self, session: Session, circuit: Sequence[Step]) -> str | None:
        expected = simulate(circuit, session.n)
        if session.has_amplitudes:
            error = deviation(session.vector(circuit), expected)[0]
            right = error <= min(10 * session.tolerance, 5 * LOOSE)
            return None if right else f"an amplitude is off by {error:.3g}"
        right, error = session.agrees(session.distribution(circuit), np.abs(expected) ** 2)
        if self.counted:
            # Drawn at random: the deviation is another one in each measurement.
            return None if right else "its counts do not follow the probabilities"
        return None if right else f"a probability is off by {error:.3g}"

    def _leave_out(self, gate: str, evidence: str) -> None:
        self.found.failed[gate] = evidence[:400]
        self.gates.pop(gate, None)

    # ---------------------------------------------------------------- parts

    def _one_qubit(self) -> None:
        """Every one-qubit gate on every qubit, and one layer of it, from |0..0> and from |+..+>."""
        self.base.note_precision()
        names = [gate for gate in ("h", "x", *ARITY) if gate in self.gates and ARITY[gate][0] == 1]
        for gate in dict.fromkeys(names):
            if self._left() < 0.5 * self.seconds:
                self.found.limits.append("some one-qubit gates were not checked on every qubit")
                return
            steps = [self._step(gate, (qubit,), qubit) for qubit in range(PLACED)]
            hadamards: list[Step] = [("h", (qubit,), ()) for qubit in range(PLACED)]
            before = hadamards if gate != "h" else []
            for start in dict.fromkeys(((), tuple(before))):
                end = hadamards if self.closing and gate != "h" else []
                evidence = self._each([[step] for step in steps], list(start), end)
                if evidence is None and (fault := self._check([*start, *steps, *end], PLACED)):
                    evidence = f"{len(steps)} of them in one layer at n = {PLACED}: {fault}"
                if evidence:
                    self._leave_out(gate, evidence)
                    break

    def _placements(self) -> None:
        """Every placement of every two- and three-qubit gate, on a state that is nothing special."""
        layer = self._generic_layer()
        skipped = []
        for gate in [gate for gate in ARITY if gate in self.gates and ARITY[gate][0] > 1]:
            if self._left() < 0.25 * self.seconds:
                skipped.append(gate)
                continue
            places = list(permutations(range(PLACED), ARITY[gate][0]))
            parts = [[self._step(gate, place, index)] for index, place in enumerate(places)]
            if ARITY[gate][0] == 2:
                parts.append([self._step(gate, (0, 1), 1), self._step(gate, (2, 3), 2)])
                parts.append([self._step(gate, (3, 1), 3), self._step(gate, (0, 2), 4)])
            evidence = self._each(parts, layer, layer if self.closing else [])
            if evidence:
                self._leave_out(gate, evidence)
        if skipped:
            names = ", ".join(skipped)
            self.found.limits.append(f"not checked on every placement, for lack of time: {names}")

    def _each(self, parts: list[list[Step]], before: list[Step], after: list[Step]) -> str | None:
        """Check each part between two layers; on a slow simulator all at once, apart on failure."""
        if self._pace(PLACED) > SLOW and len(parts) > 1:
            together = [*before, *(step for part in parts for step in part), *after]
            if self._check(together, PLACED) is None:
                return None
        for part in parts:
            evidence = self._check([*before, *part, *after], PLACED)
            if evidence:
                places = " and ".join(_place(step[1]) for step in part)
                return f"on {places} at n = {PLACED}: {evidence}"
            if self._left() < 0.2 * self.seconds:
                return None
        return None

    def _generic_layer(self) -> list[Step]:
        """Gates that are known to be right, making a state without symmetry."""
        plans = (("ry", "rz"), ("u3",), ("rx", "rz"), ("ry", "t"), ("ry",), ("rx", "ry"), ("rx",))
        for plan in plans:
            if all(gate in self.gates for gate in plan):
                layer = [self._step(g, (q,), q + 1) for g in plan for q in range(PLACED)]
                if self._check(layer, PLACED) is None:
                    return layer
        # Clifford+T: words of growing length leave each qubit in another state.
        words = (("h",), ("h", "t", "h"), ("h", "t", "h", "t"), ("h", "t", "h", "t", "h"))
        known = [[gate for gate in word if gate in self.gates] for word in words]
        return [(gate, (qubit,), ()) for qubit, word in enumerate(known) for gate in word]

    def _random(self) -> None:
        """Random circuits; a failing one is cut to the first gate that makes it wrong."""
        for n, length in RANDOM:
            for _ in range(2):
                if self._left() < 0.15 * self.seconds:
                    return
                circuit = self._random_circuit(n, length)
                evidence = self._check(circuit, n)
                if evidence is None:
                    self.found.largest = max(self.found.largest, n)
                elif evidence == TOO_LONG:
                    return  # the large circuit states how far it was checked
                elif not self._blame(circuit, n, evidence):
                    return
        if self._check_twice():
            self.found.reason = self._check_twice()

    def _random_circuit(self, n: int, length: int) -> list[Step]:
        names = [gate for gate in ARITY if gate in self.gates and ARITY[gate][0] <= n]
        used = list(range(n)) if n < 5 else self.rng.sample(range(n), n - 1)  # one stays idle
        steps: list[Step] = [("h", (qubit,), ()) for qubit in used[::2]]
        for _ in range(length):
            gate = self.rng.choice(names)
            place = tuple(self.rng.sample(used, ARITY[gate][0]))
            steps.append(self._step(gate, place, None))
        return steps

    def _blame(self, circuit: list[Step], n: int, evidence: str) -> bool:
        """Leave out the gate at which a wrong circuit first goes wrong; False when there is none."""
        right, wrong = 0, len(circuit)
        while wrong - right > 1:
            middle = (right + wrong) // 2
            fault = self._check(circuit[:middle], n)
            right, wrong = (middle, wrong) if fault is None else (right, middle)
            evidence = fault or evidence
        gate, qubits, _ = circuit[wrong - 1]
        if len(self.found.failed) >= _MAX_BLAMED or self._indispensable(gate):
            self.found.reason = f"{gate} on {_place(qubits)} at n = {n} after others: {evidence}"
            return False
        self._leave_out(gate, f"on {_place(qubits)} at n = {n}, after other gates: {evidence}")
        return True

    def _indispensable(self, gate: str) -> bool:
        """Whether nothing can be accepted without this gate."""
        others = [one for one in ENTANGLING if one != gate and one in self.gates]
        return gate in NEEDED or (gate in ENTANGLING and not others)

    def _check_twice(self) -> str:
        """Why two runs of one circuit are not the same; empty when they are."""
        circuit = self._random_circuit(PLACED, 12)
        faults = [self._check(circuit, PLACED) for _ in range(2)]
        return "" if not any(faults) else f"repeated runs of one circuit: {faults[0] or faults[1]}"

    def _large(self) -> None:
        """One circuit at n = 12, or at the largest n below at which it is right."""
        wrong = ""
        for n in LARGE:
            if self._left() < 1:
                break
            evidence = self._check(self._large_circuit(n), n)
            if evidence is None:
                self.found.largest = n
                if wrong:
                    self.found.limits.append(f"right up to n = {n}; {wrong}")
                elif n < LARGE[0]:
                    self.found.limits.append(f"checked up to n = {n}: {TOO_SLOW}")
                return
            if evidence != TOO_LONG:
                wrong = f"at n = {n} a circuit is wrong: {evidence}"
                self.found.wrong_from = n
        largest = self.found.largest
        said = f"right up to n = {largest}; {wrong}" if wrong else f"checked up to n = {largest}"
        self.found.limits.append(said if wrong else f"{said}: {TOO_SLOW}")

    def _large_circuit(self, n: int) -> list[Step]:
        """Few superpositions, so that counts stay testable, and every qubit in another state."""
        steps: list[Step] = [("x", (qubit,), ()) for qubit in range(0, n, 3)]
        turn = next((gate for gate in ("ry", "rx", "u3") if gate in self.gates), "h")
        spread = range(n) if not self.counted else (0, n // 2, n - 1)
        steps += [self._step(turn, (qubit,), qubit) for qubit in spread]
        pair = next(gate for gate in ENTANGLING if gate in self.gates)
        steps += [(pair, (qubit, (qubit + 5) % n), ()) for qubit in range(n)]
        names = [gate for gate in ("swap", "ccx", "cz", "t", "cp", "rzz") if gate in self.gates]
        for gate in names * 2:
            place = tuple(self.rng.sample(range(n), ARITY[gate][0]))
            steps.append(self._step(gate, place, None))
        return steps

    def _step(self, gate: str, qubits: tuple[int, ...], index: int | None) -> Step:
        """A gate with angles that differ by ``index``, or random ones; never near a symmetry."""
        count = ARITY[gate][1]
        if index is None:
            angles = tuple(self.rng.uniform(-math.pi, math.pi) for _ in range(count))
        else:
            angles = tuple(0.5 + 0.37 * index + 0.61 * place for place in range(count))
        return gate, qubits, angles


def _place(qubits: tuple[int, ...]) -> str:
    return f"qubit {qubits[0]}" if len(qubits) == 1 else f"qubits {qubits}"


def main() -> None:
    """Read a driver, write its acceptance; the package under test prints nowhere."""
    # The package's modules come next; one of them may be called like one of ours.
    sys.path.remove(os.path.dirname(os.path.abspath(__file__)))
    driver = json.load(sys.stdin)
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    result = os.fdopen(os.dup(1), "w")
    silence()
    limit_resources()
    found = accept(driver, seconds)
    result.write(json.dumps(asdict(found)) + "\n")
    result.flush()
    os._exit(0)  # threads and exit handlers of the package have nothing to add


if __name__ == "__main__":
    main()
