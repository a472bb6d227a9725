"""The time as the governor sees it. Tests hand it a clock of their own, and drive that."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that is still to come."""

    def cancel(self) -> None: ...


class Clock:
    """The machine's clock and the running event loop's timers."""

    def monotonic(self) -> float:
        """Seconds since some moment; never set back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970, as all machines tell them."""
        return time.time()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Calls `callback()` in the event loop after some seconds, unless that is cancelled."""
        return asyncio.get_running_loop().call_later(seconds, callback)
