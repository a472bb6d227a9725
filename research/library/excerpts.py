"""The part of a passage that shows best what was found in it."""

import re
from collections.abc import Sequence

from research.library.query import Query, Term
from research.library.words import MARKS, UNIT, cut, stems

LENGTH = 48  # words
MARK_START, MARK_END = "\x02", "\x03"  # no document holds these: see `characters`

_INSIDE = rf"{MARKS}\u00ad\u200b-\u200f"  # marks, soft hyphens and joiners are part of a word
_WORD = re.compile(rf"[^\W_](?:\+\+|#)(?!\w)|{UNIT}|(?:(?!{UNIT})[^\W_]|[{_INSIDE}])+")
_SENTENCE_END = re.compile(r"[.!?]\s|[\u3002\uff01\uff1f]|\n")


def excerpt(text: str, query: Query) -> str:
    """The LENGTH words that hold the most of the query's, from a sentence's start if any.

    What was found stands between MARK_START and MARK_END, as it is written.
    """
    words = list(_WORD.finditer(text))
    found = _found([stems(cut(word[0])) for word in words], query)

    def worth(first: int) -> tuple[int, bool, int, int]:
        seen = [found[at] for at in range(first, min(first + LENGTH, len(words))) if at in found]
        gap = text[words[first - 1].end() : words[first].start()] if first else "\n"
        return len(set(seen)), bool(_SENTENCE_END.search(gap)), len(seen), -first

    first = max(range(max(len(words) - LENGTH, 0) + 1), key=worth)
    last = min(first + LENGTH, len(words))
    start = words[first].start() if first else 0
    end = words[last - 1].end() if last < len(words) else len(text)
    spans = [words[at].span() for at in range(first, last) if at in found]
    marked = _marked(text, start, end, spans)
    return f"{'…' if first else ''}{marked}{'…' if last < len(words) else ''}"


def _found(words: Sequence[Sequence[str]], terms: Sequence[Term]) -> dict[int, Term]:
    """Which of the words belong to a term, and to which; each word is given as its stems."""
    first_stems = [word[0] if word else "" for word in words]
    found = {}
    for term in terms:
        length = len(term.stems)
        for at, stem in enumerate(first_stems):
            if stem == term.stems[0] and tuple(first_stems[at : at + length]) == term.stems:
                found.update(dict.fromkeys(range(at, at + length), term))
    return found


def _marked(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
    """That part of a text, the spans between marks; those that touch are one."""
    parts: list[str] = []
    at = start
    for first, last in spans:
        if parts and first == at:
            parts[-1] = parts[-1].removesuffix(MARK_END) + text[first:last] + MARK_END
        else:
            parts += [text[at:first], MARK_START, text[first:last] + MARK_END]
        at = last
    return "".join(parts) + text[at:end]
