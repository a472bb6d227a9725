"""Whether a claim stands in a source word for word, and not as a part of what says otherwise."""

import re

from research.claims.claim import Evidence
from research.claims.prepared import Prepared
from research.claims.quantities import find_quantities
from research.claims.said import Said
from research.claims.verbatim import Place

_LEAST_WORDS = 3  # of what is no sentence of its own
_LEAST_IN_CELL = 4  # words of a cell that needs no row around it
_BEFORE = 300  # characters in front of a quotation that may turn its meaning
_BEGINS = re.compile(r"(?:\A|[\n.!?。！？؟।:;；|])(?:[^\w\n]|_)*\Z")
_ENDS = re.compile(r"(?:[^\w\n.!?。！？؟।:;；|]|_)*(?:https?://\S*)?(?:\Z|[\n.!?。！？؟।:;；|])")
_CLAUSE = re.compile(r"[.!?。！？؟।:;；]\s|\n")
_DENIES = re.compile(
    r"\b(?:myth|false|falsely|untrue|incorrect|incorrectly|wrong|wrongly|hoax|rumou?rs?|rumou?red"
    r"|allegedly|mistaken|mistakenly|unlikely|doubts?|doubtful)\b",
    re.IGNORECASE,
)


def quote(said: Said, source: Prepared) -> Evidence | None:
    """Where the source has the claim's own words."""
    for place in source.verbatim.find(said.wording):
        if _is_quoted(said, source, place):
            return source.evidence(*place)
    return None


def _is_quoted(said: Said, source: Prepared, place: Place) -> bool:
    if is_whole(source.text, place):
        return said.wording.words >= _LEAST_IN_CELL or not said.context
    if said.context or said.wording.words < _LEAST_WORDS:
        return False
    return not (_is_denied(source.text, place.start) or _cuts_a_number(source.text, place))


def is_whole(text: str, place: Place) -> bool:
    """Whether a sentence, a line or a cell begins and ends with these characters."""
    before = text[max(0, place.start - 12) : place.start]
    begins = place.start == 0 or _BEGINS.search(before)
    return bool(begins) and bool(_ENDS.match(text, place.end))


def _is_denied(text: str, start: int) -> bool:
    """Whether the words before it in its clause say that it is not so."""
    before = _CLAUSE.split(text[max(0, start - _BEFORE) : start])[-1]
    return bool(Said(before).negations or _DENIES.search(before))


def _cuts_a_number(text: str, place: Place) -> bool:
    """Whether the quotation leaves out the end of a number: `5` of `5 million`."""
    start = max(0, place.start - 30)
    around = find_quantities(text[start : place.end + 30])
    first, last = place.start - start, place.end - start
    return any(q.start < first < q.end or q.start < last < q.end for q in around)
