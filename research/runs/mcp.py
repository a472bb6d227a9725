"""Which tools of MCP servers a blueprint may use, and what its servers have."""

from collections.abc import Mapping
from typing import Any

from research.crews.definition import MCP, Definition
from research.exceptions import ResearchError
from research.people.models import Team
from research.runs.models import McpServer, McpTool, NewEvent
from research.sources.loop import wait_for
from research.sources.mcp.contract import Connection, RemoteTool
from research.sources.mcp.servers import list_tools


def refuse_tools(definition: Mapping[str, Any], team: Team | int | None) -> None:
    """Raises UnknownTool and ToolNotAllowed for tools that runs of a team may not use."""
    agents = definition.get("agents", {}).values()
    names = [name for agent in agents for name in agent.get("tools", []) if name.startswith(MCP)]
    McpTool.objects.usable_by(team).named(names)


def remote_tools(
    definition: Definition, team: Team | int | None
) -> dict[str, tuple[RemoteTool, ...]]:
    """The tools behind the names of a blueprint. Raises UnknownTool and ToolNotAllowed."""
    connections: dict[int, Connection | ResearchError] = {}

    def connection(server: McpServer) -> Connection | ResearchError:
        if server.pk not in connections:
            try:
                connections[server.pk] = server.connection()
            except ResearchError as error:
                connections[server.pk] = error
        return connections[server.pk]

    return {
        name: tuple(tool.remote(connection(tool.server)) for tool in tools)
        for name, tools in McpTool.objects.usable_by(team).named(definition.mcp_tools).items()
    }


def note_change(tool: int, change: str) -> list[NewEvent]:
    """Remembers, for an administrator, that a tool was found changed when it was called."""
    McpTool.objects.filter(pk=tool, change="").update(change=change)
    return []


def refresh(server: McpServer) -> bool:
    """Asks a server for its tools, and notes what it has, or why it does not answer; if it did."""
    try:
        offer = wait_for(list_tools(server.connection()))
    except ResearchError as error:
        server.refused(error)
        return False
    server.has(offer)
    return True
