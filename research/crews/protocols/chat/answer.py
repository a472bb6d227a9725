"""An answer to a chat completion, put together from the chunks that it comes in."""

import re
from typing import Any

from research.crews.answers import End, Usage, end_of
from research.crews.protocols.chat.calls import Calls
from research.crews.protocols.chat.content import REASONING, REFUSAL, parts_of, reasoning_in
from research.crews.protocols.chat.usage import as_count, usage_in, usages_in
from research.crews.provider_words import error_in
from research.text.cleaning import CUT, MAX_TEXT, printable

Json = dict[str, Any]
_HALVES = re.compile("[\ud800-\udfff]")


class ToolCalls(list[Json]):
    """The tool calls of a turn, with the turn as it has to be sent back before their results."""

    def __init__(self, calls: list[Json], turn: Json) -> None:
        super().__init__(calls)
        self.turn = turn


class ChatAnswer:
    """What chunks say, one after another. Of several choices only the first one counts."""

    def __init__(self) -> None:
        self.calls = Calls()
        self.written = 0
        """Characters of everything that the model wrote, kept or not."""
        self._texts = {"text": _Text(), REASONING: _Text(), REFUSAL: _Text()}
        self._choice: Any = None  # the index of the one that counts
        self._ending: Any = None  # its finish_reason
        self._filtered: list[str] = []
        self._usage: Json = {}  # the last count of each
        self._reasoning_field = ""  # in which it came, and is sent back
        self._reasoning_details: list[Any] = []  # OpenRouter's, sent back as they came

    @property
    def text(self) -> str:
        return self._texts["text"].whole

    @property
    def reasoning(self) -> str:
        return self._texts[REASONING].whole

    def add(self, chunk: Any) -> None:
        """Takes in a chunk, or a whole completion. Raises ProviderError, AnswerTooLarge."""
        if not isinstance(chunk, dict):
            return
        if error := error_in(chunk):
            raise error
        for usage in usages_in(chunk):
            self._usage.update({name: told for name, told in usage.items() if as_count(told)})
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                self._add_choice(choice)

    def take_text(self) -> str:
        """The text that has come since this was asked last."""
        return self._texts["text"].take()

    def take_reasoning(self) -> str:
        return self._texts[REASONING].take()

    def end(self, is_done: bool) -> tuple[End, str]:
        """Why the answer ended, and the provider's words about it.

        `is_done`: the server has said that there is no more.
        """
        if refusal := self._texts[REFUSAL].whole:
            return End.REFUSED, refusal
        end = end_of(self._ending)
        if end is None:
            has_told = is_done or bool(self._usage)
            return (End.TOOLS if self.calls else End.DONE) if has_told else End.CUT, ""
        return end, "; ".join([f"finish_reason: {self._ending}", *self._filtered])

    @property
    def usage(self) -> Usage:
        """What the server has counted, as far as it tells."""
        return usage_in(self._usage)

    def tool_calls(self) -> ToolCalls:
        calls = self.calls.as_json()
        turn = {"content": self.text or None, "tool_calls": calls}
        if self._reasoning_field:
            turn[self._reasoning_field] = self.reasoning
        if self._reasoning_details:
            turn["reasoning_details"] = self._reasoning_details
        return ToolCalls(calls, turn)

    def _add_choice(self, choice: Json) -> None:
        index = choice.get("index") or 0
        if self._choice is None:
            self._choice = index
        if index != self._choice:
            return
        if error := error_in({"error": choice.get("error")}):
            raise error
        self._ending = choice.get("finish_reason") or self._ending
        self._note_filters(choice.get("content_filter_results"))
        message = choice.get("delta") or choice.get("message")
        if isinstance(message, dict):
            self._add_message(message)
        elif isinstance(text := choice.get("text"), str):
            self._write("text", text)

    def _add_message(self, message: Json) -> None:
        if content := message.get("content"):
            for kind, text in parts_of(content):
                self._write(kind, text)
        field, reasoning = reasoning_in(message)
        self._reasoning_field = field or self._reasoning_field
        if isinstance(details := message.get("reasoning_details"), list):
            self._reasoning_details += details
            reasoning = reasoning or "".join(text for _, text in parts_of(details, REASONING))
        if reasoning:
            self._write(REASONING, reasoning)
        if isinstance(refusal := message.get("refusal"), str):
            self._write(REFUSAL, refusal)
        calls = message.get("tool_calls") or message.get("function_call") or ()
        for call in calls if isinstance(calls, list) else (calls,):
            self.written += self.calls.add(call)

    def _write(self, kind: str, text: str) -> None:
        self.written += len(text)
        self._texts[kind].add(text)

    def _note_filters(self, results: Any) -> None:
        """Azure's content filter: which of its categories were met."""
        for name, result in results.items() if isinstance(results, dict) else ():
            if isinstance(result, dict) and result.get("filtered"):
                severity = result.get("severity")
                self._filtered.append(f"{name} ({severity})" if severity else name)


class _Text:
    """A text as it comes; what goes beyond MAX_TEXT is dropped."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._taken = 0
        self._length = 0

    def add(self, text: str) -> None:
        before, self._length = self._length, self._length + len(text)
        if before > MAX_TEXT:
            return
        if self._length > MAX_TEXT:
            text = text[: MAX_TEXT - before] + CUT.format(limit=MAX_TEXT)
        self._pieces.append(text)

    def take(self) -> str:
        new = self._pieces[self._taken :]
        self._taken = len(self._pieces)
        return _readable("".join(new))

    @property
    def whole(self) -> str:
        return _readable("".join(self._pieces))


def _readable(text: str) -> str:
    """Printable text, in which the halves of a character that came apart are one again."""
    if _HALVES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return printable(text)
