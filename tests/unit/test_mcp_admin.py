"""MCP servers in the admin: named there, their tools allowed one by one, their secrets hidden."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from research.crews.definition import Definition
from research.exceptions import ToolNotAllowed, UnknownTool
from research.people.models import Team
from research.runs.mcp import note_change, refresh, remote_tools
from research.runs.models import Blueprint, McpServer, McpTool, Run
from research.runs.submission import Submission
from research.sources.mcp.contract import Listed, Offer
from tests.support.crew import definition_with
from tests.support.mcp_server import HttpServer
from tests.support.rows import page_of

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "geheim-0123456789abcdef"
LIST = reverse("admin:research_mcpserver_changelist")
ADD = reverse("admin:research_mcpserver_add")
LIMITS = {"calls_per_minute": "60", "calls_at_once": "8"}
NO_TOOLS = {"tools-TOTAL_FORMS": "0", "tools-INITIAL_FORMS": "0"}


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with HttpServer() as server:
        yield server


@pytest.fixture
def docs(server: HttpServer) -> McpServer:
    """A server that was asked for its tools, none of which is allowed."""
    made = McpServer.objects.create(name="docs", url=server.url)
    refresh(made)
    return made


def change_of(server: McpServer) -> str:
    return reverse("admin:research_mcpserver_change", args=[server.pk])


def save(client: Client, server: McpServer, **fields: Any) -> str:
    """Saves the form as the browser does, with what is changed in it; the page after that."""
    page = client.get(change_of(server))
    form = page.context["adminform"].form
    data: dict[str, Any] = {**LIMITS, "kind": server.kind, "url": server.url} if form else {}
    [tools] = page.context["inline_admin_formsets"]
    data |= {
        "tools-TOTAL_FORMS": len(tools.formset.forms),
        "tools-INITIAL_FORMS": len(tools.formset.forms),
    }
    for number, each in enumerate(tools.formset.forms):
        data |= {f"tools-{number}-id": each.instance.pk, f"tools-{number}-server": server.pk}
        for name, value in fields.pop(each.instance.name, {}).items():
            data[f"tools-{number}-{name}"] = value
    answer = client.post(change_of(server), data | fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_server_is_named_and_its_tools_wait_to_be_allowed(
    client: Client, server: HttpServer
) -> None:
    data = {"name": "docs", "kind": "http", "url": server.url} | LIMITS | NO_TOOLS
    answer = client.post(ADD, data | {"headers": f"Authorization: Bearer {SECRET}"}, follow=True)
    assert "The MCP server docs has 13 tools." in answer.content.decode()
    assert server.headers["authorization"] == f"Bearer {SECRET}"
    made = McpServer.objects.get()
    assert SECRET not in made.sealed_headers and made.headers["Authorization"].endswith(SECRET)
    page = page_of(client, change_of(made))
    assert "Authorization" in page and SECRET not in page and made.sealed_headers not in page
    assert 'aria-label="allowed: mcp:docs:lookup"' in page and "Looks something up" in page
    assert not McpTool.objects.allowed().exists()
    with pytest.raises(UnknownTool, match="There are: none"):
        McpTool.objects.usable_by(None).named(["mcp:docs:lookup"])


def test_headers_stay_until_they_are_replaced_removed_or_meant_for_another_host(
    client: Client, docs: McpServer
) -> None:
    save(client, docs, headers=f"X-Key: {SECRET}")
    save(client, docs)
    docs.refresh_from_db()
    assert docs.headers == {"X-Key": SECRET}
    save(client, docs, url="http://127.0.0.2:1/mcp")
    docs.refresh_from_db()
    assert docs.headers == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "stdio"}, "not one of the available choices"),
        ({"url": "file:///etc/passwd"}, "only http and https are allowed"),
        ({"url": "http://user:pass@host/"}, "names a user"),
        ({"url": ""}, "required"),
        ({"name": "a b"}, "Use letters, digits"),
        ({"headers": "Authorization Bearer"}, "NAME: VALUE"),
        ({"headers": "X: ключ"}, "NAME: VALUE"),
        ({"calls_per_minute": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_refused(client: Client, fields: dict[str, str], words: str) -> None:
    """A command, above all: it is no field, and no kind that the form takes."""
    usual = {"name": "docs", "kind": "http", "url": "http://127.0.0.1:1/mcp"} | LIMITS | NO_TOOLS
    answer = client.post(ADD, usual | fields | {"command": "sh", "args": "-c"})
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not McpServer.objects.exists()


def test_a_server_that_does_not_answer_is_kept_and_says_why(client: Client) -> None:
    data = {"name": "away", "kind": "http", "url": "http://127.0.0.1:9/mcp"} | LIMITS | NO_TOOLS
    answer = client.post(ADD, data, follow=True)
    assert "The MCP server away cannot be reached" in answer.content.decode()
    assert "cannot be reached" in page_of(client, LIST)
    client.post(LIST, {"action": "ask_again", "_selected_action": [McpServer.objects.get().pk]})


def test_a_tool_that_changed_waits_for_an_administrator(client: Client, docs: McpServer) -> None:
    save(client, docs, lookup={"for_all": "on"})
    tool = McpTool.objects.get(name="lookup")
    schema = {**tool.schema, "required": []}
    listed = [Listed("lookup", description=tool.description, schema=schema)]
    docs.has(Offer(tuple(listed)))
    assert set(docs.tools.values_list("name", flat=True)) == {"lookup"}  # others were nobody's
    tool.refresh_from_db()
    assert tool.change == "it takes other arguments" and tool.schema != schema
    [[remote]] = remote_tools(Definition.model_validate(definition_with("mcp:docs")), None).values()
    assert "no longer as it was allowed" in str(remote.trouble)
    assert "1 changed" in page_of(client, LIST)
    assert "It cannot be called: it takes other arguments." in page_of(client, change_of(docs))
    tool.take_newer()
    assert (tool.change, tool.schema) == ("", schema)
    docs.has(Offer((), ("a\nb",)))
    assert "1 of its tools cannot be used" in page_of(client, LIST)
    assert McpTool.objects.get().change == "the server has it no longer"


def test_a_change_that_a_crew_met_is_told_and_taken(client: Client, docs: McpServer) -> None:
    save(client, docs, version={"for_all": "on"})
    tool = McpTool.objects.get(name="version")
    tool.description = "It said something else."
    tool.save()
    note_change(tool.pk, "it describes itself differently")
    assert "1 changed" in page_of(client, LIST)
    save(client, docs)  # asks the server what it is now
    save(client, docs, version={"for_all": "on", "take": "on"})
    tool.refresh_from_db()
    assert (tool.change, tool.description) == ("", "Tells the manual's version.")
    assert tool.for_all


# Who may use a tool ------------------------------------------------------------------------------


@pytest.fixture
def teams(settings: Any, docs: McpServer) -> tuple[Team, Team]:
    """Of the first, `lookup` may be used."""
    settings.RESEARCH_ACCOUNTS = True
    one, other = (Team.objects.create(slug=slug) for slug in ("one", "other"))
    docs.tools.get(name="lookup").teams.add(one)
    docs.tools.filter(name="version").update(for_all=True)
    return one, other


def submitted(team: Team | None, *tools: str) -> Run:
    blueprint = Blueprint.objects.create(
        name="own", title="t", description="d", definition=definition_with(*tools)
    )
    try:
        return Submission.check(["bees"], "own", "offline", team=team).submit(team=team)
    finally:
        blueprint.delete()


def test_a_run_of_another_team_is_refused_before_it_starts(teams: tuple[Team, Team]) -> None:
    one, other = teams
    run = submitted(one, "mcp:docs:lookup", "mcp:docs:version")
    assert "geheim" not in json.dumps(run.definition)
    for team in (other, None):
        assert submitted(team, "mcp:docs:version")
        with pytest.raises(ToolNotAllowed, match="mcp:docs:lookup, which this team may not use"):
            submitted(team, "mcp:docs:lookup")
    with pytest.raises(UnknownTool, match="mcp:docs:nothing, which is not there"):
        submitted(one, "mcp:docs:nothing")
    assert Run.objects.count() == 3


def test_a_whole_server_is_what_the_team_may_use_of_it(teams: tuple[Team, Team]) -> None:
    definition = Definition.model_validate(definition_with("mcp:docs"))
    names = [
        {tool.tool.name for tool in remote_tools(definition, team)["mcp:docs"]} for team in teams
    ]
    assert names == [{"lookup", "version"}, {"version"}]


def test_blueprints_are_held_against_what_their_team_may_use(
    client: Client, teams: tuple[Team, Team]
) -> None:
    one, other = teams
    usual = {"name": "b", "title": "t", "description": "d"}
    usual["definition"] = definition_with("mcp:docs:lookup")  # type: ignore[assignment]
    Blueprint(team=one, **usual).full_clean()
    Blueprint(team=None, **usual).full_clean()
    with pytest.raises(ValidationError, match="may not use"):
        Blueprint(team=other, **usual).full_clean()


def test_the_form_of_blueprints_offers_the_tools(client: Client, docs: McpServer) -> None:
    docs.tools.filter(name="version").update(for_all=True)
    page = page_of(client, reverse("admin:research_blueprint_add"))
    assert "Tools of agents: search, read, mcp:docs:version." in page


# The file of this machine ------------------------------------------------------------------------


@pytest.fixture
def file(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.RESEARCH_MCP_FILE = tmp_path / "mcp.json"
    monkeypatch.setenv("MANUAL_TOKEN", SECRET)
    entry = {
        "command": sys.executable,
        "args": ["-m", "tests.support.mcp_tools"],
        "env": {"API_TOKEN": "${MANUAL_TOKEN}"},
    }
    settings.RESEARCH_MCP_FILE.write_text(json.dumps({"mcpServers": {"manual": entry}}))
    return settings.RESEARCH_MCP_FILE


def test_commands_stand_in_the_file_only(client: Client, file: Path) -> None:
    page_of(client, LIST)
    made = McpServer.objects.get()
    page = page_of(client, change_of(made))
    assert str(file) in page and SECRET not in page and sys.executable not in page
    assert not re.search(r'name="(url|headers|kind|name)"', page)
    assert "The MCP server manual has 13 tools." in save(
        client, made, url="http://127.0.0.1:1/", command="sh"
    )
    made.refresh_from_db()
    assert (made.kind, made.url) == ("stdio", "")
    assert made.connection().env == {"API_TOKEN": SECRET}
    assert SECRET not in repr(made.connection())
    file.unlink()
    made.tools.filter(name="version").update(for_all=True)
    [[remote]] = remote_tools(
        Definition.model_validate(definition_with("mcp:manual")), None
    ).values()
    assert "no longer stands in the file" in str(remote.trouble)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "it is not JSON"),
        ("[]", "valid dictionary"),
        ('{"mcpServers": {"a b": {"command": "x"}}}', "is not a name"),
        ('{"mcpServers": {"a": {"args": ["geheim"]}}}', "needs a command or a url"),
        ('{"mcpServers": {"a": {"command": "x", "env": {"K": "${NOT_SET}"}}}}', "NOT_SET"),
        ('{"mcpServers": {"a": {"url": "http://x", "type": "pipe"}}}', "http or sse"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_on_the_page(
    client: Client, file: Path, text: str, words: str
) -> None:
    file.write_text(text)
    page = page_of(client, LIST)
    assert words in page and "geheim" not in page and not McpServer.objects.exists()
