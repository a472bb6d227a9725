"""What a claim has that the crew never saw: numbers, addresses and quotations."""

import re
from collections.abc import Collection, Sequence

from research.claims.prepared import Prepared
from research.claims.quantities import values_of
from research.claims.quantity import Quantity
from research.claims.said import Said
from research.claims.statement import Statement
from research.claims.verbatim import Verbatim, wording
from research.claims.words import words_of
from research.text.addresses import ADDRESS, place, trimmed

_QUOTED = re.compile(r"[“„«「『\"]([^“”„«»「」『』\"\n]{8,1000})[”“»」』\"]")
_EMAIL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|\b10\.\d{4,9}/[^\s\"<>]{1,100}"
)
_LEAST_QUOTED = 3  # words that have to stand together to be a quotation


class Unseen:
    """Asks all sources of a topic; `unread` are those whose text was not kept.

    `topic` is what was asked: to repeat it in quotation marks is to quote no source.
    """

    def __init__(
        self,
        sources: Sequence[Prepared],
        places: Collection[str],
        unread: Collection[int],
        topic: str = "",
    ) -> None:
        self._sources, self._unread = sources, set(unread)
        self._asked = Verbatim(topic)
        self._seen = {p for s in sources for p in _addresses(s.text)} | {*places}

    def number(self, said: Said, missing: Sequence[Quantity]) -> Quantity | None:
        """A number of the claim that no source has, in any unit."""
        for quantity in missing or said.quantities:
            if not quantity.sure or not quantity.plain:
                continue
            values = {v for word in words_of(quantity.text) for v in _values(word.lower)}
            values |= {abs(v) for v in (*quantity.plain, *quantity.values)}
            if not any(values & source.numbers for source in self._sources):
                return quantity
        return None

    def address(self, statement: Statement) -> str:
        """Why an address of the statement is invented; else empty."""
        for link in statement.links:
            if place(trimmed(link)) not in self._seen:
                return f"The address {short(link)} was never seen in a source."
        return ""

    def reason(self, statement: Statement, said: Said) -> str:
        """Why a claim is invented by its addresses and quotations; else empty."""
        if reason := self.address(statement):
            return reason
        for match in _EMAIL.finditer(statement.plain):
            if not any(match[0].rstrip(".,;") in s.text for s in self._sources):
                return f"{match[0]} stands in no source."
        missing = missing_quotation(said, [*(s.verbatim for s in self._sources), self._asked])
        if missing and not self._unread.intersection(statement.citations):
            return f"The quotation “{short(missing)}” stands in no source."
        return ""


def _values(lower: str) -> tuple[float, ...]:
    return values_of(lower) if lower[:1].isdecimal() else ()


def _addresses(text: str) -> set[str]:
    return {place(trimmed(match[0])) for match in ADDRESS.finditer(text)}


def missing_quotation(said: Said, texts: Sequence[Verbatim]) -> str | None:
    """A quotation in the claim that none of the texts has word for word."""
    for match in _QUOTED.finditer(said.text):
        for part in re.split(r"\.\.\.|…|\[[^\]]*\]", match[1]):
            words = wording(part)
            if words.words >= _LEAST_QUOTED and not any(text.has(words) for text in texts):
                return " ".join(match[1].split())
    return None


def short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else f"{text[:119]}…"
