"""HTTP clients for LLM objects: cheap to make, and closed with them."""

import functools
import urllib.request
from typing import Any

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from research.crews.answers import CHARACTERS_PER_TOKEN
from research.crews.crewai.quiet_import import quiet_import
from research.crews.crewai.responses import inspect
from research.ops.tls import tls

with quiet_import():
    from openai._base_client import get_platform

CONNECT_SECONDS = 10.0  # for a connection, of the seconds that a call has


@functools.cache
def platform() -> Any:
    """What the SDKs' clients each find out anew, in a thread, for a header of their first call."""
    return get_platform()


@functools.cache
def _has_proxies() -> bool:
    """Whether the environment names proxies, which a client would else look for each time."""
    return bool(urllib.request.getproxies())


def patience(limit: float | None) -> httpx.Timeout:
    """For SDK clients; the whole call's limit is `research.crews.model_calls`' to keep."""
    return httpx.Timeout(limit, connect=CONNECT_SECONDS)


def http_client() -> httpx.AsyncClient:
    """For one LLM. aiohttp's transport takes half the CPU of httpx's own for a call."""
    return HttpxAiohttpClient(
        verify=tls(),
        trust_env=_has_proxies(),
        headers={"accept-encoding": "identity"},  # it is read as it comes
        event_hooks={"request": [_without_credentials], "response": [inspect]},
    )


async def _without_credentials(request: httpx.Request) -> None:
    """An address's credentials are in a header by now; aiohttp refuses to be told them twice."""
    if request.url.userinfo:
        request.url = request.url.copy_with(userinfo=b"")


@functools.cache
def sync_http_client() -> httpx.Client:
    """One for all: CrewAI wants a sync client for every LLM, and hardly ever uses it."""
    return httpx.Client(verify=tls())


class Clients:
    """What LLM classes with clients of their own share."""

    def get_input_tokens_count(self, messages: Any, *args: Any, **kwargs: Any) -> int:
        """Four characters to a token; the stock classes ask the provider over HTTP."""
        return len(str(messages)) // CHARACTERS_PER_TOKEN

    def _emit_call_started_event(self, *args: Any, **told: Any) -> None:
        """Without messages and tools, which are copied for it and which nobody reads there."""
        stock: Any = super()
        stock._emit_call_started_event(**{**told, "messages": None, "tools": None})

    async def aclose(self) -> None:
        """Closes the connections, which nothing in CrewAI does."""
        if client := getattr(self, "_async_client", None):
            await client.close()
