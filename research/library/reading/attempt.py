"""Work that may fail or take too long without harm: in a fork of its own, which is ended then."""

import json
import os
import resource
import signal
from collections.abc import Callable
from typing import NoReturn

Told = dict[str, str]


def attempt(work: Callable[[], Told], seconds: float) -> Told | None:
    """What the work returns; None if it raises, falls, or takes more than some seconds.

    Runs in a reader's process only, which has no threads.
    """
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _work(work, seconds, its)
    os.close(its)
    with os.fdopen(ours, "rb") as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    if status or not told:
        return None
    found: Told = json.loads(told)
    return found


def _work(work: Callable[[], Told], seconds: float, answer: int) -> NoReturn:
    """The life of the fork. The system ends it: compiled code looks at no clock of Python's."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (max(1, round(seconds)), hard))
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds)
    try:
        told = json.dumps(work()).encode()
    except Exception:  # noqa: BLE001 whatever a library makes of what is hostile
        os._exit(1)
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(told)
    os._exit(0)
