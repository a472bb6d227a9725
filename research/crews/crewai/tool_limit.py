"""A tool's time limit: tools block, and a thread cannot be ended from outside."""

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from django.conf import settings

from research.exceptions import ResearchError

T = TypeVar("T")


class ToolTimeout(ResearchError):
    """{tool} took longer than {seconds:g} s. Raise RESEARCH_TOOL_TIMEOUT, or try again later."""


def within_limit(use: Callable[[], T], tool: str) -> T:
    """Uses a tool in a thread of its own, which is left alone when it takes too long.

    Blocks, so call it in a worker thread. Raises ToolTimeout.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(use())
        except BaseException as error:  # noqa: BLE001 raised again where it is waited for
            outcome.set_exception(error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name=f"tool {tool}", daemon=True).start()
    try:
        return outcome.result(settings.RESEARCH_TOOL_TIMEOUT)
    except TimeoutError:
        if outcome.done():  # the tool's own
            raise
    raise ToolTimeout(tool=tool, seconds=settings.RESEARCH_TOOL_TIMEOUT)
