"""The threads in which crews and their tools run."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings

from research.ops.metrics import measure_lag

GRACE_SECONDS = 3.0  # what crews at work get to end by themselves when their process stops

T = TypeVar("T")


def widen(loop: asyncio.AbstractEventLoop) -> None:
    """Gives a loop a default executor as wide as the crews.

    A tool that blocks then makes no other crew wait for a thread.
    """
    width = settings.RESEARCH_MAX_CREWS + 4
    loop.set_default_executor(ThreadPoolExecutor(width, thread_name_prefix="crew"))


class CrewThread:
    """A thread with an event loop of its own, on which the crews of a worker run together.

    So crews that compute hold up neither the worker's next jobs nor its signs of life.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        widen(self._loop)
        measure_lag(self._loop, "crews")
        threading.Thread(target=self._loop.run_forever, name="crews", daemon=True).start()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs there; the caller is on another loop.

        When the caller is cancelled, the coroutine is, and is waited for to its end.
        """
        here = asyncio.get_running_loop()
        done: asyncio.Future[T] = here.create_future()
        tasks: list[asyncio.Task[T]] = []

        def begin() -> None:
            task = self._loop.create_task(work)
            tasks.append(task)
            task.add_done_callback(lambda _: here.call_soon_threadsafe(_pass_on, task, done))

        self._loop.call_soon_threadsafe(begin)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:

            def cancel() -> None:
                # Behind its first step: a coroutine that never began could not clean up.
                self._loop.call_soon(tasks[0].cancel)

            self._loop.call_soon_threadsafe(cancel)
            await asyncio.wait({done})
            raise


def _pass_on(task: asyncio.Task[T], done: asyncio.Future[T]) -> None:
    if task.cancelled():
        done.cancel()
    elif error := task.exception():
        done.set_exception(error)
    else:
        done.set_result(task.result())
