"""Pages go first: while one is being made, crews step back.

Pages and crews share one interpreter lock. A page needs some 20 ms of it, a run's page more; while
two hundred crews compute it would get a third of the time and take as much longer. So whoever
writes down what a crew does first looks whether a page is being made, and waits a moment.
"""

import functools
import time
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

STEP_BACK_SECONDS = 0.002  # about twice what a crew computes between two events

P = ParamSpec("P")
R = TypeVar("R")

_pages = 0  # changed on the web's loop only


def goes_first(view: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """For views that answer at once; not for those that wait for crews."""

    @functools.wraps(view)
    async def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        global _pages
        _pages += 1
        try:
            return await view(*args, **kwargs)
        finally:
            _pages -= 1

    return counted


def give_way() -> None:
    """Called by crews, in their threads: lets a page have the interpreter."""
    if _pages:
        time.sleep(STEP_BACK_SECONDS)
