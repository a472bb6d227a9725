"""What is known of a server and its tools before it is asked."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from research.sources.exceptions import EngineFailed

Kind = Literal["http", "sse", "stdio"]

HIDDEN = "[hidden]"
SHORTEST_SECRET = 6  # characters; shorter ones stand in ordinary words
SECRET_ANYWAY = 16  # from which a value is a secret whatever its name
_SECRETIVE = re.compile(r"key|token|secret|pass|auth|cookie|credential", re.IGNORECASE)
_SCHEMES = ("bearer ", "basic ", "token ")


@dataclass(frozen=True)
class Connection:
    """How a server is reached: by an address, or by a command of this machine."""

    name: str
    kind: Kind
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    command: str = ""
    args: tuple[str, ...] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | None = None

    @property
    def title(self) -> str:
        return f"The MCP server {self.name}"

    @property
    def key(self) -> str:
        """Another one once anything about the server is."""
        known: list[Any] = [self.kind, self.url, dict(self.headers), self.command, self.args]
        return _digest([self.name, *known, dict(self.env), self.cwd])

    def hide(self, text: str) -> str:
        """A text without the server's secrets, which it may have sent back."""
        for name, value in (*self.headers.items(), *self.env.items()):
            scheme = next((each for each in _SCHEMES if value.lower().startswith(each)), "")
            secret = value[len(scheme) :].strip()
            if len(secret) >= (SHORTEST_SECRET if _SECRETIVE.search(name) else SECRET_ANYWAY):
                text = text.replace(secret, HIDDEN)
        return text


@dataclass(frozen=True)
class Listed:
    """A tool as its server describes it."""

    name: str
    title: str = ""
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Another one once anything is that an administrator has looked at."""
        return _digest([self.name, self.title, self.description, self.schema])

    def change_to(self, now: "Listed | None") -> str:
        """What is different now, in words; empty: nothing."""
        if now is None:
            return "the server has it no longer"
        if self.fingerprint == now.fingerprint:
            return ""
        if self.schema != now.schema:
            return "it takes other arguments"
        return "it describes itself differently"


@dataclass(frozen=True)
class Offer:
    """What a server has: the tools that can be used, and the names of those that cannot."""

    tools: tuple[Listed, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What a server bears, of all crews together."""

    per_minute: int = 60
    at_once: int = 8


@dataclass(frozen=True)
class RemoteTool:
    """A tool that a crew may call, as it was allowed."""

    connection: Connection
    tool: Listed
    limits: Limits = Limits()
    key: int = 0
    """Of the row that allows it."""
    trouble: EngineFailed | None = None
    """Why it is not called at all."""


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
