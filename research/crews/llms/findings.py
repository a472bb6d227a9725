"""The offline model's way with a task: searches, then quotes; the ground of its other writers."""

import json
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from research.crews.llms.extracts import NOTHING, sources_in
from research.crews.llms.quotes import Quote, best_first, quotes_from
from research.crews.llms.subjects import Subject, other_words, subjects_of
from research.exceptions import ResearchError

BULLETS = 3
FIRST_WORDS = 30  # a definition may be longer
BULLET_WORDS = 18  # "under 20 words", the source number counted
READ = 3  # sources that are opened where the search alone tells too little

Message = dict[str, Any]
Call = dict[str, Any]

_FAILED = "Error executing tool: "  # CrewAI's words for a tool that raised


class LibraryUnavailable(ResearchError):
    """The library could not be searched: {reason}"""


def call(tool: str, **arguments: Any) -> Call:
    text = json.dumps(arguments)
    return {
        "id": f"{tool}-{zlib.crc32(text.encode()):08x}",
        "type": "function",
        "function": {"name": tool, "arguments": text},
    }


@lru_cache(maxsize=300)
def _best_quotes(results: tuple[str, ...], subjects: tuple[Subject, ...]) -> tuple[Quote, ...]:
    """Asked for several times a turn."""
    return tuple(best_first(quotes_from(sources_in(results), subjects)))


class Findings:
    """One search, then three short sentences from what it found."""

    def __init__(self, topic: str, messages: Sequence[Message]) -> None:
        self.topic = topic
        self.subjects = tuple(subjects_of(topic))
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
            return [call("search_library", query=self.topic)]
        return [] if len(self.rounds) > 1 or self.has_enough() else self.readings()

    def has_enough(self) -> bool:
        """Whether there are three bullets, with a definition: of each, if things are compared."""
        parts = len(self.subjects) - 1
        defined = {quote.part for quote in self.quotes(self.rounds) if quote.defines}
        is_defined = len(defined - {0}) == parts if parts else bool(defined)
        return is_defined and len(self._bullets()) == BULLETS

    def readings(self) -> list[Call]:
        """Opens the sources that are nearest to the topic, and searches in other words."""
        near = dict.fromkeys(sources_in(self.rounds), (0, 0))
        for quote in self.quotes(self.rounds):
            near[quote.number] = max(near[quote.number], (quote.near, quote.worth))
        nearest = sorted(near, key=lambda number: near[number], reverse=True)[:READ]
        searches = [call("search_library", query=query) for query in other_words(self.topic)]
        return [*(call("read_source", source=number) for number in nearest), *searches]

    def text(self) -> str:
        """What the task puts out."""
        return "\n".join(f"- {quote}" for quote in self._bullets()) or self.nothing()

    def _bullets(self) -> list[Quote]:
        """The best quotes; the first may be longer, since it says what the topic is."""
        quotes = self.quotes(self.rounds)
        first = self.first_of(quotes)
        others = [quote for quote in quotes if quote.words <= BULLET_WORDS and quote != first]
        return [first, *others[: BULLETS - 1]] if first else []

    def first_of(self, quotes: list[Quote]) -> Quote | None:
        """A definition that is short enough, else the beginning of one, else what is short."""
        short = next((quote for quote in quotes if quote.words <= FIRST_WORDS), None)
        if not quotes or (short and short.defines):
            return short
        is_long = quotes[0].words > FIRST_WORDS
        return (quotes[0].cut(FIRST_WORDS) if is_long else None) or short

    def quotes(self, rounds: Sequence[str]) -> list[Quote]:
        """Sentences about the topic from tool results, the best first."""
        return list(_best_quotes(tuple(rounds), self.subjects))

    def nothing(self) -> str:
        return NOTHING.format(topic=self.topic)
