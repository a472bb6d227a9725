"""Reading for the offline model: sources, sentences, notes and terms in plain text."""

import re
from collections.abc import Iterable, Iterator

from research.library.blocks import parse
from research.library.stopwords import STOP_WORDS

_SOURCE = re.compile(
    r"^Source \[(?P<number>\d+)\]: (?P<title>.*)\nAddress: .*\n(?P<text>(?:(?!^Source \[).*\n?)*)",
    re.MULTILINE,
)
NOTE = re.compile(r"^[ \t]*[-*] (?P<text>.+?) \[(?P<number>\d+)\]\s*$", re.MULTILINE)
LISTED = re.compile(r"^\[(?P<number>\d+)\] (?P<title>.+)$", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”')\]]*\s+(?=[A-Z\"“`*(])")
_LEANING = re.compile(  # on the sentence before, or on something else to read
    r"(this|that|these|those|it|its|they|he|she|such|however|also|then|note|see|for more|"
    r"for example|in this|in addition|otherwise|instead|if|but|and|or)\b",
    re.IGNORECASE,
)
NOTHING = "The library holds nothing on “{topic}” that could be quoted."
_NOTHING = re.compile(re.escape(NOTHING).replace(re.escape("{topic}"), ".*"), re.DOTALL)
WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")


def says_nothing(text: str) -> bool:
    """Whether a result is the offline model's sentence for a library that holds nothing."""
    return bool(_NOTHING.fullmatch(text.strip()))


class Quote:
    """A sentence, the number of its source, and how many of the topic's words it holds."""

    def __init__(self, text: str, number: int, hits: int) -> None:
        self.text, self.number, self.hits = text, number, hits

    def __str__(self) -> str:
        return f"{self.text} [{self.number}]"

    def order(self) -> tuple[bool, int, int, int, str]:
        """What stands on its own first, then most of the topic's words, then the better source."""
        leans = bool(_LEANING.match(self.text))
        return (leans, -self.hits, self.number, len(self.text), self.text)


def sources_in(results: Iterable[str]) -> dict[int, tuple[str, str]]:
    """Number → (title, text) of the sources in tool results, in the order they came."""
    found: dict[int, tuple[str, str]] = {}
    for result in results:
        for match in _SOURCE.finditer(result):
            number = int(match["number"])
            _, before = found.get(number, ("", ""))
            found[number] = (match["title"], f"{before}\n\n{match['text']}".strip())
    return found


def sentences_in(text: str) -> Iterator[str]:
    """Sentences of running prose: no headings, no code, nothing that is mostly signs."""
    for block in parse(text):
        if not block.is_prose:
            continue
        for sentence in _SENTENCE.split(" ".join(block.text.split())):
            letters = sum(c.isalpha() or c.isspace() for c in sentence)
            if sentence.endswith((".", "!")) and letters >= 0.85 * len(sentence):
                yield sentence


def terms_of(text: str) -> list[str]:
    """Content words, cut to a common stem: `decorators` and `decorator` are one."""
    return [_stem(word.lower()) for word in WORD.findall(text) if word.lower() not in STOP_WORDS]


def _stem(word: str) -> str:
    for ending in ("ies", "ing", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def is_telling(word: str, own: set[str]) -> bool:
    """Whether a word says something beyond the stems in `own`."""
    return len(word) > 4 and word.isalpha() and _stem(word.lower()) not in own | STOP_WORDS


def stands_in(sentence: str, text: str) -> bool:
    """Whether a text holds the sentence word for word, whatever its line breaks."""
    return " ".join(sentence.split()) in " ".join(text.split())
