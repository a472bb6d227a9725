"""The model calls of one agent at one task: each turn with what it is to be kept of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from research.crews.answers import CHARACTERS_PER_TOKEN, Answer, End, coming
from research.crews.crewai.agents import QuietAgent
from research.crews.crewai.quiet_import import quiet_import
from research.crews.model_calls import Request
from research.crews.provider_words import ProviderError, without_keys
from research.exceptions import ResearchError
from research.text.cleaning import cut, is_blank
from research.text.continuing import continued
from research.text.reasoning import split_reasoning

with quiet_import():
    from crewai.llms.base_llm import BaseLLM
    from crewai.utilities import agent_utils
    from crewai.utilities.types import LLMMessage

AGAIN = "Your last answer was empty. Write the answer itself now."
GO_ON = (
    "Your answer was cut off at the limit of its length. Go on exactly where it ended: "
    "repeat nothing, and add no remark."
)

Message = dict[str, Any]
Tools = list[dict[str, Any]]

logger = logging.getLogger(__name__)


class EmptyAnswer(ResearchError):
    """The model answered with nothing{but}, twice. Try again, or use another model."""


class AnswerRefused(ResearchError):
    """The model, or a filter around it, refused to answer: {words}"""


@dataclass
class Said:
    """A turn of the model: its text without reasoning, and the calls of tools it asks for."""

    text: str
    calls: list[Any] = field(default_factory=list)
    end: End | None = None
    is_incomplete: bool = False
    """It was cut, and the model did not get to its end."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read in it, and nothing to do."""
        return not self.calls and is_blank(self.text)


class Conversation:
    """What one agent says to its model."""

    def __init__(self, agent: QuietAgent, task: Any, llm: BaseLLM) -> None:
        self._agent, self._task, self._llm = agent, task, llm

    async def ask(self, messages: Sequence[Message], tools: Tools | None = None) -> Said:
        """The model's turn after these messages.

        An empty answer is asked for once more, and a cut one is gone on with once. Raises what the
        call raises, EmptyAnswer and AnswerRefused.
        """
        said = await self._call(messages, tools)
        if said.is_empty:
            said = await self._call(with_request(messages, AGAIN), tools)
        if said.is_empty:
            but = " but its reasoning" if self._agent.aside.reasoning else ""
            raise EmptyAnswer(but=but)
        if said.end is End.CUT and not said.calls:
            await self._go_on(said, messages, tools)
        return said

    async def _go_on(self, said: Said, messages: Sequence[Message], tools: Tools | None) -> None:
        """Has the model write the rest of a cut answer, if the budget allows."""
        turn = {"role": "assistant", "content": said.text}
        said.is_incomplete = True
        try:
            more = await self._call(with_request([*messages, turn], GO_ON), tools)
        except Exception as error:  # noqa: BLE001 what was paid for is kept, whatever comes after
            logger.info("A cut answer stays as it is: %s", without_keys(str(error)))
            return
        said.text = continued(said.text, more.text)
        said.is_incomplete = more.end is End.CUT or more.is_empty

    async def _call(self, messages: Sequence[Message], tools: Tools | None) -> Said:
        """One model call, made where all calls are made."""

        async def ask() -> tuple[Any, Answer]:
            answer = coming()
            said = await self._llm.acall(
                cast("list[LLMMessage]", list(messages)),
                tools=tools or None,
                from_task=self._task,
                from_agent=self._agent,
            )
            if answer.end is End.FAILED:  # raised here, so that it is asked again
                raise ProviderError(answer.words or "The answer broke off.")
            return said, answer

        request = Request(
            task=getattr(self._task, "name", None),
            agent=self._agent.role,
            tokens=(len(str(messages)) + len(str(tools or ""))) // CHARACTERS_PER_TOKEN,
        )
        said, answer = await self._agent.make_call(request, ask)
        calls = said if isinstance(said, list) and agent_utils.is_tool_call_list(said) else []
        inline, text = ("", "") if calls else split_reasoning("" if said is None else str(said))
        self._keep_reasoning(answer.reasoning, inline)
        if answer.end is End.REFUSED:
            words = answer.words or text or "it gives no reason"
            raise AnswerRefused(words=without_keys(" ".join(words.split())))
        return Said(text, calls, answer.end)

    def _keep_reasoning(self, *parts: str) -> None:
        aside = self._agent.aside
        known = [aside.reasoning, *parts]
        aside.reasoning = cut("\n\n".join(part.strip() for part in known if part.strip()))


def with_request(messages: Sequence[Message], text: str) -> list[Message]:
    """The messages with one more of the user's; some models want no two of them in a row."""
    *others, last = messages
    if last["role"] == "user" and isinstance(last["content"], str):
        return [*others, {**last, "content": f"{last['content']}\n\n{text}"}]
    return [*messages, {"role": "user", "content": text}]
