"""LLM objects: a fresh one for every agent, whatever the provider."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from research.crews import catalog
from research.crews.internals import LLM, BaseLLM, llm_class
from research.exceptions import ResearchError

CALL_TIMEOUT = 120.0  # seconds for one model call
SDK_RETRIES = 2  # of 429, 5xx and broken connections; the SDK honours Retry-After


class NotACompletion(ResearchError):
    """The provider answered with {content_type} instead of a completion. Check its base URL."""


def make_llm(model: str) -> BaseLLM:
    """A new LLM object for a CrewAI model name, streaming, with connections of its own."""
    provider, name = catalog.split(model)
    options: dict[str, Any] = {"stream": True, "timeout": CALL_TIMEOUT}
    native = llm_class(provider.name, CheckedTransport)
    if native is None:
        return LLM(model=model, is_litellm=True, **options)
    return native(model=name, provider=provider.name, max_retries=SDK_RETRIES, **options)


class CheckedTransport(httpx.AsyncHTTPTransport):
    """Looks at what comes back before an SDK does.

    A web page with status 200 (a proxy's, a wrong base URL's) is an error at once instead of an
    empty stream, and a server that ignores `stream` has its whole answer served as one chunk.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        content_type = response.headers.get("content-type", "")
        if response.status_code != 200 or not _asks_for_stream(request):
            return response
        if content_type.startswith("text/html"):
            await response.aclose()
            raise NotACompletion(content_type="a web page")
        if content_type.startswith("application/json"):
            body = await response.aread()
            return httpx.Response(
                200,
                headers={"content-type": "text/event-stream"},
                content=b"".join(_as_stream(body)),
                request=request,
            )
        return response


def _asks_for_stream(request: httpx.Request) -> bool:
    try:
        body = json.loads(request.content)
    except (ValueError, httpx.RequestNotRead):
        return False
    return isinstance(body, dict) and body.get("stream") is True


def _as_stream(body: bytes) -> Iterator[bytes]:
    """An OpenAI chat completion as the server-sent events of the same answer."""
    try:
        completion = json.loads(body)
        choices = completion["choices"]
    except (ValueError, KeyError, TypeError):
        raise NotACompletion(content_type="JSON that is no completion") from None
    for choice in choices:
        choice["delta"] = choice.pop("message")
        for index, call in enumerate(choice["delta"].get("tool_calls") or []):
            call["index"] = index
    usage = completion.pop("usage", None)
    yield _event({**completion, "object": "chat.completion.chunk"})
    if usage:
        yield _event({**completion, "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"
