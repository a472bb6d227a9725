"""Tools of MCP servers, called over real HTTP, SSE and stdio: what goes wrong is that call's."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from research.sources import loop
from research.sources.mcp.answers import Answer, address_of
from research.sources.mcp.contract import Connection, Limits, Listed, RemoteTool
from research.sources.mcp.exceptions import (
    Answered,
    AnswerTooLarge,
    CannotReach,
    DoesNotStart,
    LetsNobodyIn,
    Redirects,
    Slow,
    SpeaksNoMCP,
    TakesNoMore,
    ToolChanged,
    ToolFailed,
    WasLost,
)
from research.sources.mcp.servers import Servers, list_tools
from tests.support.mcp_server import HttpServer
from tests.support.mcp_tools import BEES
from tests.support.patience import patient
from tests.support.waiting import until

SECRET = "geheim-0123456789abcdef"
PLENTY = Limits(10_000, 50)


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with HttpServer() as server:
        yield server


@pytest.fixture
def http(server: HttpServer) -> Iterator[Connection]:
    yield Connection("docs", "http", server.url, {"Authorization": f"Bearer {SECRET}"})
    server.faults = {}


@pytest.fixture(scope="module")
def stdio() -> Connection:
    command = ("-m", "tests.support.mcp_tools")
    env = {"API_TOKEN": SECRET}
    return Connection("docs", "stdio", command=sys.executable, args=command, env=env)


class Calls:
    """Calls as crews make them; the servers are a process's own."""

    def __init__(self) -> None:
        self.servers = Servers()
        self.told: list[str] = []
        self._known: dict[str, dict[str, Listed]] = {}

    async def __call__(
        self,
        connection: Connection,
        tool: str,
        limits: Limits = PLENTY,
        **arguments: Any,
    ) -> Answer:
        if connection.key not in self._known:
            self._known[connection.key] = {t.name: t for t in (await list_tools(connection)).tools}
        known = RemoteTool(connection, self._known[connection.key][tool], limits)
        return await loop.there(
            self.servers.call(known, arguments, lambda **told: self.told.append(told["note"]))
        )


@pytest.fixture
async def call() -> AsyncIterator[Calls]:
    calls = Calls()
    yield calls
    for kept in calls.servers._kept.values():
        if kept._session:
            kept._session._closing.set()


async def test_tools_are_listed_and_called_with_what_the_server_wants_to_know(
    call: Calls, http: Connection, server: HttpServer
) -> None:
    [piece] = (await call(http, "lookup", query="bees", tags=["a"])).pieces
    assert piece.title == "docs: lookup “bees”"
    assert piece.url == "mcp:docs/lookup?query=bees&tags=%5B%22a%22%5D"
    assert piece.text == f"On bees: {BEES} (limit 3, tags ['a'])"
    assert server.headers["authorization"] == f"Bearer {SECRET}"


async def test_pages_in_an_answer_are_sources_of_their_own(call: Calls, http: Connection) -> None:
    pages = (await call(http, "pages", query="bees")).pieces
    assert [(page.title, page.url) for page in pages] == [
        ("Bees", "https://example.org/bees"),
        ("Wasps", "https://example.com/wasps"),
    ]
    pieces = (await call(http, "file")).pieces
    assert [piece.url for piece in pieces] == ["mcp:docs/file", "https://example.org/file"]


async def test_what_is_left_out_is_told(call: Calls, http: Connection) -> None:
    drawn = await call(http, "picture")
    assert drawn.pieces[0].text == "A picture of a bee."
    assert drawn.left_out == ("an image (image/png)",)
    long = await call(http, "huge", characters=50_000)
    assert len(long.pieces[0].text) == 20_000
    assert long.left_out == ("30,000 more characters; ask for less",)


async def test_names_and_answers_of_any_script_come_through(call: Calls, http: Connection) -> None:
    [piece] = (await call(http, "naïve.поиск", query="ж")).pieces
    assert piece.text == "Пчёлы: ж 🐝" and piece.url.isascii()


def test_an_address_of_a_call_is_short_and_its_own() -> None:
    long, other = (address_of("s", "t", {"query": "x" * 5000 + end}) for end in "ab")
    assert len(long) < 300 and long != other


async def test_a_failure_of_a_tool_is_told_in_its_own_words(call: Calls, http: Connection) -> None:
    with pytest.raises(ToolFailed, match=r"the tool fails failed.*There is no wasp"):
        await call(http, "fails", query="wasp")
    with pytest.raises(ToolFailed, match="query"):
        await call(http, "lookup")


FAULTS: list[tuple[type[Exception], str, tuple[int, str, bytes, dict[str, str]]]] = [
    (SpeaksNoMCP, "a web page", (200, "text/html", b"<html>Hello", {})),
    (SpeaksNoMCP, "no JSON", (200, "text/plain", b"Hello", {})),
    (SpeaksNoMCP, "no message of MCP", (200, "application/json", b'{"jsonrpc": ', {})),
    (SpeaksNoMCP, "no message of MCP", (200, "application/json", b'["bees"]', {})),
    (
        SpeaksNoMCP,
        "not the answer",
        (200, "application/json", b'{"jsonrpc": "2.0", "id": 999, "result": {}}', {}),
    ),
    (SpeaksNoMCP, "ended without", (200, "text/event-stream", b"event: message\ndata: {\n\n", {})),
    (SpeaksNoMCP, "ended without", (200, "text/event-stream", b"", {})),
    (SpeaksNoMCP, "compressed", (200, "application/json", b"x", {"content-encoding": "gzip"})),
    (Answered, "status 500", (500, "text/plain", b"x", {})),
    (LetsNobodyIn, "status 401", (401, "application/json", b"{}", {})),
    (TakesNoMore, "rate limit", (429, "text/plain", b"", {"retry-after": "2"})),
    (
        Redirects,
        r"redirects to http://169\.254\.169\.254/latest, which is not followed",
        (307, "text/plain", b"", {"location": "http://169.254.169.254/latest?key=x"}),
    ),
]


@pytest.mark.parametrize(("error", "words", "fault"), FAULTS)
async def test_whatever_answers_fails_the_call_alone(
    call: Calls, http: Connection, server: HttpServer, error: Any, words: str, fault: Any
) -> None:
    before = server.asked["tools/call"]
    slow = asyncio.create_task(call(http, "slow", seconds=0.3))

    async def is_called() -> bool:
        return server.asked["tools/call"] > before

    await until(is_called)
    server.faults = {"tools/call": fault}
    with pytest.raises(error, match=words) as failure:
        await call(http, "version")
    assert SECRET not in str(failure.value) and "?key" not in str(failure.value)
    assert (await slow).pieces[0].text == "At last."


async def test_an_answer_has_an_end(call: Calls, http: Connection) -> None:
    with pytest.raises(AnswerTooLarge, match="more than 4 MB"):
        await call(http, "huge", characters=5_000_000)


async def test_a_slow_tool_is_given_up_and_the_others_answer(
    call: Calls, http: Connection, settings: Any
) -> None:
    settings.RESEARCH_TOOL_TIMEOUT = patient(0.3)
    with pytest.raises(Slow, match="did not answer within"):
        await call(http, "slow", seconds=patient(60))
    assert (await call(http, "version")).pieces


async def test_a_call_that_nobody_waits_for_is_withdrawn(
    call: Calls, http: Connection, server: HttpServer
) -> None:
    await call(http, "version")
    before = server.asked["tools/call"]
    task = asyncio.create_task(call(http, "slow", seconds=patient(60)))

    async def is_called() -> bool:
        return server.asked["tools/call"] > before

    async def is_withdrawn() -> bool:
        return server.asked["notifications/cancelled"] > 0

    await until(is_called)
    task.cancel()
    await until(is_withdrawn)
    assert (await call(http, "version")).pieces


async def test_two_hundred_calls_share_a_session(
    call: Calls, http: Connection, server: HttpServer
) -> None:
    await call(http, "version")
    before = server.asked["initialize"]
    answers = await asyncio.gather(*(call(http, "lookup", query=str(n)) for n in range(200)))
    assert {answer.pieces[0].text.split(":")[0] for answer in answers} == {
        f"On {n}" for n in range(200)
    }
    assert server.asked["initialize"] == before


async def test_a_server_that_was_away_is_called_again(call: Calls) -> None:
    with HttpServer() as server:
        known = Connection("away", "http", server.url)
        assert (await call(known, "version")).pieces
        server.restart()  # it has forgotten the session
        assert (await call(known, "version")).pieces
    with pytest.raises(CannotReach):
        await call(known, "version")
    with pytest.raises(Exception, match=r"is not asked for 10 s: .* cannot be reached"):
        await call(known, "version")  # all crews wait, and none waits for its time limit


async def test_a_tool_that_is_not_as_it_was_is_not_called(call: Calls) -> None:
    with HttpServer() as server:
        known = Connection("changing", "http", server.url)
        await call(known, "lookup", query="x")
        await call(known, "changes")
        with pytest.raises(ToolChanged, match="it takes other arguments"):
            await call(known, "lookup", query="x")


async def test_calls_within_a_minute_are_as_many_as_the_server_bears(
    call: Calls, http: Connection
) -> None:
    limits = Limits(2, 2)
    await call(http, "version", limits)
    await call(http, "version", limits)
    third = asyncio.create_task(call(http, "version", limits))

    async def is_told() -> bool:
        return bool(call.told)

    await until(is_told)
    assert "waits about" in call.told[0] and "takes few calls a minute" in call.told[0]
    third.cancel()


async def test_server_sent_events_are_spoken_too(call: Calls) -> None:
    with HttpServer("sse") as server:
        known = Connection("old", "sse", server.url, {"X-Key": SECRET})
        assert (await call(known, "lookup", query="bees")).pieces[0].text.startswith("On bees")
        assert server.headers["x-key"] == SECRET


async def test_a_command_is_started_once_and_knows_only_its_own_environment(
    call: Calls, stdio: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "the site's own")
    [piece] = (await call(stdio, "secrets")).pieces
    assert piece.text == "[hidden] none"
    both = await asyncio.gather(*(call(stdio, "lookup", query=word) for word in "ab"))
    assert [answer.pieces[0].text[:4] for answer in both] == ["On a", "On b"]


async def test_a_command_that_ends_fails_its_call_and_is_started_again(
    call: Calls, stdio: Connection
) -> None:
    assert (await call(stdio, "version")).pieces
    with pytest.raises(WasLost, match="lost during the call"):
        await call(stdio, "dies")
    assert (await call(stdio, "version")).pieces


@pytest.mark.parametrize(
    ("command", "args", "words"),
    [
        ("no-such-program", (), "does not start: .*No such file"),
        (sys.executable, ("-m", "tests.support.mcp_tools", "--broken"), "No module named 'manual'"),
    ],
)
async def test_a_command_that_does_not_start_says_why(
    command: str, args: tuple[str, ...], words: str
) -> None:
    with pytest.raises(DoesNotStart, match=words):
        await list_tools(Connection("broken", "stdio", command=command, args=args))
