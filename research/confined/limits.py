"""What reading a file or a web page may take, and how a process is held to it."""

import contextlib
import os
import resource
import signal

MEMORY = 512 * 1024 * 1024  # bytes of address space, where the system can limit it
SECONDS = 20.0  # of processor time: a PDF of some thousand pages needs as much
WALL_SECONDS = 45.0  # in all, on a machine that has other things to do
PAGE_SECONDS = 10.0  # of processor time for a web page, of which only so much is read


def confine(
    seconds: float, wall_seconds: float, memory: int, file_size: int = 0, nice: int = 10
) -> None:
    """Holds this process to the limits; the system ends it when its time is up.

    `file_size` is what it may write of a file, in bytes. By `nice` pages and crews go first.

    By signals that nobody handles: Python runs a handler between two steps of its own, and a
    regular expression or a decompression that takes minutes is one step.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)
    processor = max(1, round(seconds))
    _limit(resource.RLIMIT_CPU, processor, processor + 1)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, file_size)
    _limit(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError):
        os.nice(nice)


def _limit(kind: int, soft: int, hard: int | None = None) -> None:
    with contextlib.suppress(ValueError, OSError):  # macOS has no limit of the address space
        resource.setrlimit(kind, (soft, soft if hard is None else hard))
