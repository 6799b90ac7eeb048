"""Run one command under limits and report how it ended.

Usage: ``python -I -S launch.py LIMITS -- COMMAND...`` where LIMITS is a JSON object with

- ``memory``: bytes; address space of each process and resident memory of all of them together
- ``cpu``: processor seconds of each process
- ``seconds``: wall clock of the whole run
- ``file``: bytes of one file
- ``processes``: processes alive at one time
- ``user``: numeric user (and group) that the command runs as, or null for the present one
- ``alone``: whether this process tree has a process namespace of its own, which ends with it
- ``bytecode``: pairs of folders: where there may be bytecode, and where the command looks for it
- ``folders``, ``folder_bytes``, ``folder_files``: folders the command may fill, and how far

The verdict is one line of JSON on descriptor 3, which the command does not inherit:
``{"end": "exit" | "signal" | "memory" | "processes" | "folder" | "time",
"code": int, "peak": bytes}``.

Only the standard library is used, and nothing of the command's environment is imported: the
command is hostile. Where the system has no ``/proc`` (macOS), memory and processes are held by the
resource limits alone.
"""

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import sys
import time

VERDICT = 3
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
INTERVAL = 0.2
PAGE = os.sysconf("SC_PAGE_SIZE")


def prctl(option: int, value: int) -> None:
    """Call prctl(2) where there is one; a system without it does without what it offers."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def cap(kind: int, value: int) -> None:
    """Lower one resource limit for good; never raise it above what the system grants."""
    _, hard = resource.getrlimit(kind)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (bound, bound))
    except (ValueError, OSError) as error:
        # macOS refuses some limits outright; the watch below still holds the others.
        print(f"limit {kind} is not supported here: {error}", file=sys.stderr)


def descendants() -> dict[int, int]:
    """Resident bytes of every living process below this one, by id (empty without /proc)."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    try:
        entries = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except FileNotFoundError:
        return {}
    for pid in entries:
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                # The command name stands in parentheses and may hold anything, also a parenthesis.
                fields = file.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended between the two calls
        if fields[0] not in "ZX":
            parents[pid] = int(fields[1])
            resident[pid] = int(fields[21]) * PAGE
    own = os.getpid()
    found: dict[int, int] = {}
    for pid in parents:
        ancestor = pid
        while ancestor in parents and ancestor != own:
            ancestor = parents[ancestor]
        if ancestor == own and pid != own:
            found[pid] = resident[pid]
    return found


def proportional(pids: dict[int, int]) -> int:
    """Memory of processes in bytes, pages that forked processes share counted once."""
    total = 0
    for pid, resident in pids.items():
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii", errors="replace") as file:
                line = next(line for line in file if line.startswith("Pss:"))
            total += int(line.split()[1]) * 1024
        except (OSError, StopIteration):
            total += resident  # not readable: count it whole
    return total


def kill_all(child: int) -> None:
    """Kill everything below this process, also what left its group, until nothing is left."""
    for _ in range(100):
        alive = set(descendants()) or {child}
        # Stopped first: what is being killed one by one must not fork meanwhile.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in alive:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    continue
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


def overfull(folder: str, most_bytes: int, most_files: int) -> bool:
    """Whether a folder holds more than it may; links are not followed."""
    total = files = 0
    for root, directories, names in os.walk(folder, followlinks=False):
        files += len(names) + len(directories)
        if files > most_files:
            return True
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_blocks * 512
            except FileNotFoundError:
                continue
    return total > most_bytes


def start(limits: dict, command: list[str]) -> int:
    """Fork, limit and replace the child; its process id."""
    processes = count_tasks() + limits["processes"]
    child = os.fork()
    if child:
        return child
    try:
        os.close(VERDICT)
        if limits["user"] is not None:
            os.setgroups([])
            os.setresgid(limits["user"], limits["user"], limits["user"])
            os.setresuid(limits["user"], limits["user"], limits["user"])
        copy_bytecode(limits["bytecode"])
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        # The parent watches the clock; this is for a child whose parent was killed.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        cap(resource.RLIMIT_CORE, 0)
        cap(resource.RLIMIT_AS, limits["memory"])
        cap(resource.RLIMIT_CPU, limits["cpu"])
        cap(resource.RLIMIT_FSIZE, limits["file"])
        # Counted per user on the whole machine: leave room for what the user runs besides. The
        # superuser is exempt, which is one reason why the command gets another user.
        cap(resource.RLIMIT_NPROC, processes)
        # Python ignores it and programs inherit that: writing too large a file must kill.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(command[0], command)
    except Exception as error:  # noqa: BLE001 - told to the parent in the only way a child has
        os.write(2, f"cannot start {command[0]}: {error}\n".encode())
    finally:
        os._exit(127)  # only when there was nothing to execute


def copy_bytecode(folders: list[list[str]]) -> None:
    """Give the command its own copy, to which it may add; without it everything is only slower."""
    for compiled, own in folders:
        with contextlib.suppress(OSError, shutil.Error):
            shutil.copytree(compiled, own, copy_function=shutil.copyfile)


def count_tasks() -> int:
    """Threads alive that this process can see (0 without /proc)."""
    try:
        with open("/proc/loadavg", encoding="ascii") as file:
            return int(file.read().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return 4096


def watch(child: int, limits: dict) -> dict:
    """Wait for the child, looking after the limits that the kernel does not keep; the verdict."""
    end = time.monotonic() + limits["seconds"]
    parent = os.getppid()
    peak = 0
    while True:
        done, status = os.waitpid(-1, os.WNOHANG)
        if done == child:
            code = os.waitstatus_to_exitcode(status)
            return {"end": "exit" if code >= 0 else "signal", "code": abs(code), "peak": peak}
        if done:
            continue  # an orphan that became ours
        resident = descendants()
        used = sum(resident.values())
        if used > limits["memory"]:
            used = proportional(resident)
        peak = max(peak, used)
        reason = ""
        if used > limits["memory"]:
            reason = "memory"
        elif len(resident) > limits["processes"]:
            reason = "processes"
        elif time.monotonic() > end or os.getppid() != parent:
            reason = "time"
        elif any(
            overfull(folder, limits["folder_bytes"], limits["folder_files"])
            for folder in limits["folders"]
        ):
            reason = "folder"
        if reason:
            return {"end": reason, "code": 0, "peak": peak}
        if hasattr(signal, "sigtimedwait"):
            signal.sigtimedwait([signal.SIGCHLD], INTERVAL)
        else:
            time.sleep(INTERVAL)


def main() -> None:
    """Read the arguments, run the command, report the verdict, exit with the command's code."""
    limits = json.loads(sys.argv[1])
    command = sys.argv[3:]
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    # Nobody may reach into this process through /proc and write the verdict for it.
    prctl(PR_SET_DUMPABLE, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    child = start(limits, command)
    verdict = watch(child, limits)
    os.write(VERDICT, json.dumps(verdict).encode() + b"\n")
    # With a namespace, the system kills the rest at once; one by one is a race against new forks.
    if not limits["alone"]:
        kill_all(child)
    os._exit(verdict["code"] if verdict["end"] == "exit" else 70)


if __name__ == "__main__":
    main()
