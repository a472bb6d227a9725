"""Tools of MCP servers as agents use them; what these return are sources like any other."""

import copy
import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from research.crews.crewai import BaseTool, ToolFailure, failed, sanitize_tool_name
from research.crews.tools.schemas import Arguments
from research.crews.tools.sources import SourceBook
from research.crews.tools.web import Web
from research.sources.exceptions import EngineFailed
from research.sources.loop import there
from research.sources.mcp.contract import RemoteTool
from research.sources.mcp.exceptions import ToolChanged
from research.sources.mcp.servers import servers

PREFIX = "mcp_"  # of names, so that none is a tool of ours
MAX_NAME = 64  # characters
MAX_DESCRIPTION = 2000
MAX_ARGUMENTS = 500  # characters that are kept of a call


def _quiet(tool: int, change: str) -> None:
    """Nobody hears it."""


@dataclass(frozen=True)
class Remote:
    """The tools of MCP servers that a crew may use, by the names in its blueprint."""

    tools: Mapping[str, Sequence[RemoteTool]] = field(default_factory=dict)
    tell_change: Callable[[int, str], None] = _quiet
    """Hears of a tool, by its key, that is not as it was allowed, and what has changed."""

    def named(self, names: Iterable[str]) -> list[RemoteTool]:
        """Each once, however often it is named."""
        found = {tool.key: tool for name in names for tool in self.tools.get(name, ())}
        return list(found.values())


class _Given(BaseModel):
    """Arguments by the server's own schema, which the server itself holds them against."""

    model_config = ConfigDict(extra="allow")
    arguments: ClassVar[Arguments]

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        return copy.deepcopy(cls.arguments.schema)


@functools.lru_cache(maxsize=500)
def _arguments(fingerprint: str, schema: str) -> type[_Given]:
    """One class for a schema: CrewAI keeps what it makes of it."""
    made = Arguments.of(json.loads(schema))
    return type("Given", (_Given,), {"arguments": made, "__doc__": "", "__module__": __name__})


class McpTool(BaseTool):
    """A tool of a server; waiting for its turn is not its time."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    remote: RemoteTool = Field(exclude=True, repr=False)
    book: SourceBook = Field(exclude=True)
    web: Web = Field(exclude=True)
    tell_change: Callable[[int, str], None] = Field(exclude=True)

    def _run(self, **arguments: Any) -> Any:
        """For calls that are written as text, which CrewAI runs in a thread."""
        import asyncio

        return asyncio.run(self._arun(**arguments))

    async def _arun(self, **arguments: Any) -> str | ToolFailure:
        tool = self.remote.tool
        schema: Any = self.args_schema
        given = schema.arguments.given(arguments)
        try:
            answer = await there(servers.call(self.remote, given, self.web.tell))
        except ToolChanged as error:
            self.tell_change(self.remote.key, error.change)
            return failed(error)
        except EngineFailed as error:
            return failed(error)
        origin: dict[str, Any] = {
            "kind": "mcp",
            "server": self.remote.connection.name,
            "tool": tool.name,
            "arguments": json.dumps(given, ensure_ascii=False)[:MAX_ARGUMENTS],
        }
        if self.web.where.since:
            origin["published"] = None
        shown, left_out = [], list(answer.left_out)
        for piece in answer.pieces:
            if reason := self.web.where.refusal(piece.url):
                left_out.append(f"a page, since {reason}")
                continue
            shown.append(
                self.book.add(piece.title, piece.url, piece.text, origin).quoted(piece.text)
            )
        if left_out:
            shown.append(f"(Left out: {'; '.join(left_out)}.)")
        return "\n\n".join(shown) or "The tool answered with nothing."


def make_mcp_tools(
    names: Iterable[str], remote: Remote, book: SourceBook, web: Web
) -> list[BaseTool]:
    """New tool objects for one agent, each with a name of its own."""
    made: dict[str, BaseTool] = {}
    for tool in remote.named(names):
        name = _free_name(f"{PREFIX}{tool.connection.name}_{tool.tool.name}", made)
        listed = tool.tool
        told = listed.description or listed.title or f"The tool {listed.name}."
        made[name] = McpTool(
            name=name,
            description=f"{told[:MAX_DESCRIPTION]} Returns numbered sources.",
            args_schema=_arguments(listed.fingerprint, json.dumps(listed.schema)),
            remote=tool,
            book=book,
            web=web,
            tell_change=remote.tell_change,
        )
    return list(made.values())


def _free_name(name: str, taken: Mapping[str, object]) -> str:
    """As providers take names; those of other scripts become equal, and are numbered."""
    base = sanitize_tool_name(name)
    free, number = base, 2
    while free in taken:
        free = f"{base[: MAX_NAME - 4]}_{number}"
        number += 1
    return free
