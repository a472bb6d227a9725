"""Quotes for a topic, in the order in which a reader wants them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from research.crews.llms.definitions import Near, Worth, rate
from research.crews.llms.extracts import Source, is_balanced, sentences_in
from research.crews.llms.grammar import clause
from research.crews.llms.subjects import Subject

_JOINT = re.compile(r", (?=(?:which|who|whose|where|one|so|and|or|but|such|as)\b)|; |: | \u2014 ")
FEWEST_WORDS = 3  # of a sentence
SURE = Worth.SUBJECT + Near.OWN  # a module's summary is a definition of it


@dataclass(frozen=True)
class Quote:
    """A sentence, its source's number, and how it speaks of the topic.

    `near` tells how much its source is about the topic, 0 to 2; `part` which of the things that
    the topic compares it is about, the whole being 0; `place` where it was found, from 0.
    """

    text: str
    number: int
    worth: int
    near: int
    part: int
    place: int

    def __str__(self) -> str:
        return f"{self.text} [{self.number}]"

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def defines(self) -> bool:
        return self.worth >= Worth.ENTRY or self.worth + self.near >= SURE

    def cut(self, most_words: int) -> "Quote | None":
        """The part of a longer sentence that says enough by itself, if there is one."""
        for joint in reversed(list(_JOINT.finditer(self.text))):
            part = self.text[: joint.start()]
            if len(part.split()) < most_words and is_balanced(part) and clause(part):
                return replace(self, text=f"{part} …")
        return None


def quotes_from(sources: dict[int, Source], subjects: Sequence[Subject]) -> Iterator[Quote]:
    """The sentences about the topic, each once."""
    said: set[str] = set()
    for number, source in sources.items():
        for sentence in sentences_in(source):
            key = sentence.text.casefold()
            if key in said or len(sentence.text.split()) < FEWEST_WORDS:
                continue
            (worth, near), part = max(
                (rate(sentence, subject), -part) for part, subject in enumerate(subjects)
            )
            if worth:
                yield Quote(sentence.text, number, worth, near, -part, len(said))
                said.add(key)


def best_first(quotes: Iterable[Quote]) -> list[Quote]:
    """Definitions from the best sources first; of things compared, one on each before more."""
    ranked = sorted(quotes, key=lambda each: (-each.worth - each.near, -each.worth, each.place))
    firsts = {quote.part: quote for quote in reversed(ranked) if quote.part}
    if len(firsts) < 2 or (ranked[0].part == 0 and ranked[0].defines):
        return ranked
    leading = [quote for quote in ranked if quote in firsts.values()]
    return leading + [quote for quote in ranked if quote not in leading]
