"""What the offline model does for each kind of task: the tools it calls, and what it writes."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from research.crews.definition import Extract
from research.crews.llms.cells import Cells
from research.crews.llms.extracts import LISTED, NOTE, Source, is_finished, sources_in
from research.crews.llms.findings import Call, Findings, Message, call
from research.crews.llms.terms import WORD, is_telling, terms_of

NOTE_WORDS = 50
NOTES_PER_ANGLE = 4
ANGLES = 3


def writer_for(extract: Extract, topic: str, messages: Sequence[Message]) -> Findings:
    """What takes the conversation of a task one step further."""
    return _WRITERS[extract](topic, messages)


class _Angles(Findings):
    """The topic, then two words that its sources often use beside it, each searched for."""

    def next_calls(self) -> list[Call]:
        if not self.rounds:
            return [call("search_library", query=self.topic)]
        if len(self.rounds) == 1 and sources_in(self.rounds):
            searches = [call("search_library", query=query) for query in self._further_queries()]
            return searches if self.has_enough() else [*self.readings(), *searches]
        return []

    def text(self) -> str:
        parts, said = [], set()
        for angle, results in self._by_angle().items():
            quotes = [each for each in self.quotes(results) if each.words <= NOTE_WORDS]
            fresh = [quote for quote in quotes if quote.text not in said][:NOTES_PER_ANGLE]
            said |= {quote.text for quote in fresh}
            if fresh:
                bullets = "\n".join(f"- {quote}" for quote in fresh)
                parts.append(f"### {angle}\n\n{bullets}")
        if not parts:
            return self.nothing()
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
            return [call("read_source", source=number) for number in cited]
        if any("query" in asked for asked in self.asked):
            return []
        missed = dict.fromkeys(note["text"] for note in notes if not self._stands(note))
        return [call("search_library", query=text) for text in missed]

    def _stands(self, note: re.Match[str]) -> bool:
        source = sources_in(self.rounds).get(int(note["number"]))
        return source is not None and source.holds(note["text"])

    def text(self) -> str:
        notes = list(NOTE.finditer(self.prompt))
        if not notes:
            return self.nothing()
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
            return self.nothing()
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


_WRITERS: dict[Extract, type[Findings]] = {
    "findings": Findings,
    "angles": _Angles,
    "check": _Check,
    "report": _Report,
    "cells": Cells,
}


def _list_of(sources: dict[int, Source]) -> str:
    return "\n".join(f"[{number}] {source.title}" for number, source in sorted(sources.items()))
