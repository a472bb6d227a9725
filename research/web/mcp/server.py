"""The tools in the Model Context Protocol, by its official package.

Importing it takes half a second and 20 MB, so the endpoint does so with the first request.
"""

import json
import logging
from typing import Any

from django.db import Error
from django.http import HttpRequest
from mcp.server.lowlevel import Server
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from mcp.types import Tool as Listed
from pydantic import BaseModel, ValidationError

from research.exceptions import BadInput, NotFound, ResearchError
from research.ops.outages import refusal_of
from research.web.api.versions import as_json
from research.web.mcp.tools import TOOLS

USE = (
    "Runs crews of research agents, one for each topic. start_research answers with a run's id; "
    "get_run with wait_seconds follows it to its end; get_topic has the result of one topic, its "
    "sources, and what holds of each of its claims."
)

logger = logging.getLogger(__name__)

server: Server[Any, Any] = Server("research", instructions=USE)


@server.list_tools()  # type: ignore[no-untyped-call, untyped-decorator]
async def list_tools() -> list[Listed]:
    return [
        Listed(
            name=tool.name,
            description=tool.description,
            inputSchema=tool.takes.model_json_schema(),
            outputSchema=tool.gives.model_json_schema(mode="serialization"),
            annotations=ToolAnnotations(readOnlyHint=tool.only_reads, destructiveHint=False),
        )
        for tool in TOOLS.values()
    ]


# The input is read here, with the site's own errors.
@server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]
async def call_tool(name: str, arguments: dict[str, Any]) -> CallToolResult:
    """What the tool gives, or the error that it met, in the API's shapes."""
    asked: Any = server.request_context.request
    try:
        return _result(await _called(asked.state.django, name, arguments))
    except ResearchError as error:
        return _refused(error)
    except Error as error:
        if isinstance(refusal := refusal_of(error), BadInput):
            return _refused(refusal)
        logger.error("The database could not serve %s: %s", name, error)
        if refusal is None:
            raise RuntimeError("The site has met an error; its log has more.") from error
        return _refused(refusal)


async def _called(request: HttpRequest, name: str, arguments: dict[str, Any]) -> BaseModel:
    """Raises ResearchError."""
    if name not in TOOLS:
        raise NotFound(thing="tool", name=name[:40])
    tool = TOOLS[name]
    try:
        asked = tool.takes.model_validate(arguments)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(reason=f"{where or 'the arguments'}: {first['msg']}.") from None
    return await tool.call(request, asked)


def _result(given: BaseModel) -> CallToolResult:
    """As data, and once more as a text, for clients that show only that."""
    text = as_json(given.model_dump())
    return CallToolResult(
        content=[TextContent(type="text", text=text.decode())],
        structuredContent=json.loads(text),
    )


def _refused(error: ResearchError) -> CallToolResult:
    text = TextContent(type="text", text=str(error))
    return CallToolResult(content=[text], structuredContent=error.as_json(), isError=True)
