"""A search of the web: which engines are asked, and what becomes of one that fails."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings

from research.sources.engines import ENGINES
from research.sources.exceptions import NoEngineAnswered, NothingCovers
from research.sources.loop import there
from research.sources.web_search import Found, WebSearch
from research.sources.where import Where
from tests.support.engines import ANSWERS, KEY, NOTHING, Answer, EngineServer

Started = Callable[..., dict[str, EngineServer]]


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[Started]:
    """Names the engines of the site, each with a server of its own: `engines("brave", "exa")`."""
    started: list[EngineServer] = []

    def start(*names: str, width: int = 1, per_minute: int = 10_000) -> dict[str, EngineServer]:
        settings.RESEARCH_SEARCH = list(names)
        settings.RESEARCH_SEARCH_WIDTH = width
        settings.RESEARCH_SEARCH_PER_MINUTE = dict.fromkeys(names, per_minute)
        servers = {}
        for name in names:
            servers[name] = EngineServer()
            servers[name].answer = Answer(body=ANSWERS[name])
            started.append(servers[name])
            if ENGINES[name].key.endswith("_KEY"):
                monkeypatch.setenv(ENGINES[name].key, KEY)
            monkeypatch.setenv(ENGINES[name].variable, servers[name].url)
        return servers

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def web() -> WebSearch:
    return WebSearch()


class Told(list[dict[str, Any]]):
    def __call__(self, **told: Any) -> None:
        self.append(told)


def organic(*links: str) -> Answer:
    """Serper's answer with these results."""
    return Answer(
        body={"organic": [{"title": "t", "link": link, "snippet": "s"} for link in links]}
    )


async def search(web: WebSearch, where: Where | None = None, tell: Any = None) -> Found:
    return await there(web.search("bees", where or Where(), tell=Told() if tell is None else tell))


async def test_the_first_engine_is_asked(engines: Started, web: WebSearch) -> None:
    servers = engines("brave", "exa")
    [found] = (await search(web)).results
    assert found.engines == ("brave",)
    assert servers["exa"].asked == []


async def test_as_many_as_wanted_are_asked_and_merged(engines: Started, web: WebSearch) -> None:
    servers = engines("wikipedia", "searxng", "exa", width=2)
    found = (await search(web)).results
    assert {each.engines for each in found} == {("wikipedia",), ("searxng",)}
    assert servers["exa"].asked == []


async def test_the_next_is_asked_instead_of_one_that_refuses(
    engines: Started, web: WebSearch
) -> None:
    servers, told = engines("brave", "exa"), Told()
    servers["brave"].answer = Answer(429, {}, {"Retry-After": "40"})
    [found] = (await search(web, tell=told)).results
    assert found.engines == ("exa",)
    [event] = told
    assert event["note"] == (
        "Brave takes no more searches for now: its rate limit is used up. Exa is asked instead."
    )
    assert (event["engine"], event["reason"], event["seconds"], event["instead"]) == (
        *("brave", "rate_limited", 40, "exa"),
    )


async def test_a_refusal_holds_for_all_crews(engines: Started, web: WebSearch) -> None:
    """Two hundred searches at once meet as many refusals as were under way, and no more."""
    servers = engines("brave", "exa", per_minute=100_000)
    servers["brave"].answer = Answer(429, {}, {"Retry-After": "40"})
    await search(web)
    found = await asyncio.gather(*(search(web) for _ in range(200)))
    assert len(servers["brave"].asked) == 1
    assert all(each.results[0].engines == ("exa",) for each in found)


async def test_a_burst_does_not_get_a_free_engine_blocked(engines: Started, web: WebSearch) -> None:
    servers = engines("duckduckgo", "exa", per_minute=4)
    servers["exa"].answer = Answer(body=ANSWERS["exa"])
    web.limiter(ENGINES["exa"])._per_minute = 100_000
    found = await asyncio.gather(*(search(web) for _ in range(50)))
    assert len(servers["duckduckgo"].asked) <= 4 and servers["duckduckgo"].most_at_once == 1
    assert all(each.results for each in found)


async def test_an_engine_bears_so_many_at_once(engines: Started, web: WebSearch) -> None:
    servers = engines("wikipedia")
    web.limiter(ENGINES["wikipedia"])._slots = asyncio.Semaphore(3)
    together = threading.Barrier(3, timeout=20)
    answer = servers["wikipedia"].answer

    def three_by_three(handler: Any) -> None:
        together.wait()
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'{"batchcomplete": true}')

    servers["wikipedia"].answer = Answer(act=three_by_three)
    await asyncio.gather(*(search(web) for _ in range(9)))
    assert servers["wikipedia"].most_at_once == 3 and answer


async def test_where_all_fail_each_says_why(engines: Started, web: WebSearch) -> None:
    servers = engines("serper", "tavily")
    servers["serper"].answer = Answer(403, {"message": "Unauthorized."})
    servers["tavily"].answer = Answer(432, {})
    with pytest.raises(NoEngineAnswered) as refused:
        await search(web)
    assert "Serper refused its key: check SERPER_API_KEY" in str(refused.value)
    assert "Tavily is out of credit" in str(refused.value)


async def test_an_engine_that_has_nothing_is_no_end(engines: Started, web: WebSearch) -> None:
    servers = engines("wikipedia", "exa")
    servers["wikipedia"].answer = Answer(body=NOTHING["wikipedia"])
    assert (await search(web)).results[0].engines == ("exa",)


async def test_where_none_has_anything_that_is_the_answer(engines: Started, web: WebSearch) -> None:
    servers = engines("wikipedia", "exa")
    for name, server in servers.items():
        server.answer = Answer(body=NOTHING[name])
    assert await search(web) == Found()


async def test_one_of_several_that_fails_leaves_the_others_answers(
    engines: Started, web: WebSearch
) -> None:
    servers = engines("brave", "exa", width=2)
    servers["brave"].answer = Answer(body="<html>an outage</html>")
    assert [each.engines for each in (await search(web)).results] == [("exa",)]


async def test_an_engine_without_its_key_is_not_asked(
    engines: Started, web: WebSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = engines("brave", "exa")
    monkeypatch.delenv("BRAVE_API_KEY")
    assert (await search(web)).results[0].engines == ("exa",)
    assert servers["brave"].asked == []


async def test_results_are_kept_to_the_sites(engines: Started, web: WebSearch) -> None:
    """Whatever the engine makes of what it was told."""
    engines("serper")["serper"].answer = organic(
        *(
            "https://a.example.org/x",
            "https://example.org.evil.example/",
            "https://example.org/no/1",
        ),
        *("https://notexample.org/", "https://example.org/nose", "https://example.org:8443/z"),
    )
    found = await search(web, Where.parse(sites=["example.org"], not_sites=["example.org/no"]))
    assert sorted(each.url for each in found.results) == [
        "https://a.example.org/x",
        "https://example.org/nose",
        "https://example.org:8443/z",
    ]
    assert found.not_allowed == 3


async def test_old_results_are_left_out_and_those_without_a_day_stay(
    engines: Started, web: WebSearch
) -> None:
    engines("serper")
    found = await search(web, Where(since=date(2025, 6, 1)))
    assert [each.published for each in found.results] == [None] and found.too_old == 1


async def test_an_engine_of_other_sites_is_not_asked(engines: Started, web: WebSearch) -> None:
    servers = engines("wikipedia", "arxiv")
    with pytest.raises(NothingCovers):
        await search(web, Where.parse(sites=["example.org"]))
    found = await search(web, Where.parse(sites=["en.wikipedia.org"]))
    assert len(found.results) == 2 and servers["arxiv"].asked == []


async def test_a_search_that_nobody_waits_for_is_not_made(engines: Started, web: WebSearch) -> None:
    servers = engines("wikipedia", per_minute=1)
    await search(web)
    waiting = asyncio.create_task(search(web))
    told = Told()
    also = asyncio.create_task(search(web, tell=told))
    while not told:
        await asyncio.sleep(0.01)
    for task in (waiting, also):
        task.cancel()
    await asyncio.gather(waiting, also, return_exceptions=True)
    assert "Wikipedia, which takes few searches a minute" in told[0]["note"]
    assert len(servers["wikipedia"].asked) == 1


def test_without_a_key_and_a_name_no_engine_is_there(settings: LazySettings) -> None:
    from research.sources import engines as all_engines

    settings.RESEARCH_SEARCH = []
    assert all_engines.named() == []


def test_a_key_brings_its_engine(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    from research.sources import engines as all_engines

    settings.RESEARCH_SEARCH = []
    monkeypatch.setenv("TAVILY_API_KEY", KEY)
    monkeypatch.setenv("BRAVE_API_KEY", KEY)
    assert [each.name for each in all_engines.ready()] == ["brave", "tavily"]
