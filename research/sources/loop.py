"""One event loop for all searching and fetching of this process, in a thread of its own.

Crews' tools run on the crews' loop, and those that a model calls by text in threads with loops of
their own. Limits that hold for all of them need one place.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

LOOK_UPS = 16  # of names at once; one cannot be cut short, so those of dead name servers wait here

T = TypeVar("T")


class _Loop:
    """An event loop in a thread of its own, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: asyncio.AbstractEventLoop | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._running is None:
                self._running = asyncio.new_event_loop()
                self._running.set_default_executor(ThreadPoolExecutor(LOOK_UPS, "look-up"))
                threading.Thread(
                    target=self._running.run_forever, name="sources", daemon=True
                ).start()
        return self._running


_loop = _Loop()


async def there(work: Coroutine[Any, Any, T]) -> T:
    """What work on the sources' loop returns; it is cancelled with who waits for it."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, _loop.get()))


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """The same for code that blocks."""
    return asyncio.run_coroutine_threadsafe(work, _loop.get()).result()
