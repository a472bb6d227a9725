"""The file of MCP servers on this machine, in the shape that Claude Desktop made known.

Commands stand there and nowhere else: who can write to the site's own folder can run them anyway.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from research.sources.mcp.contract import Connection
from research.sources.mcp.exceptions import BadServerFile, NotInFile

NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
TYPES = {"http": "http", "streamable-http": "http", "streamableHttp": "http", "sse": "sse"}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")  # other programs keep more there

    command: str = ""
    args: list[str] = []
    env: dict[str, str] = {}
    cwd: str | None = None
    type: str = ""
    url: str = ""
    headers: dict[str, str] = {}

    @model_validator(mode="after")
    def _has_a_way(self) -> "_Entry":
        if bool(self.command) == bool(self.url):
            raise ValueError("it needs a command or a url")
        if self.url and self.type and self.type not in TYPES:
            raise ValueError("its type is http or sse")
        return self


class _File(BaseModel):
    servers: dict[str, _Entry] = Field(alias="mcpServers")


def servers_in_file() -> dict[str, Connection]:
    """The servers by name; none where there is no file. Raises BadServerFile."""
    file = Path(settings.RESEARCH_MCP_FILE)
    try:
        found = _File.model_validate(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return {}
    except ValidationError as error:  # whose own words repeat values
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadServerFile(file=file, reason=f"{place}: {first['msg']}".lstrip(": ")) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise BadServerFile(file=file, reason=reason) from None
    for name in found.servers:
        if not NAME.fullmatch(name):
            reason = f"{name[:60]!r} is not a name. Use letters, digits, - and _"
            raise BadServerFile(file=file, reason=reason)
    return {name: _connection(file, name, entry) for name, entry in found.servers.items()}


def server_in_file(name: str) -> Connection:
    """Raises BadServerFile and NotInFile."""
    servers = servers_in_file()
    if name not in servers:
        raise NotInFile(f"The MCP server {name}", file=settings.RESEARCH_MCP_FILE)
    return servers[name]


def _connection(file: Path, name: str, entry: _Entry) -> Connection:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        return _VARIABLE.sub(variable, value)

    def variable(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            reason = f"{name} needs the variable {match[1]}, which is not set"
            raise BadServerFile(file=file, reason=reason)
        return os.environ[match[1]]

    if entry.url:
        kind: Any = TYPES.get(entry.type, "http")
        return Connection(name, kind, filled(entry.url), filled(entry.headers))
    return Connection(
        name,
        "stdio",
        command=filled(entry.command),
        args=tuple(filled(entry.args)),
        env=filled(entry.env),
        cwd=entry.cwd,
    )
