"""What the offline model does for each kind of task: the tools it calls, and what it writes."""

import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from research.crews.definition import Extract
from research.crews.llms.extracts import LISTED, NOTE, NOTHING, Source, is_finished, sources_in
from research.crews.llms.quotes import Quote, best_first, quotes_from
from research.crews.llms.subjects import Subject, other_words, subjects_of
from research.crews.llms.terms import WORD, is_telling, terms_of
from research.exceptions import ResearchError

BULLETS = 3
FIRST_WORDS = 30  # a definition may be longer
BULLET_WORDS = 18  # "under 20 words", the source number counted
NOTE_WORDS = 50
NOTES_PER_ANGLE = 4
ANGLES = 3
READ = 3  # sources that are opened where the search alone tells too little

Message = dict[str, Any]
Call = dict[str, Any]

_FAILED = "Error executing tool: "  # CrewAI's words for a tool that raised


class LibraryUnavailable(ResearchError):
    """The library could not be searched: {reason}"""


def writer_for(extract: Extract, topic: str, messages: Sequence[Message]) -> "Findings":
    """What takes the conversation of a task one step further."""
    return _WRITERS[extract](topic, messages)


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
            return [_call("search_library", query=self.topic)]
        return [] if len(self.rounds) > 1 or self._has_enough() else self._readings()

    def _has_enough(self) -> bool:
        """Whether there are three bullets, with a definition: of each, if things are compared."""
        parts = len(self.subjects) - 1
        defined = {quote.part for quote in self._quotes(self.rounds) if quote.defines}
        is_defined = len(defined - {0}) == parts if parts else bool(defined)
        return is_defined and len(self._bullets()) == BULLETS

    def _readings(self) -> list[Call]:
        """Opens the sources that are nearest to the topic, and searches in other words."""
        near = dict.fromkeys(sources_in(self.rounds), (0, 0))
        for quote in self._quotes(self.rounds):
            near[quote.number] = max(near[quote.number], (quote.near, quote.worth))
        nearest = sorted(near, key=lambda number: near[number], reverse=True)[:READ]
        searches = [_call("search_library", query=query) for query in other_words(self.topic)]
        return [*(_call("read_source", source=number) for number in nearest), *searches]

    def text(self) -> str:
        """What the task puts out."""
        return "\n".join(f"- {quote}" for quote in self._bullets()) or self._nothing()

    def _bullets(self) -> list[Quote]:
        """The best quotes; the first may be longer, since it says what the topic is."""
        quotes = self._quotes(self.rounds)
        first = self._first(quotes)
        others = [quote for quote in quotes if quote.words <= BULLET_WORDS and quote != first]
        return [first, *others[: BULLETS - 1]] if first else []

    def _first(self, quotes: list[Quote]) -> Quote | None:
        """A definition that is short enough, else the beginning of one, else what is short."""
        short = next((quote for quote in quotes if quote.words <= FIRST_WORDS), None)
        if not quotes or (short and short.defines):
            return short
        is_long = quotes[0].words > FIRST_WORDS
        return (quotes[0].cut(FIRST_WORDS) if is_long else None) or short

    def _quotes(self, rounds: Sequence[str]) -> list[Quote]:
        """Sentences about the topic from tool results, the best first."""
        return list(_best_quotes(tuple(rounds), self.subjects))

    def _nothing(self) -> str:
        return NOTHING.format(topic=self.topic)


class _Angles(Findings):
    """The topic, then two words that its sources often use beside it, each searched for."""

    def next_calls(self) -> list[Call]:
        if not self.rounds:
            return [_call("search_library", query=self.topic)]
        if len(self.rounds) == 1 and sources_in(self.rounds):
            searches = [_call("search_library", query=query) for query in self._further_queries()]
            return searches if self._has_enough() else [*self._readings(), *searches]
        return []

    def text(self) -> str:
        parts, said = [], set()
        for angle, results in self._by_angle().items():
            quotes = [each for each in self._quotes(results) if each.words <= NOTE_WORDS]
            fresh = [quote for quote in quotes if quote.text not in said][:NOTES_PER_ANGLE]
            said |= {quote.text for quote in fresh}
            if fresh:
                bullets = "\n".join(f"- {quote}" for quote in fresh)
                parts.append(f"### {angle}\n\n{bullets}")
        if not parts:
            return self._nothing()
        return "\n\n".join([*parts, _list_of(sources_in(self.rounds))])

    def _by_angle(self) -> dict[str, list[str]]:
        """What the tools gave for each angle; the topic itself, in any words, is the first."""
        angles = defaultdict(list)
        for asked, result in zip(self.asked, self.rounds, strict=False):
            query = str(asked.get("query", ""))
            angles[query if query.startswith(f"{self.topic} ") else self.topic].append(result)
        return angles

    def _further_queries(self) -> list[str]:
        own = set(terms_of(self.topic))
        counts: Counter[str] = Counter()
        for source in sources_in(self.rounds).values():
            words = {word.lower() for text in source.texts for word in WORD.findall(text)}
            counts.update(word for word in words if is_telling(word, own))
        common = sorted(counts, key=lambda word: (-counts[word], word))
        return [f"{self.topic} {word}" for word in common[: ANGLES - 1]]


class _Check(Findings):
    """Reads the cited sources and keeps the notes whose sentence really stands there.

    What does not stand at a source's beginning is searched for, since it may stand further down.
    """

    def next_calls(self) -> list[Call]:
        notes = list(NOTE.finditer(self.prompt))
        if not self.rounds:
            cited = dict.fromkeys(int(note["number"]) for note in notes)
            return [_call("read_source", source=number) for number in cited]
        if any("query" in asked for asked in self.asked):
            return []
        missed = dict.fromkeys(note["text"] for note in notes if not self._stands(note))
        return [_call("search_library", query=text) for text in missed]

    def _stands(self, note: re.Match[str]) -> bool:
        source = sources_in(self.rounds).get(int(note["number"]))
        return source is not None and source.holds(note["text"])

    def text(self) -> str:
        notes = list(NOTE.finditer(self.prompt))
        if not notes:
            return self._nothing()
        kept = [note for note in notes if self._stands(note)]
        lines = "\n".join(f"- {note['text']} [{note['number']}]" for note in kept)
        dropped = len(notes) - len(kept)
        verdict = f"Dropped {dropped} of {len(notes)} notes: their source does not carry them."
        listed = {int(note["number"]) for note in kept}
        sources = sources_in(self.rounds)
        titles = {number: source for number, source in sources.items() if number in listed}
        return "\n\n".join(part for part in (lines, verdict, _list_of(titles)) if part)


class _Report(Findings):
    """Orders the checked notes into a report."""

    def next_calls(self) -> list[Call]:
        return []

    def text(self) -> str:
        titles = {int(listed["number"]): listed["title"] for listed in LISTED.finditer(self.prompt)}
        notes = [(note["text"], int(note["number"])) for note in NOTE.finditer(self.prompt)]
        if not notes:
            return self._nothing()
        best = notes[: 2 if is_finished(notes[0][0]) else 1]
        summary = " ".join(f"{text} [{number}]" for text, number in best)
        findings = "\n".join(f"- {text} [{number}]" for text, number in notes)
        cited = dict.fromkeys(number for _, number in notes)
        sources = "\n".join(f"- [{n}] {titles[n]}" for n in sorted(cited) if n in titles)
        return (
            f"## Summary\n\n{summary}\n\n## Findings\n\n{findings}\n\n"
            f"## Open questions\n\n{self._open_questions(notes)}\n\n## Sources\n\n{sources}"
        )

    def _open_questions(self, notes: Sequence[tuple[str, int]]) -> str:
        covered = {term for text, _ in notes for term in terms_of(text)}
        left = [word for word in WORD.findall(self.topic) if set(terms_of(word)) - covered]
        if left:
            return f"- What is there to say of {', '.join(dict.fromkeys(left))}?"
        return "- Do the sentences above answer what you wanted to know?"


class _Cells(Findings):
    """A row of a table: for each column what can be quoted, else that nothing can."""

    _ASKED = re.compile(r"^- “(?P<name>.+?)” \((?P<form>.*?)\)(?:: (?P<ask>.*))?$", re.MULTILINE)

    def next_calls(self) -> list[Call]:
        return [] if self.rounds else [_call("search_library", query=self.topic)]

    def text(self) -> str:
        reason = "The library says nothing of it that could be quoted."
        asked = [match["name"] for match in self._ASKED.finditer(self.prompt)]
        return json.dumps({name: {"value": None, "reason": reason} for name in asked})


_WRITERS: dict[Extract, type[Findings]] = {
    "findings": Findings,
    "angles": _Angles,
    "check": _Check,
    "report": _Report,
    "cells": _Cells,
}


def _call(tool: str, **arguments: Any) -> Call:
    text = json.dumps(arguments)
    return {
        "id": f"{tool}-{zlib.crc32(text.encode()):08x}",
        "type": "function",
        "function": {"name": tool, "arguments": text},
    }


def _list_of(sources: dict[int, Source]) -> str:
    return "\n".join(f"[{number}] {source.title}" for number, source in sorted(sources.items()))
