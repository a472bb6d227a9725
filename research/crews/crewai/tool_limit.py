"""A tool's time limit: tools block, and a thread cannot be ended from outside."""

import contextvars
import functools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings

from research.crews.crewai.quiet_import import quiet_import
from research.exceptions import ResearchError

with quiet_import():
    from crewai.tools import BaseTool
    from crewai.tools.tool_failure import ToolFailure

MOST_LEFT_ALONE = 50  # threads of tools that did not come back in time

T = TypeVar("T")
P = ParamSpec("P")
Tool = TypeVar("Tool", bound=BaseTool)

_left_alone: set[threading.Thread] = set()


class ToolTimeout(ResearchError):
    """{tool} took longer than {seconds:g} s. Raise RESEARCH_TOOL_TIMEOUT, or try again later."""


class ToolsStuck(ResearchError):
    """{tool} was not used: {number} uses of tools before it have not come back yet."""


def limited(
    run: Callable[Concatenate[Tool, P], str],
) -> Callable[Concatenate[Tool, P], str | ToolFailure]:
    """Gives a tool's `_run` the time limit: passing it is the tool's answer to the agent."""

    @functools.wraps(run)
    def within(self: Tool, /, *args: P.args, **kwargs: P.kwargs) -> str | ToolFailure:
        try:
            return within_limit(partial(run, self, *args, **kwargs), self.name)
        except (ToolTimeout, ToolsStuck) as error:
            # Returned, since CrewAI calls a tool that raises up to three times.
            return ToolFailure(message=f"Error executing tool: {error}")

    return within


def within_limit(use: Callable[[], T], tool: str) -> T:
    """Uses a tool in a thread of its own, which is left alone when it takes too long.

    Blocks, so call it in a worker thread. Raises ToolTimeout, and ToolsStuck where too many
    threads are left alone already.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(use())
        except BaseException as error:  # noqa: BLE001 raised again where it is waited for
            outcome.set_exception(error)

    _check_room(tool)
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(run,), name=f"tool {tool}", daemon=True)
    thread.start()
    try:
        return outcome.result(settings.RESEARCH_TOOL_TIMEOUT)
    except TimeoutError:
        if outcome.done():  # the tool's own
            raise
    _left_alone.add(thread)
    raise ToolTimeout(tool=tool, seconds=settings.RESEARCH_TOOL_TIMEOUT)


def _check_room(tool: str) -> None:
    for thread in list(_left_alone):
        if not thread.is_alive():
            _left_alone.discard(thread)
    if len(_left_alone) >= MOST_LEFT_ALONE:
        raise ToolsStuck(tool=tool, number=len(_left_alone))
