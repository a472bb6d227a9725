"""Search engines' limits over all workers that share a Redis: one line and one refusal for all."""

import functools

from django.conf import settings

from research.engine.limits.clock import Clock
from research.runs.models import Limit
from research.sources.web_search import WebSearch, web_search

CHANNEL = "research:search-refusals"
PERIOD = 61  # seconds of an engine's minute, as of a plan's


class SharedSearches:
    """The `research.sources.limiter.Others` of a worker; of the sources' loop, and used only there.

    While Redis is away, each worker keeps the limits and meets the refusals by itself.
    """

    def __init__(self, redis_url: str, searches: WebSearch) -> None:
        from research.engine.limits.refusals import Refusals  # takes a while to load, as does this:
        from research.engine.limits.windows import Windows

        self._windows = Windows(redis_url, PERIOD, Clock())
        self._refusals = Refusals(redis_url, searches.hold, CHANNEL)

    async def take(self, engine: str, per_minute: int) -> float:
        return await self._windows.take([(Limit("requests", f"search {engine}", per_minute), 1)])

    def tell(self, engine: str, seconds: float) -> None:
        self._refusals.tell(engine, seconds)

    async def close(self) -> None:
        await self._windows.close()
        await self._refusals.close()


def share_searches() -> None:
    """This process's searches keep to what others took and were refused, where there is a Redis."""
    if settings.REDIS_URL:
        web_search.share(functools.cache(lambda: SharedSearches(settings.REDIS_URL, web_search)))
