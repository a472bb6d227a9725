"""`offline`: an extractive model that needs no key and no network, and makes nothing up.

It drives the same agents, tools and events as any model, and reads nothing but the messages it is
given. Every sentence that it writes about a topic stands in a source, with the source's number;
when the library holds nothing, it says so. It is deterministic.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import Field

from research.crews.crewai import BaseLLM, LLMCallType, llm_call_context
from research.crews.definition import Extract
from research.crews.llms.catalog import OFFLINE
from research.crews.llms.extracts import (
    LISTED,
    NOTE,
    NOTHING,
    WORD,
    Quote,
    is_telling,
    sentences_in,
    sources_in,
    stands_in,
    terms_of,
)
from research.exceptions import ResearchError

BULLETS = 3
BULLET_WORDS = 18  # "under 20 words", the source number counted
NOTE_WORDS = 40
NOTES_PER_ANGLE = 4
ANGLES = 3

Message = dict[str, Any]
Call = dict[str, Any]

_FAILED = "Error executing tool: "  # CrewAI's words for a tool that raised


class LibraryUnavailable(ResearchError):
    """The library could not be searched: {reason}"""


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
            writer = _WRITERS[extract](self.topic, messages)
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


# What it writes ------------------------------------------------------------------------------


class _Findings:
    """One search, then three short sentences from what it found."""

    def __init__(self, topic: str, messages: Sequence[Message]) -> None:
        self.topic = topic
        self.rounds = [str(m["content"]) for m in messages if m.get("role") == "tool"]
        self.asked = [
            json.loads(call["function"]["arguments"])
            for message in messages
            for call in message.get("tool_calls") or []
        ]
        self.prompt = "\n".join(str(m["content"]) for m in messages if m.get("role") == "user")

    def refuse_failures(self) -> None:
        """A failed search does not mean an empty library, so it must not end as “nothing found”."""
        for result in self.rounds:
            if result.startswith(_FAILED):
                raise LibraryUnavailable(reason=result.removeprefix(_FAILED))

    def next_calls(self) -> list[Call]:
        """The tool calls to make now; none when it is time to write."""
        if not self.rounds:
            return [_call("search_library", query=self.topic)]
        short = list(self._quotes(self.rounds, BULLET_WORDS))
        sources = sources_in(self.rounds)
        if len(short) < BULLETS and sources and len(self.rounds) == 1:
            return [_call("read_source", source=number) for number in list(sources)[:2]]
        return []

    def text(self) -> str:
        """What the task puts out."""
        quotes = list(self._quotes(self.rounds, BULLET_WORDS))
        best = sorted(quotes, key=Quote.order)[:BULLETS]
        return "\n".join(f"- {quote}" for quote in best) or self._nothing()

    def _nothing(self) -> str:
        return NOTHING.format(topic=self.topic)

    def _quotes(self, rounds: Iterable[str], most_words: int) -> Iterator["Quote"]:
        """Sentences about the topic from tool results, each once."""
        wanted = set(terms_of(self.topic))
        enough = 1 if len(wanted) <= 2 else 2  # one of many words is there by chance
        said: set[str] = set()
        for number, (_, text) in sources_in(rounds).items():
            for sentence in sentences_in(text):
                words = sentence.split()
                key = sentence.casefold()
                hits = wanted & set(terms_of(sentence))
                if 5 <= len(words) <= most_words and len(hits) >= enough and key not in said:
                    said.add(key)
                    yield Quote(sentence, number, len(hits))


class _Angles(_Findings):
    """The topic, then two words that its sources often use beside it, each searched for."""

    def next_calls(self) -> list[Call]:
        if not self.rounds:
            return [_call("search_library", query=self.topic)]
        if len(self.rounds) == 1 and sources_in(self.rounds):
            return [_call("search_library", query=query) for query in self._further_queries()]
        return []

    def text(self) -> str:
        parts, said = [], set()
        for asked, result in zip(self.asked, self.rounds, strict=False):
            quotes = sorted(self._quotes([result], NOTE_WORDS), key=Quote.order)
            fresh = [quote for quote in quotes if quote.text not in said][:NOTES_PER_ANGLE]
            said |= {quote.text for quote in fresh}
            if fresh:
                bullets = "\n".join(f"- {quote}" for quote in fresh)
                parts.append(f"### {asked['query']}\n\n{bullets}")
        if not parts:
            return self._nothing()
        return "\n\n".join([*parts, _list_of(sources_in(self.rounds))])

    def _further_queries(self) -> list[str]:
        own = set(terms_of(self.topic))
        counts: Counter[str] = Counter()
        for _, text in sources_in(self.rounds).values():
            counts.update({word.lower() for word in WORD.findall(text) if is_telling(word, own)})
        common = sorted(counts, key=lambda word: (-counts[word], word))
        return [f"{self.topic} {word}" for word in common[: ANGLES - 1]]


class _Check(_Findings):
    """Looks each note up again and keeps those whose sentence really stands in the cited source."""

    def next_calls(self) -> list[Call]:
        asked = {asked.get("query") for asked in self.asked}
        notes = dict.fromkeys(note["text"] for note in NOTE.finditer(self.prompt))
        return [_call("search_library", query=note) for note in notes if note not in asked]

    def text(self) -> str:
        notes = list(NOTE.finditer(self.prompt))
        if not notes:
            return self._nothing()
        sources = sources_in(self.rounds)
        kept = [
            n for n in notes if stands_in(n["text"], sources.get(int(n["number"]), ("", ""))[1])
        ]
        lines = "\n".join(f"- {note['text']} [{note['number']}]" for note in kept)
        dropped = len(notes) - len(kept)
        verdict = f"Dropped {dropped} of {len(notes)} notes: their source does not carry them."
        listed = {int(note["number"]) for note in kept}
        titles = {number: source for number, source in sources.items() if number in listed}
        return "\n\n".join(part for part in (lines, verdict, _list_of(titles)) if part)


class _Report(_Findings):
    """Orders the checked notes into a report."""

    def next_calls(self) -> list[Call]:
        return []

    def text(self) -> str:
        notes = [
            Quote(
                note["text"],
                int(note["number"]),
                len(set(terms_of(self.topic)) & set(terms_of(note["text"]))),
            )
            for note in NOTE.finditer(self.prompt)
        ]
        if not notes:
            return self._nothing()
        summary = " ".join(str(note) for note in sorted(notes, key=Quote.order)[:2])
        findings = "\n".join(f"- {note}" for note in notes)
        cited = {note.number for note in notes}
        sources = "\n".join(
            f"- [{m['number']}] {m['title']}"
            for m in {m["number"]: m for m in LISTED.finditer(self.prompt)}.values()
            if int(m["number"]) in cited
        )
        return (
            f"## Summary\n\n{summary}\n\n## Findings\n\n{findings}\n\n"
            f"## Open questions\n\n{self._open_questions(notes)}\n\n## Sources\n\n{sources}"
        )

    def _open_questions(self, notes: Sequence["Quote"]) -> str:
        covered = {term for note in notes for term in terms_of(note.text)}
        left = [word for word in WORD.findall(self.topic) if set(terms_of(word)) - covered]
        if left:
            return f"- No quoted sentence mentions: {', '.join(dict.fromkeys(left))}."
        return (
            "- None of the topic's words is left out; whether they are answered is yours to judge."
        )


_WRITERS: dict[Extract, type[_Findings]] = {
    "findings": _Findings,
    "angles": _Angles,
    "check": _Check,
    "report": _Report,
}


def _call(tool: str, **arguments: Any) -> Call:
    text = json.dumps(arguments)
    return {
        "id": f"{tool}-{zlib.crc32(text.encode()):08x}",
        "type": "function",
        "function": {"name": tool, "arguments": text},
    }


def _list_of(sources: dict[int, tuple[str, str]]) -> str:
    return "\n".join(f"[{number}] {title}" for number, (title, _) in sorted(sources.items()))
