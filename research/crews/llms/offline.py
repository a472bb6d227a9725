"""`offline`: an extractive model that needs no key and no network, and makes nothing up.

It drives the same agents, tools and events as any model, and reads nothing but the messages it is
given. Every sentence that it writes about a topic stands in a source, with the source's number;
when the library holds nothing, it says so. It is deterministic.
"""

from typing import Any

from pydantic import Field

from research.crews.crewai import BaseLLM, LLMCallType, llm_call_context
from research.crews.definition import Extract
from research.crews.llms.catalog import OFFLINE
from research.crews.llms.writers import writer_for


class OfflineLLM(BaseLLM):
    """Searches, quotes and counts; `extracts` says by task name what it writes for the task."""

    llm_type: str = OFFLINE
    provider: str = OFFLINE
    topic: str = Field(min_length=1)
    extracts: dict[str, Extract] = {}

    def call(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        return self._answer(messages, *args, **kwargs)

    async def acall(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        return self._answer(messages, *args, **kwargs)

    def supports_function_calling(self) -> bool:
        return True

    def supports_stop_words(self) -> bool:
        return False

    def get_context_window_size(self) -> int:
        return 1_000_000

    def get_input_tokens_count(self, messages: Any, *args: Any, **kwargs: Any) -> int:
        return 0  # nothing is sent to anyone

    def _answer(
        self,
        messages: Any,
        tools: list[dict[str, Any]] | None = None,
        callbacks: Any = None,
        available_functions: Any = None,
        from_task: Any = None,
        from_agent: Any = None,
        response_model: Any = None,
    ) -> Any:
        told = {"from_task": from_task, "from_agent": from_agent}
        with llm_call_context():
            self._emit_call_started_event(messages=messages, tools=tools, **told)
            extract = self.extracts.get(getattr(from_task, "name", ""), "findings")
            writer = writer_for(extract, self.topic, messages)
            writer.refuse_failures()
            offered = {tool["function"]["name"] for tool in tools or []}
            response: Any
            calls = [call for call in writer.next_calls() if call["function"]["name"] in offered]
            if calls:
                response, kind = calls, LLMCallType.TOOL_CALL
            else:
                response, kind = writer.text(), LLMCallType.LLM_CALL
                for line in response.splitlines(keepends=True):
                    self._emit_stream_chunk_event(chunk=line, **told)
            usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
            self._emit_call_completed_event(
                response=response, call_type=kind, messages=messages, usage=usage, **told
            )
            return response
