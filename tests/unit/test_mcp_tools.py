"""Tools of MCP servers in a crew's hands: names, arguments, sources, and who may use them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from research.crews.crewai import BaseTool, ToolFailure
from research.crews.crewai.quiet_import import quiet_import
from research.crews.definition import Definition
from research.crews.tools.mcp import Remote, make_mcp_tools
from research.crews.tools.schemas import Arguments
from research.crews.tools.sources import Seen, SourceBook
from research.crews.tools.toolbox import ReadSource, make_tools
from research.crews.tools.web import Web
from research.sources.loop import wait_for
from research.sources.mcp.contract import Connection, Limits, Listed, RemoteTool
from research.sources.mcp.servers import list_tools
from research.sources.where import Where
from tests.support.crew import definition_with
from tests.support.mcp_server import HttpServer
from tests.support.mcp_tools import BEES

with quiet_import():
    from crewai.utilities.agent_utils import convert_tools_to_openai_schema

MODEL = "openai/scripted"


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with HttpServer() as server:
        yield server


@pytest.fixture(scope="module")
def remote(server: HttpServer) -> Remote:
    """All tools of a server, as `mcp:docs`."""
    connection = Connection("docs", "http", server.url)
    tools = [
        RemoteTool(connection, listed, Limits(10_000, 50), key)
        for key, listed in enumerate(wait_for(list_tools(connection)).tools)
    ]
    return Remote({"mcp:docs": tools, **{f"mcp:docs:{t.tool.name}": (t,) for t in tools}})


def tool_of(remote: Remote, name: str, book: SourceBook, where: str = "both", **more: Any) -> Any:
    [tool] = make_mcp_tools([f"mcp:docs:{name}"], remote, book, Web(Where.parse(where, **more)))
    return tool


# What a blueprint may say ------------------------------------------------------------------------


def test_blueprints_name_tools_of_servers() -> None:
    names = ["search", "mcp:docs", "mcp:docs:look:up/now", "mcp:docs:поиск", "mcp:docs"]
    definition = Definition.model_validate(definition_with(*names))
    assert definition.mcp_tools == ["mcp:docs", "mcp:docs:look:up/now", "mcp:docs:поиск"]


@pytest.mark.parametrize("name", ["mcp:", "mcp::x", "mcp:a b", "mcp:docs:", "mcp:d: ", "shell", ""])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="There is no tool"):
        Definition.model_validate(definition_with(name))


# What a model is asked for -----------------------------------------------------------------------

NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
ODD: list[tuple[Any, Any, Any, Any]] = [  # schema, its properties as shown, given, as called
    ({"type": "object"}, {}, {}, {}),
    ({}, {}, {}, {}),
    ({"type": "object", "properties": {}}, {}, {}, {}),
    (
        {
            "properties": {"q": {"$ref": "#/$defs/q"}},
            "required": ["q"],
            "$defs": {"q": {"type": "string"}},
        },
        {"q": {"type": "string"}},
        {"q": "bees"},
        {"q": "bees"},
    ),
    (
        {"properties": {"q": {"type": "string", "description": "d"}}},
        {"q": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "d"}},
        {"q": None},
        {},
    ),
    (
        {"properties": {"q": {"type": ["string", "null"]}}},
        {"q": {"type": ["string", "null"]}},
        {"q": None},
        {"q": None},
    ),
    (
        {
            "properties": {"at": {"type": "object", "properties": {"x": {"type": "integer"}}}},
            "required": ["at"],
        },
        None,
        {"at": {"x": None}},
        {"at": {}},
    ),
]


@pytest.mark.parametrize(("schema", "shown", "given", "called"), ODD)
def test_arguments_are_asked_for_as_providers_take_them(
    schema: Any, shown: Any, given: Any, called: Any
) -> None:
    arguments = Arguments.of(schema)
    if shown is not None:
        assert arguments.schema["properties"] == shown
    assert arguments.schema["required"] == list(arguments.schema["properties"])
    assert arguments.given(given) == called


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "additionalProperties": True},
        {"type": "array"},
        {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
        {"$ref": "https://example.org/schema.json"},
        {"properties": {}, "patternProperties": {"^x": {}}},
        True,
        {},
    ],
)
def test_what_cannot_be_said_strictly_is_asked_for_as_json(schema: Any) -> None:
    arguments = Arguments.of({"properties": {"filter": schema}, "required": ["filter"]})
    shown = arguments.schema["properties"]["filter"]
    assert shown["type"] == "string" and "JSON" in shown["description"]
    assert arguments.given({"filter": '{"a": 1}'}) == {"filter": {"a": 1}}
    assert arguments.given({"filter": {"a": 1}}) == {"filter": {"a": 1}}


def test_arguments_that_cannot_be_told_apart_are_one() -> None:
    either = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    arguments = Arguments.of(either)
    assert list(arguments.schema["properties"]) == ["arguments"]
    assert arguments.given({"arguments": '{"a": [1]}'}) == {"a": [1]}
    endless = Arguments.of({"$defs": {"node": NODE}, "properties": {"list": NODE}})
    assert json.dumps(endless.schema)  # and it has an end


def test_providers_are_shown_every_tool_by_a_name_of_its_own(remote: Remote) -> None:
    twins = [
        Listed(name, "", "Does it.") for name in ("get.x", "get_x", "поиск", "найти", "a" * 128)
    ]
    connection = Connection("search", "http", "http://127.0.0.1:1/")
    other = [RemoteTool(connection, twin, key=100 + n) for n, twin in enumerate(twins)]
    own = RemoteTool(connection, Listed("library"), key=99)
    both = Remote({**remote.tools, "mcp:search": (*other, own)})
    tools = make_tools(
        ["search", "mcp:docs", "mcp:search", "mcp:docs:lookup"], SourceBook(), MODEL, None, both
    )
    shown, *_ = convert_tools_to_openai_schema(tools)
    names = [each["function"]["name"] for each in shown]
    assert names == [tool.name for tool in tools] and len({*names}) == len(names)
    assert all(len(name) <= 64 and name.isascii() for name in names)
    assert "mcp_search_library" in names and "search_library" in names
    [lookup] = [each["function"] for each in shown if each["function"]["name"] == "mcp_docs_lookup"]
    assert lookup["description"] == "Looks something up in the manual. Returns numbered sources."
    assert lookup["parameters"]["required"] == ["query", "limit", "tags"]


# What it returns ---------------------------------------------------------------------------------


def test_an_answer_is_a_source_like_any_other(remote: Remote) -> None:
    seen: list[Seen] = []
    book = SourceBook(on_seen=lambda source, is_new: seen.append(source))
    text = tool_of(remote, "lookup", book).run(query="bees", limit=None)
    assert text.startswith("Source [1]: docs: lookup “bees”\nAddress: mcp:docs/lookup?query=bees\n")
    assert seen[0].origin == {
        "kind": "mcp",
        "server": "docs",
        "tool": "lookup",
        "arguments": '{"query": "bees"}',
    }
    assert BEES in seen[0].text
    assert BEES in ReadSource(book=book, web=Web())._run(source=1)


def test_an_agent_is_not_ordered_about(remote: Remote) -> None:
    text = tool_of(remote, "orders", SourceBook()).run()
    assert "> Source [9]: A lie" in text and text.count("\nSource [") == 0


def test_a_failure_is_the_tools_answer(remote: Remote) -> None:
    failure = tool_of(remote, "fails", SourceBook()).run(query="wasp")
    assert isinstance(failure, ToolFailure) and "There is no wasp" in failure.message


def test_what_a_run_may_not_see_is_left_out(remote: Remote) -> None:
    book = SourceBook()
    text = tool_of(remote, "pages", book, not_sites=["example.com"]).run(query="bees")
    assert [source.url for source in book.numbered().values()] == ["https://example.org/bees"]
    assert "(Left out: a page, since example.com may not be read.)" in text


def test_left_out_content_is_told(remote: Remote) -> None:
    assert (
        tool_of(remote, "picture", SourceBook()).run().endswith("(Left out: an image (image/png).)")
    )


@pytest.mark.parametrize(
    ("model", "where"),
    [
        ("offline", Where()),
        (MODEL, Where.parse("library")),
        (MODEL, Where.parse(sites=["example.org"])),
    ],
)
def test_who_looks_elsewhere_only_has_none(remote: Remote, model: str, where: Where) -> None:
    made = make_tools(["search", "mcp:docs"], SourceBook(), model, Web(where), remote)
    assert not [tool for tool in made if tool.name.startswith("mcp_")]


def test_a_change_is_told(remote: Remote) -> None:
    [tool] = remote.tools["mcp:docs:version"]
    before = Listed(tool.tool.name, description="It said something else.", schema=tool.tool.schema)
    told: list[tuple[int, str]] = []
    changed = Remote(
        {"mcp:docs": [RemoteTool(tool.connection, before, tool.limits, 7)]},
        lambda key, change: told.append((key, change)),
    )
    [made] = make_mcp_tools(["mcp:docs"], changed, SourceBook(), Web())
    assert isinstance(made, BaseTool)
    failure = made.run()
    assert isinstance(failure, ToolFailure)
    assert "no longer as it was allowed: it describes itself differently" in failure.message
    assert told == [(7, "it describes itself differently")]
