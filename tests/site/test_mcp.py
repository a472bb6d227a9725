"""The site as an MCP server, spoken to by the protocol's own client."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

TOOLS = {"start_research", "get_run", "get_topic", "search_library"}
Asking = Callable[[ClientSession], Awaitable[Any]]


async def speak(site: Site, ask: Asking, token: str = "") -> Any:
    """What `ask` makes of a session with the site's server."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx.AsyncClient(headers=headers, timeout=patient(90), trust_env=False) as client,
        streamable_http_client(f"{site.url}/mcp", http_client=client) as (read, write, session_id),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        assert session_id() is None  # nothing that another web process would not know
        await session.list_tools()  # the client holds results against the shapes that it lists
        return await ask(session)


async def call(site: Site, tool: str, token: str = "", **arguments: Any) -> CallToolResult:
    return await speak(site, lambda session: session.call_tool(tool, arguments), token)


async def found(site: Site, tool: str, token: str = "", **arguments: Any) -> dict[str, Any]:
    result = await call(site, tool, token, **arguments)
    assert not result.isError, result.content
    assert result.structuredContent is not None
    assert json.loads(result.content[0].text) == result.structuredContent  # type: ignore[union-attr]
    return result.structuredContent


async def refused(site: Site, tool: str, token: str = "", **arguments: Any) -> str:
    """The code of the error."""
    result = await call(site, tool, token, **arguments)
    assert result.isError and result.structuredContent
    return str(result.structuredContent["error"]["code"])


async def ended(site: Site, run: str, token: str = "") -> dict[str, Any]:
    """The run at its end, however often that takes to be asked for."""
    while True:
        told = await found(site, "get_run", token, run_id=run, wait_seconds=50)
        if told["finished_at"]:
            return told


async def test_an_agent_researches_and_reads_what_was_found(
    site: Site, provider: ScriptedProvider
) -> None:
    listed = await speak(site, lambda session: session.list_tools())
    assert {tool.name for tool in listed.tools} == TOOLS
    started = await found(site, "start_research", topics=["bees", "ants"], blueprint="quick")
    run = await ended(site, started["id"])
    assert run["status"] == "succeeded"
    assert run == site.get(f"/api/runs/{started['id']}").json()
    topic = await found(site, "get_topic", run_id=started["id"], position=2)
    assert topic == site.get(f"/api/runs/{started['id']}/topics/2").json()
    hits = await found(site, "search_library", q="asyncio tasks", limit=3)
    assert hits == site.get("/api/library/search?q=asyncio+tasks&limit=3").json()
    assert hits["hits"]


async def test_the_same_key_starts_one_run(site: Site, provider: ScriptedProvider) -> None:
    asked = {"topics": ["bees"], "idempotency_key": "mcp-once"}
    first, second = [await found(site, "start_research", **asked) for _ in range(2)]
    assert first["id"] == second["id"]
    await ended(site, first["id"])


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("start_research", {}, "no_topics"),
        ("start_research", {"topics": "bees"}, "bad_input"),
        ("start_research", {"topics": ["bees"], "blueprnt": "quick"}, "bad_input"),
        ("start_research", {"topics": ["bees"], "blueprint": "none"}, "unknown_blueprint"),
        ("get_run", {"run_id": "bees"}, "not_found"),
        ("get_run", {"run_id": "0" * 32}, "not_found"),
        ("get_run", {"run_id": "0" * 32, "wait_seconds": 10**9}, "bad_input"),
        ("get_topic", {"run_id": "0" * 32, "position": 1}, "not_found"),
        ("search_library", {"q": "x" * 10_000}, "query_too_long"),
        ("delete_everything", {}, "not_found"),
    ],
)
async def test_what_cannot_be_done_is_said(
    site: Site, tool: str, arguments: dict[str, Any], code: str
) -> None:
    assert await refused(site, tool, **arguments) == code


async def test_a_topic_that_is_not_there(site: Site, provider: ScriptedProvider) -> None:
    run = site.submit("bees")["id"]
    assert await refused(site, "get_topic", run_id=run, position=2) == "not_found"
    assert await refused(site, "get_topic", run_id=run, position=10**30) == "not_found"
    await ended(site, run)


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"host": "evil.example"}])
def test_other_sites_pages_are_refused(site: Site, headers: dict[str, str]) -> None:
    assert site.post("/mcp", {}, headers=headers).status_code == 403


def test_what_is_no_message_is_refused(site: Site) -> None:
    accept = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    for body in (b"{", b"[]", b"{}", b"\xff", b"[" * 50_000):
        assert site.client.post("/mcp", content=body, headers=accept).status_code == 400
    assert site.get("/mcp").status_code == 405
    large = site.client.post("/mcp", content=b" " * 30_000_000, headers=accept)
    assert (large.status_code, large.json()["error"]["code"]) == (413, "body_too_large")


async def test_teams_see_their_own(
    make_site: Callable[..., Site], provider: ScriptedProvider
) -> None:
    site = make_site(RESEARCH_ACCOUNTS="on")
    site.manage("team", "acme", "--member=viv:viewer", "--member=max:member")
    site.manage("team", "other", "--member=eve:manager")

    def token(name: str, team: str, *more: str) -> str:
        made = site.manage("token", name, "--team", team, *more)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    member, viewer, outsider = token("max", "acme"), token("viv", "acme"), token("eve", "other")
    reader = token("max", "acme", "--scope", "read")
    started = await found(site, "start_research", member, topics=["bees"])
    run = await ended(site, started["id"], member)
    assert (run["status"], run["team"], run["by"]) == ("succeeded", "acme", "max")
    for other in (viewer, reader):
        assert await found(site, "get_run", other, run_id=run["id"]) == run
        assert await found(site, "get_topic", other, run_id=run["id"], position=1)
        assert await refused(site, "start_research", other, topics=["bees"]) == "not_allowed"
    assert await refused(site, "get_run", outsider, run_id=run["id"]) == "not_found"
    assert await refused(site, "get_topic", outsider, run_id=run["id"], position=1) == "not_found"
    for headers in ({}, {"Authorization": "Bearer rsk_nobody"}):
        answer = site.post("/mcp", {}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in")
        assert answer.headers["www-authenticate"] == "Bearer"

    added = site.post(
        "/api/library",
        files={"file": ("bees.txt", b"Zorblax bees live in a hive of amber near the sea.")},
        headers={"Authorization": f"Bearer {member}"},
    )
    assert added.status_code == 201
    hits = [
        len((await found(site, "search_library", each, q="zorblax bees"))["hits"])
        for each in (member, viewer, outsider)
    ]
    assert hits == [1, 1, 0]
