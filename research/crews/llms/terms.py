"""Words reduced to what they have in common: `decorators` and `decorator` are one term."""

import keyword
import re
from functools import lru_cache

from research.library.stopwords import STOP_WORDS

WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")
_MEANT = re.compile(
    r"[`\"\u201c](\w+)[`\"\u201d]|\b(\w+)(?= (?:statement|loop|keyword|clause|block|operator)s?\b)"
)
_PART = re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+)\d*|\d+")


def terms_of(text: str) -> list[str]:
    """The terms of a text's content words, in their order."""
    keep = kept(text)
    words = (word.lower() for word in WORD.findall(text))
    return [stem(word) for word in words if word in keep or word not in STOP_WORDS]


def kept(text: str) -> set[str]:
    """Words of Python among the stop words, as in `the with statement`, where they are meant."""
    found = {word for pair in _MEANT.findall(text) for word in pair}
    return {word for word in found if keyword.iskeyword(word)}


def is_stop_word(word: str) -> bool:
    """Whether a lower-case word, or what it is a form of, says nothing about a topic."""
    return word in STOP_WORDS or stem(word) in STOP_WORDS


def terms_of_name(name: str) -> list[str]:
    """The terms of a title or of a name such as `asyncio.TaskGroup`, taken apart."""
    words = [part for word in WORD.findall(name) for part in parts_of(word)]
    keep = kept(name)
    return [stem(word) for word in words if word in keep or word not in STOP_WORDS]


def parts_of(word: str) -> list[str]:
    """`TaskGroup` is two words, and `sqlite3` one."""
    return [part.lower() for part in _PART.findall(word)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A lower-case word without its plural and verbal endings, which is not always a word."""
    word = singular(word)
    for ending in ("ing", "ed", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            doubled = ending in ("ing", "ed") and word[-1] == word[-2] and word[-1] not in "ls"
            return word[:-1] if doubled else word
    return word


def singular(word: str) -> str:
    """A lower-case word without the ending of its plural."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


@lru_cache(maxsize=20_000)
def root(term: str) -> str:
    """What a term shares with the thing that does it and the deed: `collector`, `collection`."""
    for ending in ("ation", "ion", "or", "er", "at"):
        if term == "exception":  # to which “except” says the contrary
            break
        if term.endswith(ending) and len(term) - len(ending) >= 4:
            return term[: -len(ending)]
    return term


def is_telling(word: str, own: set[str]) -> bool:
    """Whether a word says something beyond the terms in `own`."""
    return len(word) > 4 and word.isalpha() and stem(word.lower()) not in own | STOP_WORDS
