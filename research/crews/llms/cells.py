"""The offline model's row of a table: for each column what it can quote, else why it cannot."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from research.crews.llms.asked import Asked, asked_by
from research.crews.llms.extracts import Source, sources_in
from research.crews.llms.findings import FIRST_WORDS, READ, Call, Findings, call
from research.crews.llms.readings import reading
from research.crews.llms.statements import Statement, Topic
from research.tables.asking import asked_in
from research.tables.columns import ColumnType

# What a definition says its subject is, without what that is for or made of.
_KIND = re.compile(
    r".*?\b(?:is|are) (?:an?|the|one) (.+?)"
    r"(?:[,.;:(]|\s(?:that|which|who|for|to|of|on|from|with|in|by|based|written)\b|$)"
)
SEARCHES = 8  # for columns of which nothing was found yet
NO_SOURCE = "The library holds nothing on “{topic}”."
UNSAID = "No source that was found says this of “{topic}”."


@dataclass(frozen=True)
class Answer:
    """A value with the words that it rests on."""

    value: Any
    quote: str
    source: int


class Cells(Findings):
    """Searches for the topic, opens what is about it, searches for what is still missing."""

    def next_calls(self) -> list[Call]:
        if not self.rounds:
            return [call("search_library", query=self.topic)]
        missing = [asked for asked in self._asked if self._answer(asked) is None]
        if not missing or len(self.rounds) > 1:
            return []
        searches = dict.fromkeys(f"{self.topic} {asked.column.name}" for asked in missing)
        about = dict.fromkeys(s.source for s in self._statements if s.is_own)
        return [
            *(call("read_source", source=number) for number in [*about][:READ]),
            *(call("search_library", query=query) for query in [*searches][:SEARCHES]),
        ]

    def text(self) -> str:
        why = (UNSAID if self._statements else NO_SOURCE).format(topic=self.topic)
        cells = {asked.column.name: self._cell(asked, why) for asked in self._asked}
        return json.dumps(cells, ensure_ascii=False)

    def _cell(self, asked: Asked, why: str) -> dict[str, Any]:
        answer = self._answer(asked)
        if answer is None:
            return {"value": None, "reason": why}
        return {"value": answer.value, "quote": answer.quote, "source": answer.source}

    @cached_property
    def _asked(self) -> list[Asked]:
        return [asked_by(column) for column in asked_in(self.prompt)]

    @cached_property
    def _sources(self) -> dict[int, Source]:
        return sources_in([self.prompt, *self.rounds])

    @cached_property
    def _statements(self) -> list[Statement]:
        return list(dict.fromkeys(Topic(self.topic).statements(self._sources)))

    def _answer(self, asked: Asked) -> Answer | None:
        """The best of what the statements say: behind a label of the same words, in a source of
        the topic's own, before others."""
        best: tuple[int, Answer] | None = None
        for statement in self._statements:
            if read := reading(asked, statement):
                worth = read[0] + statement.is_own
                if best is None or worth > best[0]:
                    best = worth, Answer(read[1], statement.quote, statement.source)
        if best:
            return best[1]
        return self._defined(asked)

    def _defined(self, asked: Asked) -> Answer | None:
        """What the topic is, where that is asked; or the choice that its definition names."""
        is_choice = asked.column.type is ColumnType.CHOICE
        if not (is_choice or (asked.is_definition and asked.column.type is ColumnType.TEXT)):
            return None
        first = self.first_of(self.quotes([self.prompt, *self.rounds]))
        if first is None or not first.defines:
            return None
        quote = first.text.removesuffix(" …")
        if not is_choice:
            return Answer(quote, quote, first.number) if first.words <= FIRST_WORDS else None
        kind = _KIND.match(quote)
        told = kind and reading(asked, Statement(quote, first.number, True, asked.key, kind[1]))
        return Answer(told[1], quote, first.number) if told else None
