"""A tool's time limit: tools block, and a thread cannot be ended from outside."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Concatenate, ParamSpec, TypeVar

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

_left_alone: set["Future[object]"] = set()


class ToolTimeout(ResearchError):
    """{tool} took longer than {seconds:g} s. Raise RESEARCH_TOOL_TIMEOUT, or try again later."""


class ToolsStuck(ResearchError):
    """{tool} was not used: {number} uses of tools before it have not come back yet."""


def limited(
    use: Callable[Concatenate[Tool, P], Coroutine[Any, Any, str]],
) -> Callable[Concatenate[Tool, P], Coroutine[Any, Any, str | ToolFailure]]:
    """Gives a tool's `_arun` the time limit: passing it is the tool's answer to the agent."""

    @functools.wraps(use)
    async def within(self: Tool, /, *args: P.args, **kwargs: P.kwargs) -> str | ToolFailure:
        seconds = settings.RESEARCH_TOOL_TIMEOUT
        if len(stuck := _stuck()) >= MOST_LEFT_ALONE:
            return failed(ToolsStuck(tool=self.name, number=len(stuck)))
        try:
            async with asyncio.timeout(seconds) as limit:
                return await use(self, *args, **kwargs)
        except TimeoutError:
            if not limit.expired():  # the tool's own
                raise
        return failed(ToolTimeout(tool=self.name, seconds=seconds))

    return within


def failed(error: ResearchError) -> ToolFailure:
    """A tool's answer that says what went wrong.

    Returned, since CrewAI calls a tool that raises up to three times.
    """
    return ToolFailure(message=f"Error executing tool: {error}")


def _stuck() -> set["Future[object]"]:
    _left_alone.difference_update([use for use in _left_alone if use.done()])
    return _left_alone


async def from_thread(work: "Future[T]") -> T:
    """What work in a thread returns; what has not begun when nobody waits any more never does."""
    try:
        return await asyncio.wrap_future(work)
    except asyncio.CancelledError:
        if not work.done():
            _left_alone.add(work)  # type: ignore[arg-type]
        raise
