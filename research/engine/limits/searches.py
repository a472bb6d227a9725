"""Limits of search engines and MCP servers over all workers that share a Redis.

There is one line, and one refusal, for all of them.
"""

import functools
from collections.abc import Callable

from django.conf import settings

from research.engine.limits.clock import Clock
from research.runs.models import Limit
from research.sources.mcp.servers import servers
from research.sources.web_search import web_search

CHANNEL = "research:search-refusals"
MCP_CHANNEL = "research:mcp-refusals"
PERIOD = 61  # seconds of an engine's minute, as of a plan's


class SharedSearches:
    """The `research.sources.limiter.Others` of a worker; of the sources' loop, and used only there.

    While Redis is away, each worker keeps the limits and meets the refusals by itself.
    """

    def __init__(
        self,
        redis_url: str,
        hear: Callable[[str, float], None],
        channel: str = CHANNEL,
        what: str = "search",
    ) -> None:
        """`hear(name, seconds)` is told of others' refusals; `what` is what the limits are of."""
        from research.engine.limits.refusals import Refusals  # takes a while to load, as does this:
        from research.engine.limits.windows import Windows

        self._windows = Windows(redis_url, PERIOD, Clock())
        self._refusals = Refusals(redis_url, hear, channel)
        self._what = what

    async def take(self, engine: str, per_minute: int) -> float:
        return await self._windows.take(
            [(Limit("requests", f"{self._what} {engine}", per_minute), 1)]
        )

    def tell(self, engine: str, seconds: float) -> None:
        self._refusals.tell(engine, seconds)

    async def close(self) -> None:
        await self._windows.close()
        await self._refusals.close()


def share_searches() -> None:
    """This process's searches and calls keep to what others took and were refused, by Redis."""
    if url := settings.REDIS_URL:
        web_search.share(functools.cache(lambda: SharedSearches(url, web_search.hold)))
        servers.share(
            functools.cache(lambda: SharedSearches(url, servers.hold, MCP_CHANNEL, "mcp"))
        )
