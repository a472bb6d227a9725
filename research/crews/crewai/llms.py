"""LLM classes with cheap clients of their own, which ask a provider once and never again."""

import contextlib
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from research.crews.crewai.clients import (
    Clients,
    http_client,
    patience,
    platform,
    sync_http_client,
)
from research.crews.crewai.openai_chat import OpenAIChat
from research.crews.crewai.posting import PostingClient
from research.crews.crewai.quiet_import import quiet_import

with quiet_import():
    from crewai.llm import LLM
    from crewai.llms.base_llm import BaseLLM
    from crewai.llms.providers.openai.completion import OpenAICompletion
    from crewai.llms.retry import _active_llm_rate_limit_retry
    from openai import OpenAI


@contextlib.contextmanager
def one_retry_layer() -> Iterator[None]:
    """Leaves retries to `research.crews.model_calls`; CrewAI would ask three times after a 429."""
    token = _active_llm_rate_limit_retry.set(True)
    try:
        yield
    finally:
        _active_llm_rate_limit_retry.reset(token)


class _OpenAIClients(OpenAIChat, Clients):
    """SDK clients of their own for each LLM, over one SSLContext for all."""

    if TYPE_CHECKING:
        _client: OpenAI | None

        def _get_client_params(self) -> dict[str, Any]: ...

    def _build_sync_client(self) -> None:
        """None before it is asked for, which nothing here does."""

    def _get_sync_client(self) -> OpenAI:
        if self._client is None:
            self._client = OpenAI(**self._get_client_params(), http_client=sync_http_client())
        return self._client

    def _build_async_client(self) -> PostingClient:
        params = self._get_client_params()
        params["timeout"] = patience(params.get("timeout"))
        client = PostingClient(**params, http_client=http_client())
        client._platform = platform()
        return client


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


async def close(llm: Any) -> None:
    """Closes an LLM's connections; Bedrock's close by themselves."""
    if isinstance(llm, Clients):
        await llm.aclose()
