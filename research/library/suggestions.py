"""What a query may have meant whose words the library does not hold: “Did you mean …?”"""

import re
from difflib import SequenceMatcher, get_close_matches
from functools import partial

from research.library import index
from research.library.index.contract import Readers
from research.library.query import Term, parse
from research.library.words import cut, singular, stems

MIN_LENGTH = 4  # letters; a shorter word is close to too many
LIKE_STEM, LIKE_WORD = 0.65, 0.75  # `difflib`'s ratio, from which a stem or word may be meant
STEMS, PASSAGES = 5, 3  # close stems looked up, and passages of each


def did_you_mean(query: str, readers: Readers = None) -> str:
    """The query with the words that no passage holds put right; "" when none can be.

    Words come from what the `readers` may see.
    """
    terms = [term for term in parse(query) if _may_be_misspelt(term)]
    missing = [
        term.words[0]
        for term, held in zip(terms, index.of().holding(terms), strict=True)
        if not held
    ]
    suggestion = query
    for word in missing:
        if meant := _nearest(word, readers):
            suggestion = re.sub(rf"(?i)\b{word}\b", partial(_in_case_of, meant), suggestion)
    return suggestion if suggestion != query else ""


def _in_case_of(meant: str, written: re.Match[str]) -> str:
    return meant.capitalize() if written[0][0].isupper() else meant


def _may_be_misspelt(term: Term) -> bool:
    [word, *more] = term.words
    return not more and word.isascii() and word.isalpha() and len(word) >= MIN_LENGTH


def _nearest(word: str, readers: Readers) -> str:
    """The word of the library that is most like that one; "" when none is."""
    [stem] = stems([word])
    close = get_close_matches(stem, index.of().vocabulary([stem]), STEMS, LIKE_STEM)
    words = {singular(each) for stem in close for each in _forms(stem, readers)}
    likest = max(words, key=lambda each: (_likeness(each, word), each), default="")
    return likest if likest and _likeness(likest, word) >= LIKE_WORD else ""


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, word, singular(other)).ratio()


def _forms(stem: str, readers: Readers) -> set[str]:
    """Words with that stem, as some passages have them."""
    found = index.of().best([Term((stem,))], PASSAGES, None, readers)
    words = [word for each in found for word in cut(f"{each.title} {each.text}")]
    return {word for word, its in zip(words, stems(words), strict=True) if its == stem}
