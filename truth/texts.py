"""Real text for the cases: the library's sample, a few documents to a topic."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import django

from research.claims.claim import Source

MOST_CHARACTERS = 20_000  # of one source
PER_TOPIC = 4


@dataclass(frozen=True)
class Topic:
    """Sources, and for each of them its sentences that can stand alone."""

    sources: list[Source]
    sentences: list[list[str]]
    unsaid: list[list[str]]
    """Sentences of the same documents from behind what the sources hold, which none of them has."""

    @cached_property
    def _held(self) -> str:
        return " ".join(_letters(source.text) for source in self.sources)

    def has(self, sentence: str) -> bool:
        """Whether a source has the sentence's words, whatever stands between them."""
        return _letters(sentence) in self._held


def topics(count: int, rng: random.Random) -> list[Topic]:
    """Topics of four documents each, drawn from the sample."""
    documents = list(_documents())
    rng.shuffle(documents)
    found = []
    for at in range(0, min(len(documents), count * PER_TOPIC) - PER_TOPIC + 1, PER_TOPIC):
        chosen = documents[at : at + PER_TOPIC]
        sources = [
            Source(number, title, f"https://example.org/{at}/{number}", text)
            for number, (title, text, _, _) in enumerate(chosen, 1)
        ]
        topic = Topic(sources, [said for _, _, said, _ in chosen], [])
        topic.unsaid.extend([u for u in behind if not topic.has(u)] for *_, behind in chosen)
        found.append(topic)
    return found


def _letters(text: str) -> str:
    """The words of a text without what stands between them."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _documents() -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Title, the text's paragraphs but for the last fifth, sentences of them and of the rest."""
    django.setup()
    from research.library.blocks import as_text
    from research.library.sample import docstrings, language, packages
    from research.text.sentences import split

    for text in chain(docstrings.texts(), language.texts(), packages.texts()):
        everything = as_text(text.reading.blocks)
        end = min(MOST_CHARACTERS, len(everything) * 4 // 5)
        whole = everything[: max(everything.rfind("\n\n", 0, end), 0) or end]
        sentences = []
        for block in text.reading.blocks:
            if block.is_prose:
                plain = " ".join(block.text.split())
                sentences += [plain[a:b] for a, b in split(plain) if _stands_alone(plain[a:b])]
        flat = " ".join(whole.split())
        said = [s for s in dict.fromkeys(sentences) if s in flat]
        unsaid = [s for s in dict.fromkeys(sentences) if s not in flat]
        if len(said) >= 8:
            yield text.reading.title or text.name, whole, said, unsaid


def _stands_alone(sentence: str) -> bool:
    letters = sum(sign.isalpha() or sign.isspace() for sign in sentence)
    plain = not any(sign in sentence for sign in '`[]{}|<>=*_\\"?:;')
    is_whole = sentence[:1].isupper() and sentence.endswith(".")
    return 50 <= len(sentence) <= 260 and plain and is_whole and letters > 0.85 * len(sentence)
