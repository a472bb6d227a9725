"""What the scripted provider needs to know of a protocol."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.protocols.conversation import Conversation, Refusal, Reply
from tests.support.script import Behaviour, Json


class Protocol(ABC):
    """How requests are read, and answers written."""

    paths: tuple[str, ...]
    """Where requests are sent, as aiohttp routes."""
    html = "<!doctype html><title>Sign in</title><h1>Please sign in</h1>"

    @abstractmethod
    def read(self, path: Mapping[str, str], headers: Mapping[str, str], body: Json) -> Conversation:
        """A request: the variables of its path, its headers and its body."""

    def objection(self, body: Json, behaviour: Behaviour) -> str | None:
        """Why the real provider would refuse the request, as far as it was found to."""
        return None

    @abstractmethod
    def whole(self, conversation: Conversation, reply: Reply) -> bytes:
        """An answer as one document."""

    @abstractmethod
    def stream(self, conversation: Conversation, reply: Reply, chunks: int) -> tuple[bytes, ...]:
        """The same answer as events, its text in so many pieces."""

    @abstractmethod
    def refusal(self, refusal: Refusal) -> Json:
        """A refusal's body."""

    def refusal_event(self, refusal: Refusal) -> bytes:
        """A refusal as an event amid a stream."""
        return self.event(self.refusal(refusal))

    def event(self, data: Any) -> bytes:
        """One event; a text is sent as it is."""
        text = data if isinstance(data, str) else json.dumps(data)
        return f"data: {text}\n\n".encode()


def pieces(text: Any, count: int) -> Iterator[Any]:
    """A text or bytes in at most so many parts of about one length."""
    size = -(-len(text) // count) or 1
    return (text[start : start + size] for start in range(0, len(text), size))


def told_usage(reply: Reply, name: str, counted: Json) -> Json:
    """`{name: …}` with the tokens that the script has the provider tell; `counted` are the true."""
    if reply.usage == "missing":
        return {}
    return {name: json.loads(reply.usage) if reply.usage else counted}
