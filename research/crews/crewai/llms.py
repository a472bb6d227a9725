"""LLM classes with cheap clients of their own, which ask a provider once and never again."""

import contextlib
import functools
import ssl
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from research.crews.crewai.quiet_import import quiet_import
from research.crews.crewai.responses import inspect
from research.crews.model_calls import CHARACTERS_PER_TOKEN

with quiet_import():
    from anthropic import Anthropic, AsyncAnthropic
    from crewai.llm import LLM
    from crewai.llms.base_llm import BaseLLM
    from crewai.llms.providers.anthropic.completion import AnthropicCompletion
    from crewai.llms.providers.openai.completion import OpenAICompletion
    from crewai.llms.retry import _active_llm_rate_limit_retry
    from openai import AsyncOpenAI, AsyncStream, OpenAI
    from openai._base_client import get_platform, make_request_options
    from openai.types.chat import ChatCompletion


@contextlib.contextmanager
def one_retry_layer() -> Iterator[None]:
    """Leaves retries to `research.crews.model_calls`; CrewAI would ask three times after a 429."""
    token = _active_llm_rate_limit_retry.set(True)
    try:
        yield
    finally:
        _active_llm_rate_limit_retry.reset(token)


CONNECT_SECONDS = 10.0  # for a connection, of the seconds that a call has
EXTRAS = ("extra_headers", "extra_query", "timeout")  # what `create` takes beside the parameters


@functools.cache
def tls() -> ssl.SSLContext:
    """One for the process: building it takes 43 ms, which CrewAI spends twice for every LLM."""
    return ssl.create_default_context()


@functools.cache
def _platform() -> Any:
    """What the SDKs' clients each find out anew, in a thread, for a header of their first call."""
    return get_platform()


@functools.cache
def _has_proxies() -> bool:
    """Whether the environment names proxies, which a client would else look for each time."""
    return bool(urllib.request.getproxies())


def _patience(limit: float | None) -> httpx.Timeout:
    """For SDK clients; the whole call's limit is `research.crews.model_calls`' to keep."""
    return httpx.Timeout(limit, connect=CONNECT_SECONDS)


def _http_client() -> httpx.AsyncClient:
    """For one LLM. aiohttp's transport takes half the CPU of httpx's own for a call."""
    return HttpxAiohttpClient(
        verify=tls(),
        trust_env=_has_proxies(),
        headers={"accept-encoding": "identity"},  # `inspect` reads what comes
        event_hooks={"response": [inspect]},
    )


@functools.cache
def _sync_http_client() -> httpx.Client:
    """One for all: CrewAI wants a sync client for every LLM, and hardly ever uses it."""
    return httpx.Client(verify=tls())


class _Clients:
    """What the clients of both SDK families share."""

    if TYPE_CHECKING:

        def _get_client_params(self, **options: Any) -> dict[str, Any]: ...

    def get_input_tokens_count(self, messages: Any, *args: Any, **kwargs: Any) -> int:
        """Four characters to a token; the stock classes ask the provider over HTTP."""
        return len(str(messages)) // CHARACTERS_PER_TOKEN


class _OpenAIClients(_Clients):
    """SDK clients of their own for each LLM, over one SSLContext for all."""

    def _build_sync_client(self) -> OpenAI:
        return OpenAI(**self._get_client_params(), http_client=_sync_http_client())

    def _build_async_client(self) -> AsyncOpenAI:
        params = self._get_client_params()
        params["timeout"] = _patience(params.get("timeout"))
        client = AsyncOpenAI(**params, http_client=_http_client())
        client._platform = _platform()
        completions: Any = client.chat.completions
        completions.create = functools.partial(_create_as_it_is, client)
        return client


async def _create_as_it_is(
    client: AsyncOpenAI, *, extra_body: dict[str, Any] | None = None, **body: Any
) -> Any:
    """Sends CrewAI's parameters as they are: they are JSON already.

    The SDK would walk through them with the types of its parameters: a sixth of a crew's CPU.
    """
    options = {name: body.pop(name) for name in EXTRAS if name in body}
    return await client.post(
        "/chat/completions",
        body={**body, **(extra_body or {})},
        options=make_request_options(**options),
        cast_to=ChatCompletion,
        stream=bool(body.get("stream")),
        stream_cls=AsyncStream[_Chunk],
    )


class _Chunk:
    """A piece of an answer as it came; the SDK would check it against its types.

    Objects of its JSON have their members as attributes, and None for the usual ones they lack.
    """

    id = choices = usage = None
    index = delta = finish_reason = None
    content = tool_calls = function = name = arguments = None

    def __init__(self, members: dict[str, Any]) -> None:
        vars(self).update({name: _as_attributes(value) for name, value in members.items()})

    @classmethod
    def build(cls, *, response: Any, data: Any) -> Any:
        """The SDK's hook for types of its callers' own (`ModelBuilderProtocol`)."""
        return _as_attributes(data)


def _as_attributes(value: Any) -> Any:
    if isinstance(value, dict):
        return _Chunk(value)
    return [_as_attributes(each) for each in value] if isinstance(value, list) else value


class _AnthropicClients(_Clients):
    """The same for Anthropic's SDK."""

    def _build_sync_client(self) -> Anthropic:
        params = self._get_client_params(include_http_client=False)
        return Anthropic(**params, http_client=_sync_http_client())

    def _build_async_client(self) -> AsyncAnthropic:
        params = self._get_client_params(include_http_client=False)
        params["timeout"] = _patience(params.get("timeout"))
        client = AsyncAnthropic(**params, http_client=_http_client())
        client._platform = _platform()
        return client


class _AzureClients(_Clients):
    """Clients that ask once; Azure's own policy would ask ten times more."""

    def _make_client_kwargs(self) -> dict[str, Any]:
        stock: Any = super()
        return {**stock._make_client_kwargs(), "retry_total": 0}


@functools.cache
def llm_class(provider: str) -> type[BaseLLM] | None:
    """CrewAI's class for a provider, with cheap clients; None where CrewAI goes through LiteLLM."""
    native = LLM._get_native_provider(provider)
    if native is None:
        return None
    if issubclass(native, OpenAICompletion):
        clients: type[_Clients] = _OpenAIClients
    elif issubclass(native, AnthropicCompletion):
        clients = _AnthropicClients
    elif hasattr(native, "_make_client_kwargs"):
        clients = _AzureClients
    else:
        return native
    metaclass: Any = type(native)
    own = metaclass(native.__name__, (clients, native), {"__module__": __name__})
    return cast("type[BaseLLM]", own)


def warm(llm: BaseLLM) -> None:
    """Has an SDK import what it puts off to the first call: OpenAI's takes 0.7 s."""
    if isinstance(llm, OpenAICompletion):
        _ = llm._get_async_client().chat.completions


async def close(llm: Any) -> None:
    """Closes an LLM's connections, which nothing in CrewAI does."""
    if client := getattr(llm, "_async_client", None):
        with contextlib.suppress(AttributeError):  # Gemini's and Bedrock's close by themselves
            await client.close()
