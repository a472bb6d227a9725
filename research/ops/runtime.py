"""How Python itself is set for a process that serves pages, or in which crews compute."""

import contextlib
import gc
import os
import platform
import sys
import threading
from collections.abc import Iterator

SWITCH_SECONDS = 0.0001


def take_short_turns() -> None:
    """Has threads take turns after 0.1 ms instead of 5.

    SQLite lets go of the interpreter at every step. The thread that stores events would otherwise
    wait for it ten times in every statement, behind crews that compute.
    """
    sys.setswitchinterval(SWITCH_SECONDS)


def step_back(steps: int) -> None:
    """Leaves other processes that many steps of nice more of a busy machine.

    Linux gives each thread a place of its own, and a new one that of the thread which starts it.
    """
    os.nice(steps)
    if sys.platform == "linux":
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.native_id:
                place = os.getpriority(os.PRIO_PROCESS, thread.native_id)
                os.setpriority(os.PRIO_PROCESS, thread.native_id, place + steps)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """For imports, which throw little away: collections took a fifth of their time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def settle_memory() -> None:
    """What was imported stays: the garbage collector need not walk it again and again.

    In a site's process a full collection took 0.1 s, in an engine's 0.5 s, in which nothing moves.
    What came after is little, and is looked at often: what crews leave behind does not pile up.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 1)


def worker_name(pid: int) -> str:
    """The name under which a process claims topics."""
    return f"{platform.node()[:60]}:{pid}"
