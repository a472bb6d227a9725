"""LLM classes with cheap clients of their own, which ask a provider once and never again."""

import contextlib
import functools
import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from research.crews.crewai.absent import absent
from research.crews.crewai.clients import (
    Clients,
    http_client,
    patience,
    platform,
    sync_http_client,
)
from research.crews.crewai.quiet_import import quiet_import

with quiet_import():
    from crewai.llm import LLM
    from crewai.llms.base_llm import BaseLLM
    from crewai.llms.providers.openai.completion import OpenAICompletion
    from crewai.llms.retry import _active_llm_rate_limit_retry
    from openai import AsyncOpenAI, AsyncStream, OpenAI
    from openai._base_client import make_request_options
    from openai.types.chat import ChatCompletion


@contextlib.contextmanager
def one_retry_layer() -> Iterator[None]:
    """Leaves retries to `research.crews.model_calls`; CrewAI would ask three times after a 429."""
    token = _active_llm_rate_limit_retry.set(True)
    try:
        yield
    finally:
        _active_llm_rate_limit_retry.reset(token)


@functools.cache
def _import_resources() -> None:
    """Half of what the SDK puts off to a client's first use is left out, too."""
    with absent():
        importlib.import_module("openai.resources.chat")


EXTRAS = ("extra_headers", "extra_query", "timeout")  # what `create` takes beside the parameters


class _OpenAIClients(Clients):
    """SDK clients of their own for each LLM, over one SSLContext for all."""

    if TYPE_CHECKING:

        def _get_client_params(self) -> dict[str, Any]: ...

    def _build_sync_client(self) -> OpenAI:
        return OpenAI(**self._get_client_params(), http_client=sync_http_client())

    def _build_async_client(self) -> AsyncOpenAI:
        params = self._get_client_params()
        params["timeout"] = patience(params.get("timeout"))
        client = AsyncOpenAI(**params, http_client=http_client())
        client._platform = platform()
        _import_resources()
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


class _AzureClients(Clients):
    """Clients that ask once; Azure's own policy would ask ten times more."""

    def _make_client_kwargs(self) -> dict[str, Any]:
        stock: Any = super()
        return {**stock._make_client_kwargs(), "retry_total": 0}


@functools.cache
def llm_class(provider: str) -> type[BaseLLM] | None:
    """CrewAI's class for a provider, with cheap clients; None where CrewAI goes through LiteLLM."""
    # Each SDK is imported only where it is used: they take a second each.
    if provider == "anthropic":
        from research.crews.crewai.anthropic_llm import AnthropicLLM

        return AnthropicLLM
    if provider == "gemini":
        from research.crews.crewai.gemini_llm import GeminiLLM

        return GeminiLLM
    native = LLM._get_native_provider(provider)
    if native is None:
        return None
    if issubclass(native, OpenAICompletion):
        clients: type[Clients] = _OpenAIClients
    elif hasattr(native, "_make_client_kwargs"):
        clients = _AzureClients
    else:
        return native
    metaclass: Any = type(native)
    own = metaclass(native.__name__, (clients, native), {"__module__": __name__})
    return cast("type[BaseLLM]", own)


def warm(llm: BaseLLM) -> None:
    """Has an SDK import what it puts off to the first call: OpenAI's takes half a second."""
    if isinstance(llm, OpenAICompletion):
        _ = llm._get_async_client().chat.completions


async def close(llm: Any) -> None:
    """Closes an LLM's connections; Bedrock's close by themselves."""
    if isinstance(llm, Clients):
        await llm.aclose()
