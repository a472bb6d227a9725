"""How the OpenAI classes ask for a chat completion and read it, in place of CrewAI's own way.

The stock reader loses text that comes with usage, stops at a choice without `delta` or at content
in parts, mixes calls of tools that share an index, and knows no reasoning. SDK and CrewAI spend
0.4 ms of CPU on each piece of a stream, and keep it until the crew ends; here pieces that come
close together are one event.
"""

import functools
import json
import time
from typing import TYPE_CHECKING, Any, cast

import httpx

from research.crews.answers import coming
from research.crews.crewai.posting import PostingClient
from research.crews.crewai.quiet_import import quiet_import
from research.crews.protocols.chat import ChatAnswer, ToolCalls
from research.crews.protocols.documents import Documents

with quiet_import():
    from crewai.events.types.llm_events import LLMCallType
    from crewai.llms.providers.openai.completion import OpenAICompletion
    from openai import APIStatusError

SHOWN_SECONDS = 0.1  # between events that show what is being written
EXTRAS = ("extra_headers", "extra_query", "timeout")  # what `create` takes that is no parameter


class OpenAIChat:
    """Streamed chat completions, read leniently; a mixin for `OpenAICompletion`."""

    if TYPE_CHECKING:

        def _get_async_client(self) -> PostingClient: ...
        def _emit_stream_chunk_event(self, chunk: str, **told: Any) -> None: ...
        def _emit_thinking_chunk_event(self, chunk: str, **told: Any) -> None: ...
        def _emit_call_completed_event(self, **told: Any) -> None: ...

    async def _ahandle_streaming_completion(
        self,
        params: dict[str, Any],
        available_functions: Any = None,
        from_task: Any = None,
        from_agent: Any = None,
        response_model: Any = None,
    ) -> str | ToolCalls:
        """The answer's text, or the calls of tools that it asks for.

        What else it says is told to `research.crews.answers.coming`.
        """
        who = {"from_task": from_task, "from_agent": from_agent}
        response = await _ask(self._get_async_client(), params)
        answer, documents, shown = ChatAnswer(), Documents(), 0.0
        told = coming()
        try:
            async for part in response.aiter_bytes():
                for document in documents.feed(part):
                    answer.add(document)
                if (now := time.monotonic()) - shown >= SHOWN_SECONDS:
                    shown = now
                    self._show(answer, who)
                if documents.is_done:
                    break
        finally:
            told.written = answer.written
            await response.aclose()
        for document in documents.end():
            answer.add(document)
        self._show(answer, who)
        told.written, told.usage = answer.written, answer.usage
        told.end, told.words = answer.end(documents.is_done)
        told.reasoning = answer.reasoning
        said: str | ToolCalls = answer.tool_calls() if answer.calls else answer.text
        self._emit_call_completed_event(
            response=said,
            call_type=LLMCallType.TOOL_CALL if answer.calls else LLMCallType.LLM_CALL,
            **who,
        )
        return said

    def _convert_tools_for_interference(self, tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """As the stock one, which computes anew for each call what is the same in every crew."""
        return cast("list[dict[str, Any]]", json.loads(_converted(json.dumps(tools))))

    def _show(self, answer: ChatAnswer, who: dict[str, Any]) -> None:
        if reasoning := answer.take_reasoning():
            self._emit_thinking_chunk_event(chunk=reasoning, **who)
        if text := answer.take_text():
            self._emit_stream_chunk_event(chunk=text, **who)


@functools.lru_cache(maxsize=64)
def _converted(tools: str) -> str:
    """Tools as OpenAI wants them described. Both are JSON, so that nobody can change them here."""
    stock = OpenAICompletion._convert_tools_for_interference
    return json.dumps(stock(cast("Any", None), json.loads(tools)))


async def _ask(client: PostingClient, params: dict[str, Any]) -> httpx.Response:
    """Sends a request; once more without `stream_options` to a server that does not know them."""
    try:
        return await _send(client, params)
    except APIStatusError as error:
        if error.status_code not in (400, 422) or "stream_options" not in error.response.text:
            raise
    return await _send(
        client, {name: value for name, value in params.items() if name != "stream_options"}
    )


async def _send(client: PostingClient, params: dict[str, Any]) -> httpx.Response:
    """Sends CrewAI's parameters as they are: they are JSON already."""
    body = {**params, **(params.get("extra_body") or {})}
    body.pop("extra_body", None)
    options = {name: body.pop(name) for name in EXTRAS if name in body}
    return await client.post_json("/chat/completions", body, **options)
