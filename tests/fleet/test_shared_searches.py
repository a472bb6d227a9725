"""What workers that share a Redis share of search engines: a minute's requests, and refusals."""

import asyncio

from research.engine.limits.searches import MCP_CHANNEL, SharedSearches
from research.sources.engines import ENGINES
from research.sources.mcp.contract import Connection, Limits
from research.sources.mcp.servers import Servers
from research.sources.web_search import WebSearch
from tests.support.servers import Redis
from tests.support.waiting import until


async def test_a_minute_s_requests_are_counted_together(redis: Redis) -> None:
    workers = [SharedSearches(redis.url, WebSearch().hold) for _ in range(2)]
    waits = await asyncio.gather(*(worker.take("Brave", 6) for worker in workers * 10))
    assert waits.count(0) <= 6 and any(waits)
    assert await workers[0].take("Exa", 6) == 0
    for worker in workers:
        await worker.close()


async def test_one_worker_s_refusal_holds_the_others(redis: Redis, settings, monkeypatch) -> None:
    settings.RESEARCH_SEARCH = ["wikipedia", "arxiv"]
    searches = [WebSearch(), WebSearch()]
    one, other = (SharedSearches(redis.url, each.hold) for each in searches)

    async def is_held() -> bool:
        one.tell("Wikipedia", 300.0)
        return searches[1].limiter(ENGINES["wikipedia"]).refusal is not None

    await until(is_held)
    assert searches[1].limiter(ENGINES["arxiv"]).refusal is None
    for worker in (one, other):
        await worker.close()


async def test_mcp_servers_are_shared_like_engines(redis: Redis) -> None:
    others = Servers()
    limiter = others._limiter(Connection("docs", "http"), Limits(6))
    hear = (Servers().hold, others.hold)
    workers = [SharedSearches(redis.url, each, MCP_CHANNEL, "mcp") for each in hear]
    title = Connection("docs", "http").title
    waits = await asyncio.gather(*(worker.take(title, 6) for worker in workers * 10))
    assert waits.count(0) <= 6 and any(waits)

    async def is_held() -> bool:
        workers[0].tell(title, 300.0)
        return limiter.refusal is not None

    await until(is_held)
    for worker in workers:
        await worker.close()
