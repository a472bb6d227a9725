"""What a topic asks about, as terms to be found in sentences, titles and headings."""

import keyword
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from research.crews.llms.terms import WORD, is_stop_word, kept, root, singular, stem, terms_of
from research.library.stopwords import STOP_WORDS

# What says of what kind a thing is, not which one, behind its name or before it.
_BEHIND = frozenset(
    terms_of("""
        Python module package library class function object statement expression method operation
        instance clause definition display language code concept keyword block syntax
    """)
)
_BEFORE = frozenset(
    terms_of(
        "Python built-in builtin basic standard general simple user-defined implementing invoking"
    )
)
_UNSAID = frozenset(
    terms_of("Python Python3 difference mean meaning example definition define basics")
)
_PARTS = re.compile(r"\s+(?:vs\.?|versus|and|or|compared (?:to|with)|&)\s+|\s*[,/]\s*", re.I)


@dataclass(frozen=True)
class Subject:
    """One thing that a topic asks about: its terms, and what is written in one word for them.

    `garbage collection` is also `garbagecollection` and `gc`.
    """

    terms: frozenset[str]
    short: frozenset[str]
    names: frozenset[str]
    """As code may be called that is it: `namedtuple` for `named tuples`."""

    def is_told_by(self, terms: Sequence[str], beside: Set[str] = frozenset()) -> bool:
        """Whether terms say the subject and nothing else; `beside` may tell a part of it."""
        return self.is_core(terms, beside) and self.all_in(self.known(terms) | beside)

    def is_core(self, terms: Sequence[str], beside: Set[str] = frozenset()) -> bool:
        """Whether terms say some of the subject, and nothing that is not told `beside`."""
        telling = self.known(self._without_kind(terms))
        return self.any_in(telling) and self._roots(telling) <= self._roots(self.terms | beside)

    def beyond(self, terms: Set[str]) -> Set[str]:
        """The subject's terms that are not among these; all of them where these are all."""
        left = self.terms - self.known(terms)
        return left or self.terms

    def _without_kind(self, terms: Sequence[str]) -> Sequence[str]:
        """`basic import statement` says `import`."""
        start, end = 0, len(terms)
        while start < end and terms[start] in _BEFORE - self.terms:
            start += 1
        while start < end and terms[end - 1] in _BEHIND - self.terms:
            end -= 1
        return terms[start:end]

    def known(self, terms: Iterable[str]) -> set[str]:
        """The terms, with those of the subject in place of a word for all of them."""
        found: set[str] = set()
        for term in terms:
            bare = stem(term.rstrip("0123456789"))  # `sqlite3` is about SQLite
            if term in self.short or bare in self.short:
                found |= self.terms
            else:
                found.add(term)
        return found

    def all_in(self, terms: Set[str]) -> bool:
        """Whether the terms hold the subject's; a long one may miss every fourth."""
        wanted = self._roots(self.terms)
        return len(wanted - self._roots(terms)) <= len(wanted) // 4

    def any_in(self, terms: Set[str]) -> bool:
        return bool(self._roots(self.terms) & self._roots(terms))

    def _roots(self, terms: Iterable[str]) -> set[str]:
        """Of several words each may be told by another form of it; a single one may not."""
        return {root(term) for term in terms} if len(self.terms) > 1 else set(terms)


def subjects_of(topic: str) -> list[Subject]:
    """What a topic asks about: the whole, then its parts if it compares things."""
    parts = _PARTS.split(topic)
    found = [_subject(words) for words in (topic, *(parts if len(parts) > 1 else []))]
    return list(dict.fromkeys(subject for subject in found if subject.terms))


def other_words(topic: str) -> list[str]:
    """Queries that may find what a search for the topic itself does not: each thing by itself."""
    queries = []
    for part in _PARTS.split(topic):
        words = [singular(word) for word in _told(part)]
        if len(words) == 1 and keyword.iskeyword(words[0]):
            words.append("statement")
        is_python = any(word in STOP_WORDS for word in words)  # which a search leaves out
        queries.append(f'"{" ".join(words)}"' if is_python else " ".join(words))
        if len(words) == 2 and not is_python:
            queries.append("".join(words))  # as in `namedtuple`
    return [query for query in dict.fromkeys(queries) if query and query != topic.lower()]


def _subject(words: str) -> Subject:
    told = _told(words)
    short = {stem("".join(told))}
    if len(told) > 1:
        short.add("".join(word[0] for word in told))
    names = {"".join(told), "".join(map(singular, told)), ".".join(told)}
    return Subject(frozenset(map(stem, told)), frozenset(short), frozenset(names))


def _told(words: str) -> list[str]:
    """The words that say what is asked about; not the language's name, where there is another."""
    keep = kept(words)
    found = [part for word in WORD.findall(words.lower()) for part in word.split(".")]
    told = [word for word in found if word in keep or not is_stop_word(word)]
    return [word for word in told if stem(word) not in _UNSAID] or told
