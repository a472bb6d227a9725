"""Anthropic's LLM class, with clients of its own, and thoughts that return with tools' results."""

from typing import Any

from pydantic import PrivateAttr

from research.crews.answers import coming
from research.crews.crewai.clients import Clients, http_client, patience, platform, sync_http_client
from research.crews.crewai.quiet_import import quiet_import

with quiet_import():
    from anthropic import Anthropic, AsyncAnthropic
    from crewai.llms.providers.anthropic.completion import AnthropicCompletion


class AnthropicLLM(Clients, AnthropicCompletion):
    """Claude, asked with Anthropic's own protocol."""

    _thoughts: dict[str, list[Any]] = PrivateAttr(default_factory=dict)
    """Of each turn that called tools, by the first call's id."""

    def _build_sync_client(self) -> Anthropic:
        params = self._get_client_params(include_http_client=False)
        return Anthropic(**params, http_client=sync_http_client())

    def _build_async_client(self) -> AsyncAnthropic:
        params = self._get_client_params(include_http_client=False)
        params["timeout"] = patience(params.get("timeout"))
        client = AsyncAnthropic(**params, http_client=http_client())
        client._platform = platform()
        return client

    async def acall(self, *args: Any, **options: Any) -> Any:
        answer = await super().acall(*args, **options)
        if isinstance(answer, list) and answer:
            self._thoughts[answer[0].id] = coming().thoughts
        return answer

    def _format_messages_for_anthropic(self, messages: Any) -> tuple[list[Any], Any]:
        """Puts a turn's thoughts before its calls of tools, where the API wants them back."""
        formatted, system = super()._format_messages_for_anthropic(messages)
        for message in formatted:
            content: Any = message["content"]
            if isinstance(content, list) and content:
                content[:0] = self._thoughts.get(content[0].get("id"), [])
        return formatted, system
