"""CrewAI's agent loop with awaited model calls, made in one place."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from research.crews.crewai.agents import QuietAgent
from research.crews.crewai.quiet_import import quiet_import
from research.crews.model_calls import CHARACTERS_PER_TOKEN, Request
from research.exceptions import ResearchError

with quiet_import():
    from crewai.agents.agent_executor import AgentExecutor
    from crewai.agents.parser import AgentAction, AgentFinish, OutputParserError
    from crewai.llms.base_llm import BaseLLM
    from crewai.llms.context_window import _chunk_messages, _summary_request_tokens
    from crewai.utilities import agent_utils
    from crewai.utilities.i18n import I18N_DEFAULT
    from crewai.utilities.message_utils import build_summary_prompt
    from crewai_core.printer import PRINTER
    from pydantic import BaseModel


class AsyncExecutor(AgentExecutor):
    """CrewAI's agent loop with native async model calls.

    The stock executor is a Flow whose steps, the model call among them, go through
    `asyncio.to_thread`: six at a time on two cores, and a cancelled call runs on. Here the same
    steps are a plain loop: the model call is awaited, so that any number is open at once and
    cancelling closes the request; only tools, which block, run in a thread. Planning (`todos`) is
    the Flow's and is not supported.
    """

    def _flow_post_init(self, definition: Any = None) -> None:
        """No Flow to set up: the stock one builds a pydantic class and a listener table."""
        self._initialize_runtime_extension_attrs()

    async def kickoff_async(self, *args: Any, **kwargs: Any) -> Any:
        # The stock pre-flight counts tokens in a thread before each call, and over HTTP for OpenAI.
        # A context that is too long is instead summarised when the provider says so.
        self.respect_context_window = False
        self._show_start_logs()
        self.state.use_native_tools = self._check_native_tool_support()
        if self.state.use_native_tools:
            self._setup_native_tools()
        while not self.state.is_finished:
            if agent_utils.has_reached_max_iterations(self.state.iterations, self.max_iter):
                await self._force_final_answer()
            else:
                await self._iterate()
                self.state.iterations += 1
        return self.state.current_answer

    async def _iterate(self) -> None:
        """One model call, and the tools that it asks for."""
        native = self.state.use_native_tools
        try:
            answer = await self._ask_model(self._openai_tools if native else None)
            if native and isinstance(answer, list) and self._is_tool_call_list(answer):
                self.state.pending_tool_calls = list(answer)
                await self._use_tools(self.execute_native_tool)
            elif native or isinstance(answer, BaseModel):
                self._finish(answer)
            else:
                await self._act_on(answer)
        except OutputParserError as error:
            self._last_parser_error = error
            self.recover_from_parser_error()
            self.state.iterations -= 1  # the stock method counts, and so does the loop
        except ResearchError:  # ours, whatever its words
            raise
        except Exception as error:
            if native and agent_utils.is_native_tool_calling_unsupported_error(error):
                self._downgrade_to_text_tool_calling()
            elif agent_utils.is_context_length_exceeded(error):
                await self._summarise()
            else:
                raise

    async def _ask_model(self, tools: list[dict[str, Any]] | None) -> Any:
        def ask() -> Any:
            return agent_utils.aget_llm_response(
                llm=cast("BaseLLM", self.llm),
                messages=list(self.state.messages),
                callbacks=self.callbacks,
                printer=PRINTER,
                tools=tools or None,
                from_task=self.task,
                from_agent=self.agent,
                response_model=None if self.original_tools else self.response_model,
                executor_context=self,
                verbose=False,
            )

        return await self._call(ask, len(str(self.state.messages)) + len(str(tools or "")))

    async def _call(self, ask: Callable[[], Any], characters: int) -> Any:
        """Makes a model call of that many characters where all calls are made."""
        request = Request(
            task=getattr(self.task, "name", None),
            agent=getattr(self.agent, "role", "The crew"),
            tokens=characters // CHARACTERS_PER_TOKEN,
        )
        return await cast("QuietAgent", self.agent).make_call(request, ask)

    async def _act_on(self, answer: str) -> None:
        """A model without native tool calls writes its action, or its answer, as text."""
        step = agent_utils.process_llm_response(answer, self.use_stop_words)
        self.state.current_answer = step
        if isinstance(step, AgentAction):
            await self._use_tools(self.execute_tool_action)
        else:
            self._append_message_to_state(step.text)
            self.state.is_finished = True

    async def _force_final_answer(self) -> None:
        """Out of iterations: asks once more, for the answer as it stands."""
        request = {"role": "user", "content": I18N_DEFAULT.errors("force_final_answer")}
        self.state.messages.append(request)
        self._finish(await self._ask_model(None))

    def _finish(self, answer: Any) -> None:
        text = answer.model_dump_json() if isinstance(answer, BaseModel) else str(answer)
        self._append_message_to_state(text)
        self.state.current_answer = AgentFinish(
            thought="", output=answer if isinstance(answer, BaseModel) else text, text=text
        )
        self.state.is_finished = True

    async def _summarise(self) -> None:
        """Puts the model's own summary in the place of messages that are too many for it.

        The stock code does so on another event loop, where an LLM's connections cannot be used,
        and believes its own count of tokens; the provider's is larger, so half of ours is taken.
        """
        llm = cast("BaseLLM", self.llm)
        kept = [message for message in self.state.messages if message["role"] == "system"]
        others = [message for message in self.state.messages if message["role"] != "system"]
        half = _summary_request_tokens(llm, others) // 2
        least = 2 * _summary_request_tokens(llm, [])
        most = min(llm.get_context_window_size(), max(half, least))
        parts = []
        for chunk in _chunk_messages(llm, others, most):
            prompt = build_summary_prompt(chunk)
            ask = partial(llm.acall, prompt, from_task=self.task, from_agent=self.agent)
            answer = str(await self._call(ask, len(str(prompt))))
            parts.append(answer.partition("<summary>")[2].partition("</summary>")[0] or answer)
        summary = I18N_DEFAULT.slice("summary").format(merged_summary="\n\n".join(parts))
        self.state.messages[:] = [*kept, {"role": "user", "content": summary}]

    async def _use_tools(self, step: Callable[[], object]) -> None:
        """One step of the stock executor that runs tools, which block, in a thread."""
        await asyncio.to_thread(step)
