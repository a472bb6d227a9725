"""A site whose crews search the web: refusals are told, sources kept, the run's choice held."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.engines import BRAVE, KEY, SERPER, Answer, EngineServer
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of

SEARCH = {"name": "search_web", "arguments": {"query": "bees"}}
TOPICS = [f"bees {number}" for number in range(12)]


@pytest.fixture
def servers() -> Iterator[dict[str, EngineServer]]:
    servers = {name: EngineServer() for name in ("brave", "serper")}
    servers["brave"].answer = Answer(body=BRAVE)
    servers["serper"].answer = Answer(body=SERPER)
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture
def searching(
    make_site: Callable[..., Site], servers: dict[str, EngineServer], provider: ScriptedProvider
) -> Site:
    provider.script(tool_calls=[SEARCH], answer="They tell where flowers are. [1]")
    return make_site(
        RESEARCH_SEARCH="brave,serper",
        RESEARCH_SEARCH_WIDTH="1",
        RESEARCH_SEARCH_PER_MINUTE="brave=10000,serper=10000",
        BRAVE_API_KEY=KEY,
        BRAVE_BASE_URL=servers["brave"].url,
        SERPER_API_KEY=KEY,
        SERPER_BASE_URL=servers["serper"].url,
    )


def test_one_engine_s_refusal_is_told_and_the_next_is_asked(
    searching: Site, servers: dict[str, EngineServer]
) -> None:
    servers["brave"].answer = Answer(429, {}, {"Retry-After": "300"})
    run = searching.result(searching.submit("bees first")["id"])
    assert run["status"] == "succeeded", run
    [trouble] = [e for e in events_of(searching, run["id"]) if e["kind"] == "search.trouble"]
    assert (trouble["data"]["engine"], trouble["data"]["instead"]) == ("brave", "serper")
    assert "Serper is asked instead" in trouble["data"]["note"]
    later = searching.result(searching.submit(*TOPICS)["id"])
    assert later["status"] == "succeeded", later
    assert len(servers["brave"].asked) == 1  # nobody asks again
    assert KEY not in searching.get(f"/api/runs/{run['id']}/events").text + searching.log


def test_a_run_keeps_where_it_looked_and_sees_nothing_else(
    searching: Site, servers: dict[str, EngineServer]
) -> None:
    asked = {"where": "web", "not_sites": ["example.org"], "since": "2024-01-01"}
    servers["brave"].answer = Answer(503)
    run = searching.result(searching.submit("bees", **asked)["id"])
    assert {name: run[name] for name in asked} == asked
    [source] = run["topics"][0]["sources"]
    assert source["url"] == "https://old.example.com/"
    path = f"/api/runs/{run['id']}/topics/1/sources/1"
    assert searching.get(path).json()["origin"] == {
        "kind": "search",
        "engine": "serper",
        "query": "bees",
        "published": None,
    }
