"""Questions to the database that many watchers ask at once."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

from asgiref.sync import SyncToAsync
from channels.db import database_sync_to_async

T = TypeVar("T")
_requests_thread: ContextVar[Any] = SyncToAsync.thread_sensitive_context


async def ask(question: Callable[..., T], *about: Any) -> T:
    """What `question(*about)` answers, in the database's thread.

    One that still waits for its turn is asked for all who come by then: five hundred watchers who
    open ten runs ask for each run a few times. Nobody gets an answer from before they asked.
    """
    key = (asyncio.get_running_loop(), question, about)

    def answer() -> T:
        _waiting.pop(key, None)
        return question(*about)

    if key not in _waiting:
        context = copy_context()
        context.run(_requests_thread.set, None)  # it ends with the request, others may wait longer
        _waiting[key] = asyncio.create_task(database_sync_to_async(answer)(), context=context)
    found: T = await asyncio.shield(_waiting[key])  # one who leaves takes it from nobody
    return found


_waiting: dict[Any, "asyncio.Task[Any]"] = {}
