"""CrewAI's agent loop with awaited model calls, made in one place."""

import asyncio
import json
import logging
from collections.abc import Collection
from typing import Any, cast

from research.crews.checking import OutputCheck
from research.crews.crewai.agents import Aside, QuietAgent
from research.crews.crewai.conversation import Conversation, EmptyAnswer, Said, with_request
from research.crews.crewai.native_tools import NativeTools
from research.crews.crewai.quiet_import import quiet_import
from research.crews.failures import classify, refuses_tools
from research.crews.protocols.chat import ToolCalls
from research.crews.provider_words import without_keys
from research.crews.written_calls import WrittenCall, is_written_call, written_calls
from research.exceptions import ResearchError
from research.text.cleaning import is_blank
from research.text.final import final_text

with quiet_import():
    from crewai.agents.parser import AgentAction, AgentFinish
    from crewai.llms.base_llm import BaseLLM
    from crewai.llms.context_window import _chunk_messages, _summary_request_tokens
    from crewai.utilities import agent_utils
    from crewai.utilities.i18n import I18N_DEFAULT
    from crewai.utilities.message_utils import build_summary_prompt
    from crewai.utilities.string_utils import sanitize_tool_name

MOST_ASKED_AGAIN = 2  # times in one task, for calls of tools that cannot be run
CALL_AGAIN = (
    "That reads like a call of a tool, and cannot be run as it is written. Call one of these tools "
    "in the way that you were told, and write nothing else, or write your answer: {tools}."
)
NO_TOOLS = "You have no tools. Write the answer itself, from what you were told."

logger = logging.getLogger(__name__)


class OnlyToolCalls(ResearchError):
    """The model wrote calls of tools where its answer was due. Use one that can call tools."""


class AsyncExecutor(NativeTools):
    """CrewAI's agent loop with native async model calls.

    The stock executor is a Flow whose steps, the model call among them, go through
    `asyncio.to_thread`: six at a time on two cores, and a cancelled call runs on. Here the same
    steps are a plain loop: model and tools are awaited, so that any number is open at once and
    cancelling closes the request. Planning (`todos`) is the Flow's and is not supported.
    """

    def _flow_post_init(self, definition: Any = None) -> None:
        """No Flow to set up: the stock one builds a pydantic class and a listener table."""
        self._initialize_runtime_extension_attrs()

    async def kickoff_async(self, *args: Any, **kwargs: Any) -> Any:
        agent = cast("QuietAgent", self.agent)
        agent.aside = Aside()
        self._conversation = Conversation(agent, self.task, cast("BaseLLM", self.llm))
        self._times_asked_again = 0
        self.state.use_native_tools = self._check_native_tool_support()
        if self.state.use_native_tools:
            self._setup_native_tools()
        await self._work()
        if agent.check and self.task and self.task.name == agent.check.task:
            await self._check(agent.check, agent.aside)
        return self.state.current_answer

    async def _work(self) -> None:
        """Turns of the model, up to its answer."""
        while not self.state.is_finished:
            if agent_utils.has_reached_max_iterations(self.state.iterations, self.max_iter):
                await self._force_final_answer()
            else:
                await self._iterate()
                self.state.iterations += 1

    async def _check(self, check: OutputCheck, aside: Aside) -> None:
        """Has the crew's result looked at, and asks the model once for a better one."""
        if request := await check.look(self._output()):
            await self._mend(check, aside, request)
        text = await check.settle(self._output(), self._ask_aside)
        aside.first, aside.dropped = check.first, check.dropped
        self.state.current_answer = AgentFinish(thought="", output=text, text=text)

    async def _mend(self, check: OutputCheck, aside: Aside, request: str) -> None:
        """Goes on with the conversation, in which the model still sees what its tools showed."""
        messages: Any = self.state.messages
        messages[:] = with_request(messages, request)
        was_incomplete, self.state.is_finished = aside.is_incomplete, False
        try:
            await self._work()
        except Exception as error:  # noqa: BLE001 the first text was paid for, and stays
            logger.info("A result stays as it was first written: %s", without_keys(str(error)))
        else:
            await check.look_again(self._output())
        if not check.first:
            aside.is_incomplete = was_incomplete

    def _output(self) -> str:
        return str(cast("AgentFinish", self.state.current_answer).output)

    async def _ask_aside(self, question: str) -> str:
        """One question that is no part of the task's conversation."""
        return (await self._conversation.ask([{"role": "user", "content": question}])).text

    async def _iterate(self) -> None:
        """One turn of the model, and the tools that it asks for."""
        native = self.state.use_native_tools
        messages: Any = self.state.messages
        try:
            said = await self._conversation.ask(messages, self._openai_tools if native else None)
        except ResearchError:  # ours, whatever its words
            raise
        except Exception as error:
            if native and refuses_tools(error):
                self._downgrade_to_text_tool_calling()
            elif classify(error).kind == "too_large":
                await self._summarise()
            else:
                raise
        else:
            await self._act_on(said)

    async def _act_on(self, said: Said) -> None:
        """Runs what the model calls, in the protocol's own field or as text; else it is done."""
        native = self.state.use_native_tools
        offered = self._offered()
        written = written_calls(said.text, offered, after_thought=not native) if offered else None
        if said.calls:
            await self._use_native_tools(said.calls)
        elif written and native:
            await self._use_native_tools([_in_protocol(n, call) for n, call in enumerate(written)])
        elif written:
            await self._use_action(written[0], said.text)
        elif written == [] or is_written_call(said.text):
            self._ask_again(said.text, offered)
        else:
            self._finish(said)

    def _offered(self) -> dict[str, str]:
        """The tools by the names that the model knows, with their first arguments."""
        return {
            sanitize_tool_name(tool.name): next(
                iter(tool.args_schema.model_json_schema().get("properties", ())), ""
            )
            for tool in self.original_tools
        }

    async def _use_native_tools(self, calls: list[Any]) -> None:
        """Runs calls; what else came with them in the model's turn is sent back with their results.

        Some models are thereby told their own reasoning, without which they refuse to go on.
        """
        before = len(self.state.messages)
        await self.use_natively(calls)
        if isinstance(calls, ToolCalls) and len(self.state.messages) > before:
            turn: Any = self.state.messages[before]
            turn.update(calls.turn)

    async def _use_action(self, call: WrittenCall, text: str) -> None:
        """Runs a call that was written as text; an outcome that was made up is dropped."""
        self.state.current_answer = AgentAction(
            thought="",
            tool=call.tool,
            tool_input=json.dumps(call.arguments),
            text=text[: call.end].strip(),
        )
        await asyncio.to_thread(self.execute_tool_action)

    def _ask_again(self, text: str, offered: Collection[str]) -> None:
        """For a call that cannot be run: it is not an answer either."""
        self._times_asked_again += 1
        if self._times_asked_again > MOST_ASKED_AGAIN:
            raise OnlyToolCalls
        request = CALL_AGAIN.format(tools=", ".join(offered)) if offered else NO_TOOLS
        messages: Any = self.state.messages
        self._append_message_to_state(text)
        messages[:] = with_request(messages, request)

    async def _force_final_answer(self) -> None:
        """Out of iterations: asks once more, for the answer as it stands."""
        request = I18N_DEFAULT.errors("force_final_answer")
        messages: Any = self.state.messages
        messages[:] = with_request(messages, request)
        said = await self._conversation.ask(messages)
        if said.calls or is_written_call(said.text):
            raise OnlyToolCalls
        self._finish(said)

    def _finish(self, said: Said) -> None:
        is_react = bool(self.original_tools) and not self.state.use_native_tools
        text = final_text(said.text, is_react)
        if is_blank(text):
            raise EmptyAnswer(but=" but a label")
        cast("QuietAgent", self.agent).aside.is_incomplete = said.is_incomplete
        self._append_message_to_state(text)
        self.state.current_answer = AgentFinish(thought="", output=text, text=text)
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
            prompt: Any = build_summary_prompt(chunk)
            answer = (await self._conversation.ask(prompt)).text
            parts.append(answer.partition("<summary>")[2].partition("</summary>")[0] or answer)
        summary = I18N_DEFAULT.slice("summary").format(merged_summary="\n\n".join(parts))
        self.state.messages[:] = [*kept, {"role": "user", "content": summary}]


def _in_protocol(number: int, call: WrittenCall) -> dict[str, Any]:
    """A call that was written as text, as the protocol's own field has it."""
    function = {"name": call.tool, "arguments": json.dumps(call.arguments)}
    return {"id": f"written_{number}", "type": "function", "function": function}
