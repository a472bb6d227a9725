"""Crews that begin together get to their first model call one after another.

An event loop gives each of two hundred crews one step at a time. Left to it, all crews would send
their calls at the very end, and the model would idle until then. One after another, the first call
is on its way after one crew's work, and answers come while later crews still get ready.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from weakref import WeakKeyDictionary

PASSES = 5  # of the loop, in which a call connects and is sent before the next crew computes

_turns: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]" = WeakKeyDictionary()


class Start:
    """A crew's turn to get ready. As a `Gate`, it ends with the crew's first model call."""

    def __init__(self, turn: asyncio.Lock) -> None:
        self._turn: asyncio.Lock | None = turn

    def admit(self, tokens: int) -> AbstractAsyncContextManager[None]:
        self.end()
        return contextlib.nullcontext()

    def end(self) -> None:
        if self._turn:
            _after(PASSES, self._turn.release)
            self._turn = None


def _after(passes: int, callback: Callable[[], None]) -> None:
    """Calls back when the loop has given everybody that many steps."""
    if passes:
        asyncio.get_running_loop().call_soon(_after, passes - 1, callback)
    else:
        callback()


@contextlib.asynccontextmanager
async def in_turn() -> AsyncIterator[Start]:
    """Waits for the crew's turn on this event loop; at the latest it ends with the block."""
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    await turn.acquire()
    start = Start(turn)
    try:
        yield start
    finally:
        start.end()
