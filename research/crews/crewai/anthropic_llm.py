"""Anthropic's LLM class, with clients of its own, and thoughts that return with tools' results."""

from typing import Any

from research.crews.crewai.clients import Clients, http_client, patience, platform, sync_http_client
from research.crews.crewai.quiet_import import quiet_import
from research.crews.protocols.anthropic import THOUGHTS

with quiet_import():
    from anthropic import Anthropic, AsyncAnthropic
    from crewai.llms.providers.anthropic.completion import AnthropicCompletion


class AnthropicLLM(Clients, AnthropicCompletion):
    """Claude, asked with Anthropic's own protocol."""

    def _build_sync_client(self) -> Anthropic:
        params = self._get_client_params(include_http_client=False)
        return Anthropic(**params, http_client=sync_http_client())

    def _build_async_client(self) -> AsyncAnthropic:
        params = self._get_client_params(include_http_client=False)
        params["timeout"] = patience(params.get("timeout"))
        client = AsyncAnthropic(**params, http_client=http_client())
        client._platform = platform()
        return client

    def _format_messages_for_anthropic(self, messages: Any) -> tuple[list[Any], Any]:
        """Puts a turn's thoughts before its calls of tools; without them the API refuses both."""
        formatted, system = super()._format_messages_for_anthropic(messages)
        thoughts = {} if isinstance(messages, str) else _thoughts_by_call(messages)
        for message in formatted:
            content: Any = message["content"]
            if isinstance(content, list) and content:
                content[:0] = thoughts.get(content[0].get("id"), [])
        return formatted, system


def _thoughts_by_call(messages: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The thoughts of each turn that calls tools, by the first call's id."""
    return {
        message["tool_calls"][0]["id"]: message[THOUGHTS]
        for message in messages
        if message.get("tool_calls") and THOUGHTS in message
    }
