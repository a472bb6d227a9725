"""A topic whose crew calls a tool of an MCP server, cites its answer, and is checked against it."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.support.mcp_server import HttpServer
from tests.support.mcp_tools import BEES
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of

SECRET = "geheim-0123456789abcdef"
CALL = {"name": "mcp_docs_lookup", "arguments": {"query": "{topic}", "limit": None, "tags": ["a"]}}
BLUEPRINT = """
from research.runs.models import Blueprint
quick = Blueprint.objects.get(name="quick")
for name, tools in {"manual": ["mcp:docs"], "gone": ["mcp:docs:fails"]}.items():
    agents = {key: {**agent, "tools": tools} for key, agent in quick.definition["agents"].items()}
    Blueprint.objects.create(
        name=name, title="t", description="d", definition={**quick.definition, "agents": agents}
    )
"""


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with HttpServer() as server:
        yield server


@pytest.fixture
def served(
    make_site: Callable[..., Site], server: HttpServer, provider: ScriptedProvider, tmp_path: Path
) -> Site:
    """A site whose administrator has allowed `lookup` and `version` of a server, in the admin."""
    provider.script(tool_calls=[CALL], answer=f"- {BEES} [1]\n- Bees read newspapers daily. [1]")
    site = make_site(RESEARCH_MCP_FILE=str(tmp_path / "none.json"))
    _post(
        site,
        "/admin/research/mcpserver/add/",
        name="docs",
        url=server.url,
        headers=f"Authorization: Bearer {SECRET}",
        calls_per_minute="100000",
    )
    page = site.get("/admin/research/mcpserver/").text
    [change] = set(re.findall(r'"(/admin/research/mcpserver/\d+/change/)', page))
    tools = re.findall(r"<p>\s*mcp:docs:(\S+)\s", site.get(change).text)
    allowed = {f"tools-{tools.index(name)}-for_all": "on" for name in ("lookup", "version")}
    _post(site, change, **allowed)
    site.manage("shell", "-c", BLUEPRINT).check_returncode()
    return site


def _post(site: Site, path: str, **fields: str) -> None:
    """Sends a form of the admin with what is changed in it."""
    page = site.get(path).text
    data = {}
    for tag in re.findall(r"<input[^>]*>", page):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in told and told.get("type") not in ("checkbox", "submit", "button"):
            data[told["name"]] = unescape(told.get("value", ""))
    answer = site.client.post(
        path, data={"kind": "http", **data, **fields}, headers={"Referer": f"{site.url}{path}"}
    )
    assert answer.status_code == 302, answer.text


def test_a_crew_cites_what_a_tool_returned(
    served: Site, server: HttpServer, provider: ScriptedProvider
) -> None:
    run = served.result(served.submit("bees", blueprint="manual")["id"])
    assert run["status"] == "succeeded", run
    [source] = run["topics"][0]["sources"]
    assert source["url"] == "mcp:docs/lookup?query=bees&tags=%5B%22a%22%5D"
    kept = served.get(f"/api/runs/{run['id']}/topics/1/sources/1").json()
    assert BEES in kept["text"] and kept["origin"]["server"] == "docs"
    claims = served.get(f"/api/runs/{run['id']}/topics/1").json()["claims"]
    assert [claim["verdict"] for claim in claims] == ["quoted", "unsupported"]
    assert "MCP server docs" in served.get(f"/runs/{run['id']}/1/").text
    told = [event for event in events_of(served, run["id"]) if event["kind"] == "tool.finished"]
    assert [event["data"]["tool"] for event in told] == ["mcp_docs_lookup"]
    assert server.headers["authorization"] == f"Bearer {SECRET}"
    events = served.get(f"/api/runs/{run['id']}/events").text
    assert SECRET not in events + served.log + served.get(f"/api/runs/{run['id']}").text

    # Fifty crews share a session.
    before = server.asked["initialize"]
    run = served.result(served.submit(*(f"b {n}" for n in range(50)), blueprint="manual")["id"])
    assert run["status"] == "succeeded", run
    assert server.asked["initialize"] == before

    # A server that has fallen fails the call, and the topic goes on.
    server.faults = {"tools/call": (500, "text/plain", b"", {})}
    provider.script(tool_calls=[CALL], answer="- Nothing is known.")
    run = served.result(served.submit("wasps", blueprint="manual")["id"])
    server.faults = {}
    assert run["topics"][0]["status"] == "succeeded", run
    [failed] = [e for e in events_of(served, run["id"]) if e["kind"] == "tool.failed"]
    assert "The MCP server docs answered with status 500." in failed["data"]["error"]

    # What is not allowed is refused before a run begins.
    answer = served.post("/api/runs", {"topics": ["bees"], "blueprint": "gone"})
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "unknown_tool"
    assert "mcp:docs:lookup, mcp:docs:version" in answer.json()["error"]["message"]
