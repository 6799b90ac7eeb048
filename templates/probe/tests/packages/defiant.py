"""Spins at import and catches whatever would stop it."""

import signal

while True:
    try:
        signal.signal(signal.SIGPROF, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        while True:
            pass
    except BaseException:
        continue
