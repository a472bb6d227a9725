"""The MCP servers that crews of this process call, each within what it bears."""

import asyncio
import atexit
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from research.sources.exceptions import Held
from research.sources.limiter import Limiter, Others
from research.sources.loop import there, wait_for
from research.sources.mcp.contract import Connection, Limits, Offer, RemoteTool
from research.sources.mcp.exceptions import CannotReach, Slow, ToolChanged, ToolFailed
from research.sources.web_search import LONGEST_WAIT, PATIENCE, Tell

if TYPE_CHECKING:
    from research.sources.mcp.answers import Answer
    from research.sources.mcp.sessions import KeptSession

ENDS_WITHIN = 5.0  # seconds, at the end of the process


class Servers:
    """Sessions and limits, by the servers' names; of the sources' loop, and used only there."""

    def __init__(self, others: Callable[[], Others | None] = lambda: None) -> None:
        self._others = others
        self._limiters: dict[str, tuple[Limits, Limiter]] = {}
        self._kept: dict[str, KeptSession] = {}

    def share(self, others: Callable[[], Others | None]) -> None:
        """Limits hold for other processes, too, from now on."""
        self._others = others

    def hold(self, title: str, seconds: float) -> None:
        """Another process was refused by the server of that title."""
        for _, limiter in self._limiters.values():
            if limiter.name == title:
                limiter.hold(seconds)

    async def call(self, tool: RemoteTool, arguments: dict[str, Any], tell: Tell) -> "Answer":
        """What a tool returns, once it is its turn. Raises EngineFailed."""
        from research.sources.mcp.answers import read_answer  # the library takes a while to load

        connection, name = tool.connection, tool.tool.name
        if tool.trouble:
            raise tool.trouble
        limiter = self._limiter(connection, tool.limits)
        _tell_wait(connection, limiter.seconds(), tell)
        place = limiter.join()
        try:
            async with limiter.turn(place):
                change, result = await self._called(tool, arguments)
                if result is None:
                    raise ToolChanged(connection.title, tool=name, change=change)
        finally:
            place.leave()
        answer = await asyncio.to_thread(read_answer, result, connection, name, arguments)
        if result.isError:
            raise ToolFailed(connection.title, tool=name, words=answer.failure)
        return answer

    async def _called(self, tool: RemoteTool, arguments: dict[str, Any]) -> tuple[str, Any]:
        limit = settings.RESEARCH_TOOL_TIMEOUT
        try:
            async with asyncio.timeout(limit):
                return await self._session(tool.connection).call(tool.tool, arguments, limit)
        except TimeoutError:
            raise Slow(tool.connection.title, limit=limit) from None

    def _session(self, connection: Connection) -> "KeptSession":
        """The server's; another one where it is reached in another way now."""
        from research.sources.mcp.sessions import KeptSession

        kept = self._kept.get(connection.name)
        if kept is None:
            if not self._kept:
                atexit.register(self._end)
        elif kept.connection.key == connection.key:
            return kept
        else:
            kept.end()
        self._kept[connection.name] = KeptSession(connection)
        return self._kept[connection.name]

    def _limiter(self, connection: Connection, limits: Limits) -> Limiter:
        known = self._limiters.get(connection.name)
        if known is None or known[0] != limits:
            limiter = Limiter(
                connection.title,
                limits.per_minute,
                limits.at_once,
                others=lambda: self._others(),
            )
            known = self._limiters[connection.name] = (limits, limiter)
        return known[1]

    def _end(self) -> None:
        """Ends all sessions, and with them the commands that were started."""

        async def end() -> None:
            ends = [task for kept in self._kept.values() if (task := kept.end())]
            if ends:
                await asyncio.wait(ends, timeout=ENDS_WITHIN)

        wait_for(end())


def _tell_wait(connection: Connection, wait: float, tell: Tell) -> None:
    """Raises Held where so many wait that it makes no sense."""
    seconds = math.ceil(wait)
    if seconds > LONGEST_WAIT:
        reason = "so many calls wait for their turn that this one is not made."
        raise Held(connection.title, left=seconds, reason=reason)
    if seconds > PATIENCE:
        note = f"waits about {seconds} s for {connection.title}, which takes few calls a minute"
        tell(
            engine=f"mcp:{connection.name}",
            reason="waiting",
            note=note,
            seconds=seconds,
            instead=None,
        )


async def list_tools(connection: Connection) -> Offer:
    """What a server has, by a session of its own. Raises EngineFailed."""
    from research.sources.mcp.sessions import OPENS_WITHIN, Session

    limit = min(OPENS_WITHIN, settings.RESEARCH_TOOL_TIMEOUT)

    async def ask() -> Offer:
        session = Session(connection, limit)
        try:
            async with asyncio.timeout(limit):
                await session.open()
        except TimeoutError:
            reason = f"it did not answer within {limit:g} s"
            raise CannotReach(connection.title, reason=reason) from None
        finally:
            session.end()
        return session.offer

    return await there(ask())


servers = Servers()
"""Of this process."""
