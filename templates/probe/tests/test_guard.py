"""Containment: time, exits, signals, noise."""

import itertools
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from error_lines import one_line
from guard import OutOfTime, Watch, attempt, in_child, survives, time_limit


def spin():
    while True:
        pass


def stubborn():
    while True:
        try:
            spin()
        except Exception:
            pass


def test_a_spinning_trial_ends():
    outcome = attempt(spin, 0.05)
    assert not outcome.ok
    assert outcome.error == "OutOfTime: it took too long"


def test_what_swallows_exceptions_ends_too():
    assert not attempt(stubborn, 0.05).ok


def test_waiting_ends():
    reader, _ = os.pipe()
    assert not attempt(lambda: os.read(reader, 1), 0.02).ok


@pytest.mark.parametrize("raises", [False, True])
def test_a_call_that_forks_comes_back_once(raises):
    def forks():
        child = os.fork()
        if raises and child == 0:
            raise RuntimeError
        return child

    outcome = attempt(forks, 5)
    assert outcome.ok
    _, status = os.waitpid(outcome.value, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_no_alarm_is_left_behind():
    with time_limit(5):
        pass
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


@pytest.mark.parametrize(
    "error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), ValueError("no")]
)
def test_whatever_is_raised_becomes_an_outcome(error):
    def work():
        raise error

    assert attempt(work, 1).error == one_line(error)


def test_a_child_returns_its_value_and_sends_on_the_way():
    seen = []

    def work(send):
        send({"half": 1})
        return {"whole": 2}

    result = in_child(work, 10, seen.append)
    assert (result.value, result.error, seen) == ({"whole": 2}, "", [{"half": 1}])


def test_a_child_that_crashes_keeps_its_last_message():
    def work(send):
        send({"so": "far"})
        os.kill(os.getpid(), signal.SIGSEGV)

    result = in_child(work, 10)
    assert result.signal == signal.SIGSEGV
    assert result.value == {"so": "far"}
    assert "signal" in result.error


@pytest.mark.parametrize("leave", [lambda: os._exit(0), lambda: sys.exit(5)])
def test_exits_stay_in_the_child(leave):
    result = in_child(lambda _send: leave(), 10)
    assert result.value is None
    assert result.error


def test_a_child_that_hangs_is_killed():
    result = in_child(lambda _send: spin(), 0.2)
    assert result.late
    assert result.signal == signal.SIGKILL


def test_a_child_is_silent(capfd):
    def work(_send):
        print("noise")
        os.write(2, b"more noise")
        return sys.stdin.read()

    assert in_child(work, 10).value == ""
    assert capfd.readouterr() == ("", "")


def test_survives():
    assert survives(lambda: None, 10)
    assert not survives(lambda: os.kill(os.getpid(), signal.SIGABRT), 10)
    assert not survives(lambda: 1 / 0, 10)


def test_errors_are_one_printable_line():
    class Loud(Exception):
        def __str__(self):
            raise RuntimeError

    assert one_line(Loud()) == "Loud: "
    assert one_line(ValueError("a\x1b[31m\nb")) == "ValueError: a [31m"
    assert issubclass(OutOfTime, BaseException) and not issubclass(OutOfTime, Exception)


def status(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


def test_what_a_child_starts_ends_with_it():
    def work(_send):
        grandchild = os.fork()
        if grandchild == 0:
            spin()
        return grandchild

    started = in_child(work, 10).value
    # Its zombie may wait to be collected by whoever adopted it, but it runs no longer.
    deadline = time.monotonic() + 10
    while status(started) not in ("gone", "Z", "X"):
        assert time.monotonic() < deadline
        os.sched_yield()


def trials_of_which_the_second_hangs(_send):
    return [attempt(one, 0.1).ok for one in (bool, lambda: sum(itertools.repeat(1)), bool)]


def test_a_trial_in_compiled_code_that_never_ends_is_known_and_left_out_next_time(monkeypatch):
    monkeypatch.setattr(Watch, "GRACE", 0.0)
    watch = Watch(frozenset())
    first = in_child(trials_of_which_the_second_hangs, 60, None, watch)
    assert first.hung
    assert watch.number == 2
    again = in_child(trials_of_which_the_second_hangs, 60, None, Watch(frozenset((2,))))
    assert not again.hung
    assert again.value == [True, False, True]


def test_threads_that_a_trial_starts_do_not_end_the_forks():
    def work(_send):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        return [os.getpid(), in_child(lambda _inner: os.getpid(), 10).value]

    outer, inner = in_child(work, 20).value
    assert inner not in (outer, None)
