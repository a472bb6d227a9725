"""What sources say of a topic, line by line: labelled values and sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from research.crews.llms import grammar
from research.crews.llms.asked import is_known
from research.crews.llms.extracts import Source
from research.crews.llms.subjects import subjects_of
from research.crews.llms.terms import terms_of_name
from research.library.blocks import Block, Kind, parse
from research.text.sentences import split

_LABELLED = re.compile(
    r"\W{0,4}(?P<label>[^\W_][^:\uff1a|\n]{0,58}?)[*_`]{0,3}\s*(?:(?::|\s\|)[*_`]{0,3}\s+|\uff1a\s*)"
    r"(?P<value>\S[^\n]*)"
)
_TITLE_ENDS = re.compile(r":\s|\s[-\u2013\u2014|]\s|\s*\(|\s*$")
_NAMING = frozenset(["name", "title", "company", "package", "project", "product", "topic", "item"])
_OF_OTHERS = re.compile(
    r"\b(?:alternatives?|comparisons?|compared|vs\.?|versus|related|similar|credits|dependenc(?:y|ies)"
    r"|bundled|third[- ]party|vendored|acknowledge?ments?)\b",
    re.IGNORECASE,
)
_ITSELF = re.compile(
    r"(?:it|its [\w -]{1,40}|(?:this|the) (?:\w+ )?(?:package|project|library|module|framework|tool"
    r"|software|company|programme?|work|code|city|country|[\w-]+ itself))$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\w[-_.]\w")
_LONGEST = 600  # characters of a statement


@dataclass(frozen=True)
class Statement:
    """A line or sentence as it stands in a source, with the value behind its label, if any.

    `is_own`: the source, or the section, is about the topic and nothing else.
    """

    quote: str
    source: int
    is_own: bool
    label: str = ""
    value: str = ""


class Topic:
    """What the statements have to be about."""

    def __init__(self, words: str) -> None:
        self.words = words
        self._bare = _squeezed(words)
        self._subject = next(iter(subjects_of(words)), None)
        self._named = re.compile(rf"(?<![\w.-]){re.escape(words)}(?![\w-]|\.\w)", re.IGNORECASE)

    def is_told_by(self, name: str) -> bool:
        """Whether a name is the topic's, however it is written."""
        if _squeezed(name) == self._bare:
            return bool(self._bare)
        if _JOINED.search(name) or not self._subject:  # `pytest-django` is not `pytest`
            return False
        return self._subject.is_told_by(terms_of_name(name))

    def statements(self, sources: dict[int, Source]) -> Iterator[Statement]:
        """All that is said of the topic; what is about something else is left out."""
        for number, source in sources.items():
            is_own = self.is_told_by(_TITLE_ENDS.split(source.title, maxsplit=1)[0])
            for text in source.texts:
                yield from self._in(text, number, is_own)

    def _in(self, text: str, number: int, is_own_source: bool) -> Iterator[Statement]:
        is_own, place = is_own_source, _Place(is_own_source)
        for block in parse(text):
            if block.kind is Kind.HEADING:
                is_own = place.under(block, self.is_told_by(block.text))
            elif block.is_prose:
                for line in block.text.split("\n"):
                    if told := _LABELLED.fullmatch(line.strip()[:_LONGEST]):
                        value = told["value"].strip(" *_`|").strip()
                        if told["label"].strip().casefold() in _NAMING:
                            is_own = self.is_told_by(value)
                        if is_own or self.is_told_by(told["label"]):
                            yield Statement(
                                told[0].strip("|- "), number, True, told["label"], value
                            )
                yield from self._sentences(block, number, is_own)

    def _sentences(self, block: Block, number: int, is_own: bool) -> Iterator[Statement]:
        for start, end in split(block.text):
            sentence = " ".join(block.text[start:end].split())
            if len(sentence) <= _LONGEST and self._is_about(sentence, is_own):
                yield Statement(sentence, number, is_own)

    def _is_about(self, sentence: str, is_own: bool) -> bool:
        """Whether the sentence is said of the topic: by its name, or where nothing else is told."""
        clause = grammar.clause(sentence)
        subject = clause.subject if clause else ""
        subject = re.sub(
            r"^(?:the|an?)\s|[`*_“”\"]", "", subject.rpartition(", ")[2].strip(), flags=re.I
        )
        if not clause:
            return bool(self._named.match(sentence.lstrip('`*_“"')))
        if self.is_told_by(subject) or self.is_told_by(re.sub(r"['\u2019]s\b.*", "", subject)):
            return True
        of = re.search(r"\bof (?:the )?(.+)$", subject)
        if of and self.is_told_by(of[1]):
            return True
        return is_own and (bool(_ITSELF.match(subject)) or is_known(subject))


class _Place:
    """Where in a source the reader is: in a section on the topic, or on other things."""

    def __init__(self, is_own_source: bool) -> None:
        self._is_own_source = is_own_source
        self._own = self._others = 0  # levels of the headings that began such a section

    def under(self, heading: Block, is_told: bool) -> bool:
        """Whether what follows this heading is about the topic."""
        self._own = self._own if heading.level > self._own else 0
        self._others = self._others if heading.level > self._others else 0
        if is_told:
            self._own, self._others = heading.level, 0
        elif _OF_OTHERS.search(heading.text) and not self._others:
            self._others = heading.level
        return bool((self._own or self._is_own_source) and not self._others)


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
