"""What a query asks for: words, words that belong together, and phrases in quotation marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from research.library.stopwords import STOP_WORDS
from research.library.words import cut, runs, stems

MAX_TERMS = 24  # more tell no more, and each costs a look-up

_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」')
# `asyncio.gather`, `snake_case`, `std::move`, `I/O`; a dot that ends a sentence joins nothing.
_JOINED = re.compile(r"[^\W_]+(?:(?:\.|_+|::|->)[^\W_]+)+|(?<![^\W_])[^\W_](?:/[^\W_])+(?![^\W_])")
_HIRAGANA = re.compile(r"[\u3041-\u309f]+")  # mostly grammar


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or words that count only where they stand next to each other, in this order.

    Those of a `separable` one count apart where no passage holds them together.
    """

    words: tuple[str, ...]
    separable: bool = False

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(stems(self.words))

    def separate(self) -> list["Term"]:
        return [Term((word,)) for word in self.words if word not in STOP_WORDS]


Query = tuple[Term, ...]


def parse(text: str) -> Query:
    """The terms that a text asks for; none where no word says what it is about.

    A phrase in quotation marks is one term. Beside other words its own count apart, too, where it
    stands nowhere; alone it is looked for as it is.
    """
    terms = [term for chunk in _QUOTED.sub(" ", text).split() for term in _terms(chunk)]
    if any(_is_telling(term) for term in terms):
        terms = [term for term in terms if _is_telling(term)]
    phrases = [
        Term(tuple(words), separable=bool(terms))
        for quoted in _QUOTED.finditer(text)
        if (words := _quoted(quoted))
    ]
    return tuple(dict.fromkeys(phrases + terms))[:MAX_TERMS]


def _quoted(quoted: re.Match[str]) -> list[str]:
    return cut(next(group for group in quoted.groups() if group))


def _terms(chunk: str) -> Iterator[Term]:
    """The terms of a text without spaces."""
    at = 0
    for joined in _JOINED.finditer(chunk):
        yield from _separate(chunk[at : joined.start()])
        yield Term(tuple(cut(joined[0])), separable=True)
        at = joined.end()
    yield from _separate(chunk[at:])


def _separate(text: str) -> Iterator[Term]:
    """A term for each word but stop words, and for each two characters of what has no spaces."""
    for run in runs(text):
        if len(run) > 1:
            yield from map(Term, pairwise(run))
        elif run[0] not in STOP_WORDS:
            yield Term((run[0],))


def _is_telling(term: Term) -> bool:
    return not _HIRAGANA.fullmatch("".join(term.words))
