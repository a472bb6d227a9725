"""Each search engine, asked over HTTP: what it is sent, and what is made of what it answers."""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from research.sources.engines import ENGINES, Query, asking
from research.sources.exceptions import EngineFailed
from research.sources.loop import there
from tests.support.engines import ANSWERS, CAPTCHA, KEY, NOTHING, Answer, EngineServer

ALL = list(ENGINES)
WITH_KEY = ["serper", "brave", "tavily", "exa"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineServer]:
    """The address of all engines, each with a key."""
    server = EngineServer()
    for engine in ENGINES.values():
        if engine.key.endswith("_KEY"):
            monkeypatch.setenv(engine.key, KEY)
        monkeypatch.setenv(engine.variable, server.url)
    yield server
    server.stop()


async def ask(name: str, text: str = "bees", **more: Any) -> Any:
    return await there(ENGINES[name].search(Query(text, **more)))


async def refusal(name: str) -> EngineFailed:
    with pytest.raises(EngineFailed) as refused:
        await ask(name)
    return refused.value


@pytest.mark.parametrize("name", ALL)
async def test_results_are_title_address_snippet_and_day(server: EngineServer, name: str) -> None:
    server.answer = Answer(body=ANSWERS[name])
    first, *_ = await ask(name)
    assert "dance" in first.title and "flowers" in first.snippet
    assert first.url.startswith("https://") and "<" not in first.title + first.snippet
    is_undated = name in ("wikipedia", "duckduckgo")
    assert first.published == (None if is_undated else date(2025, 1, 31))


@pytest.mark.parametrize("name", ALL)
async def test_nothing_found_is_an_answer(server: EngineServer, name: str) -> None:
    server.answer = Answer(body=NOTHING[name])
    assert await ask(name) == []


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "body", ["", "[1, 2", "<html><body>Sign in</body></html>", "null", "[]", '"text"', "{" * 9000]
)
async def test_junk_is_an_error_that_says_so(server: EngineServer, name: str, body: str) -> None:
    """DuckDuckGo's answers are pages, so one without results has none."""
    server.answer = Answer(body=body)
    if name == "duckduckgo":
        assert await ask(name) == []
    else:
        assert "something that is not search results" in str(await refusal(name))


JUNK: list[Any] = [
    {"organic": 5, "web": 5, "results": 5, "query": 5},
    {"organic": "x", "web": {"results": "x"}, "results": {"a": 1}, "query": {"pages": 3}},
]
ODD = [None, 7, {"title": None, "url": 5, "link": ["a"]}, {"url": "javascript:alert(1)"}]


@pytest.mark.parametrize("name", ["serper", "brave", "tavily", "exa", "searxng", "openalex"])
@pytest.mark.parametrize("body", JUNK)
async def test_an_answer_of_another_shape_is_refused(
    server: EngineServer, name: str, body: Any
) -> None:
    server.answer = Answer(body=body)
    assert "not search results" in str(await refusal(name))


@pytest.mark.parametrize("name", ["serper", "brave", "tavily", "exa", "searxng", "openalex"])
async def test_a_result_that_leads_nowhere_is_left_out(server: EngineServer, name: str) -> None:
    server.answer = Answer(
        body={"organic": ODD, "web": {"results": ODD}, "results": ODD, "query": {"pages": ODD}}
    )
    assert await ask(name) == []


REFUSALS: list[tuple[str, int, Any, str]] = [
    ("serper", 403, {"message": "Unauthorized.", "statusCode": 403}, "key_refused"),
    ("serper", 400, {"message": "Not enough credits", "statusCode": 400}, "out_of_credit"),
    ("serper", 429, {"message": "Too many requests"}, "rate_limited"),
    (
        "brave",
        422,
        {
            "type": "ErrorResponse",
            "error": {
                "code": "SUBSCRIPTION_TOKEN_INVALID",
                "detail": "The provided subscription token is invalid.",
                "status": 422,
            },
        },
        "key_refused",
    ),
    ("brave", 429, {"error": {"code": "RATE_LIMITED", "detail": "Rate"}}, "rate_limited"),
    ("brave", 402, {"error": {"code": "USAGE_LIMIT_EXCEEDED"}}, "out_of_credit"),
    (
        "tavily",
        401,
        {"detail": {"error": "Unauthorized: missing or invalid API key."}},
        "key_refused",
    ),
    ("tavily", 432, {"detail": {"error": "This request exceeds your plan's"}}, "out_of_credit"),
    ("tavily", 433, {"detail": {"error": "pay-as-you-go limit"}}, "out_of_credit"),
    ("exa", 401, {"error": "Invalid API key", "tag": "INVALID_API_KEY"}, "key_refused"),
    ("exa", 402, {"error": "No more credits", "tag": "NO_MORE_CREDITS"}, "out_of_credit"),
    ("searxng", 403, "<html>Forbidden</html>", "no_json"),
    ("searxng", 429, "<html>Too Many Requests</html>", "rate_limited"),
    (
        "searxng",
        200,
        {"query": "x", "results": [], "unresponsive_engines": [["wikipedia", "timeout"]]},
        "not_all_answered",
    ),
    ("wikipedia", 403, "<html>Please set a user-agent</html>", "blocked"),
    ("arxiv", 503, "<html>Retry</html>", "had_an_error"),
    ("openalex", 429, {"error": "Rate limit exceeded", "message": "Rate"}, "rate_limited"),
    ("duckduckgo", 202, CAPTCHA, "blocked"),
    ("duckduckgo", 200, CAPTCHA, "blocked"),
    ("duckduckgo", 403, "<html>no</html>", "blocked"),
    ("tavily", 400, {"detail": {"error": "Query is too long."}}, "search_refused"),
    ("exa", 307, "", "search_refused"),
]


@pytest.mark.parametrize(("name", "status", "body", "code"), REFUSALS)
async def test_a_refusal_is_told_apart(
    server: EngineServer, name: str, status: int, body: Any, code: str
) -> None:
    server.answer = Answer(
        status, body, {"Location": "https://example.org/"} if status == 307 else {}
    )
    error = await refusal(name)
    assert error.code == code
    assert error.pause > 0 or code in ("search_refused", "not_all_answered")
    assert ENGINES[name].title in str(error)


async def test_the_time_that_an_engine_asks_for_is_kept_in_mind(server: EngineServer) -> None:
    server.answer = Answer(429, {"message": "slow"}, {"Retry-After": "17"})
    assert (await refusal("serper")).pause == 17
    server.answer = Answer(429, {}, {"X-RateLimit-Reset": "1, 1419704"})
    assert (await refusal("brave")).pause == 1
    server.answer = Answer(503, "", {"Retry-After": "999999"})
    assert (await refusal("arxiv")).pause == 3600


@pytest.mark.parametrize("name", WITH_KEY)
async def test_an_engine_that_repeats_its_key_does_not_show_it(
    server: EngineServer, name: str
) -> None:
    server.answer = Answer(400, {"message": f"the key {KEY} is odd"})
    assert KEY not in str(await refusal(name))


@pytest.mark.parametrize("name", ALL)
async def test_an_engine_that_is_slow_or_away_is_not_waited_for(
    server: EngineServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name != "duckduckgo":  # whose library counts in whole seconds
        monkeypatch.setattr(asking, "SECONDS", 0.2)
        server.answer = Answer(act=lambda handler: time.sleep(1))
        assert (await refusal(name)).code == "too_slow"
    server.stop()
    assert (await refusal(name)).code == "unreachable"


async def test_an_answer_without_end_is_cut_off(
    server: EngineServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MAX_ANSWER", 10_000)
    server.answer = Answer(body=b" " * 1_000_000)
    assert "longer than" in str(await refusal("serper"))


TOLD = {
    "serper": ["cd_min:01/01/2025", "(site:example.org)", "-site:old.example.com", "'hl': 'de'"],
    "brave": ["2025-01-01to", "site:example.org", "-site:old.example.com", "'search_lang': 'de'"],
    "tavily": ["'start_date': '2025-01-01'", "['example.org']", "['old.example.com']"],
    "exa": ["2025-01-01T00:00:00.000Z", "['example.org']", "['old.example.com']"],
    "searxng": ["site:example.org", "-site:old.example.com", "'language': 'de'"],
    "duckduckgo": ["2025-01-01..", "site%3Aexample.org", "-site%3Aold.example.com", "l=de-de"],
    "wikipedia": ["'gsrsearch': 'bees'"],
    "arxiv": ["submittedDate:[202501010000 TO"],
    "openalex": ["from_publication_date:2025-01-01,language:de"],
}


@pytest.mark.parametrize(("name", "wanted"), TOLD.items())
async def test_an_engine_is_told_where_to_look(
    server: EngineServer, name: str, wanted: list[str]
) -> None:
    """As far as it can be told: what it finds beyond that is dropped later."""
    server.answer = Answer(body=NOTHING[name])
    where: dict[str, Any] = {"sites": ("example.org",), "not_sites": ("old.example.com",)}
    await ask(name, language="de", since=date(2025, 1, 1), **where)
    [asked] = server.asked
    told = f"{asked.params} {asked.body}"
    assert [part for part in wanted if part.strip("()") not in told] == []


@pytest.mark.parametrize("name", WITH_KEY)
async def test_a_key_goes_in_a_header(server: EngineServer, name: str) -> None:
    server.answer = Answer(body=NOTHING[name])
    await ask(name)
    [asked] = server.asked
    assert any(KEY in value for value in asked.headers.values())
    assert KEY not in f"{asked.path} {asked.params} {asked.body}"


async def test_an_atom_feed_cannot_grow_by_entities(server: EngineServer) -> None:
    server.answer = Answer(
        body='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>&b;</title></feed>'
    )
    assert "not search results" in str(await refusal("arxiv"))


async def test_wikipedia_is_asked_in_the_language(
    server: EngineServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIKIPEDIA_BASE_URL", f"{server.url}/{{language}}")
    server.answer = Answer(body=NOTHING["wikipedia"])
    await ask("wikipedia", language="pt-BR")
    assert server.asked[0].path == "/pt/w/api.php"
    assert server.asked[0].headers["user-agent"].startswith("Research/")
