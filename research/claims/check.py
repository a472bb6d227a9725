"""The check: a result and its sources in, claims with verdicts out. It asks nobody."""

import re
from collections.abc import Sequence
from dataclasses import replace

from research.claims.claim import Claim, Evidence, Source, Verdict
from research.claims.judge import Carried, Judge
from research.claims.prepared import Prepared
from research.claims.quantities import Quantity, values_of
from research.claims.quoting import quote
from research.claims.report import statements
from research.claims.said import Said
from research.claims.statement import Statement
from research.claims.verbatim import wording
from research.claims.words import words_of
from research.text.addresses import ADDRESS, place, trimmed

MOST_CHARACTERS = 200_000  # of a result
MOST_CLAIMS = 1_000
LONGEST_CLAIM = 4_000  # characters of one sentence
MOST_SOURCE_CHARACTERS = 5_000_000  # of all sources together
MOST_CITATIONS = 12  # sources of one claim that are looked at
_SHOWN = 500  # characters of what was not checked
_QUOTED = re.compile(r"[“„«「『\"]([^“”„«»「」『』\"\n]{8,1000})[”“»」』\"]")
_EMAIL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|\b10\.\d{4,9}/[^\s\"<>]{1,100}"
)
_LEAST_QUOTED = 3  # words that have to stand together to be a quotation


def check(text: str, sources: Sequence[Source], topic: str = "") -> list[Claim]:
    """The claims of a result in their order, each with its verdict; `topic` is what was asked."""
    checked = _Check(sources, topic)
    head = text if len(text) <= MOST_CHARACTERS else _up_to_a_line(text)
    claims: list[Claim] = []
    for statement in statements(head, checked.places, checked.known.keys()):
        if len(claims) == MOST_CLAIMS:
            reason = f"Not checked: a result has more than {MOST_CLAIMS:,} claims."
            claims.append(_unchecked(text, statement.start, len(text), reason))
            return claims
        if claim := checked.claim(statement):
            claims.append(claim)
    if len(head) < len(text):
        reason = f"Not checked: a result is checked up to {MOST_CHARACTERS:,} characters."
        claims.append(_unchecked(text, len(head), len(text), reason))
    return claims


def _up_to_a_line(text: str) -> str:
    end = text.rfind("\n", MOST_CHARACTERS // 2, MOST_CHARACTERS)
    return text[: end + 1 if end >= 0 else MOST_CHARACTERS]


def _unchecked(text: str, start: int, end: int, reason: str) -> Claim:
    return Claim(
        text[start : min(end, start + _SHOWN)], start, end, (), Verdict.UNSUPPORTED, reason
    )


class _Check:
    """The sources of a topic, made ready once for all claims."""

    def __init__(self, sources: Sequence[Source], topic: str) -> None:
        self.known: dict[int, Prepared] = {}
        self.places: dict[str, int] = {}
        self.unread: set[int] = set()
        left = MOST_SOURCE_CHARACTERS
        for source in sources:
            if not source.text.strip() or left <= 0:
                self.unread.add(source.number)
            shown = source if left > 0 else replace(source, text="")
            left -= len(shown.text)
            self.known[source.number] = Prepared(shown)
            if source.url:
                self.places.setdefault(place(source.url), source.number)
        self.judge = Judge(list(self.known.values()), topic)
        self._seen = {p for s in self.known.values() for p in _addresses(s.text)} | {*self.places}

    def claim(self, statement: Statement) -> Claim | None:
        """The statement with its verdict; None: it claims nothing."""
        if statement.is_entry:
            return self._entry(statement)
        if len(statement.text) > LONGEST_CLAIM:
            reason = f"Not checked: the sentence is longer than {LONGEST_CLAIM:,} characters."
            claim = _unchecked(statement.text, 0, len(statement.text), reason)
            return replace(
                claim, start=statement.start, end=statement.end, citations=statement.citations
            )
        said = Said(statement.plain, statement.context)
        claim = self._judged(statement, said)
        if lie := self._never_seen(statement):
            return replace(claim, verdict=Verdict.INVENTED, reason=lie)
        if not said.wording.words or (statement.is_aside and claim.verdict != Verdict.QUOTED):
            return None
        return claim

    def _entry(self, statement: Statement) -> Claim | None:
        """An entry of a list of sources whose address was never seen."""
        addresses = [self.known[n].source.url for n in statement.citations if n in self.known]
        reason = self._unseen_address(statement)
        if not reason or (addresses and not any(addresses)):
            return None
        return _claim(statement, statement.citations, Verdict.INVENTED, reason, ())

    # Verdicts -----------------------------------------------------------------------------

    def _judged(self, statement: Statement, said: Said) -> Claim:
        cited = statement.citations
        if statement.lent and not any(number in self.known for number in cited):
            cited = ()  # `[3, 4]` in a cell, and the source in another one
        if not cited and statement.lent:
            lent = self._on(statement, said, statement.lent)
            if lent.verdict != Verdict.UNSUPPORTED or statement.is_cell:
                return lent
        if cited:
            return self._on(statement, said, cited)
        return self._uncited(statement, said)

    def _on(self, statement: Statement, said: Said, numbers: tuple[int, ...]) -> Claim:
        """The verdict on what cites these sources."""
        there = [self.known[n] for n in numbers[:MOST_CITATIONS] if n in self.known]
        for source in there:
            if passage := quote(said, source):
                return _claim(statement, numbers, Verdict.QUOTED, "", (passage,))
        found = [(self.judge.carried(said, source), source.number) for source in there]
        best, number = max(found, key=lambda f: f[0].rank, default=(Carried(), 0))
        if best.holds and (quoted := _missing_quotation(said, there)) is None:
            return _claim(statement, numbers, Verdict.SUPPORTED, "", best.evidence)
        if len(there) > 1 and (pooled := self._pooled(said, [c for c, _ in found])):
            return _claim(statement, numbers, Verdict.SUPPORTED, "", pooled)
        if best.differs:
            reason = f"Source {number} differs: {'; '.join(best.differs[:3])}."
            return _claim(statement, numbers, Verdict.DIFFERS, reason, best.evidence)
        if best.holds:
            reason = f"The quotation “{quoted}” does not stand there word for word."
            return _claim(statement, numbers, Verdict.UNSUPPORTED, reason, best.evidence)
        return self._unsupported(statement, said, numbers, best)

    def _pooled(self, said: Said, found: Sequence[Carried]) -> tuple[Evidence, ...]:
        """The evidence of several cited sources that carry a claim only together."""
        parts = [c for c in found if c.share >= 0.3 and not c.differs]
        if len(parts) < 2:
            return ()
        evidence = tuple(e for c in parts for e in c.evidence)
        together = Prepared(
            Source(0, "", "", "; ".join(e.quote for e in evidence).replace(". ", "; "))
        )
        return evidence if self.judge.carried(said, together).holds else ()

    def _unsupported(
        self, statement: Statement, said: Said, numbers: tuple[int, ...], best: Carried
    ) -> Claim:
        unknown = [n for n in numbers if n not in self.known]
        empty = [n for n in numbers if n in self.unread]
        carrier = self._carrier(said, numbers)
        evidence = best.evidence if best.share >= 0.3 else ()
        if unknown and len(unknown) == len(numbers):
            reason, verdict = f"There is no source {unknown[0]}.", Verdict.INVENTED
        elif empty and len(empty) == len(numbers) - len(unknown):
            reason = f"Could not be checked: no text of source {empty[0]} was kept."
            verdict = Verdict.UNSUPPORTED
        else:
            named = _listed([n for n in numbers if n in self.known])
            lacking = f": {'; '.join(best.lacks[:2])}" if best.lacks and best.share >= 0.3 else ""
            reason, verdict = f"{named} does not say so{lacking}.", Verdict.UNSUPPORTED
        if carrier:
            reason += f" Source {carrier.source} does: “{_short(carrier.quote)}”"
            evidence = (carrier,)
        elif (number := self._invented_number(said, best)) and not empty:
            verdict = Verdict.INVENTED
            reason = f"{number.text.strip()} stands in no source."
        return _claim(statement, numbers, verdict, reason, evidence)

    def _uncited(self, statement: Statement, said: Said) -> Claim:
        if carrier := self._carrier(said, ()):
            reason = f"No source is cited. Source {carrier.source} says so."
            return _claim(statement, (), Verdict.UNCITED, reason, (carrier,))
        if number := self._invented_number(said, Carried()):
            reason = f"{number.text.strip()} stands in no source, and none is cited."
            return _claim(statement, (), Verdict.INVENTED, reason, ())
        reason = "No source is cited, and none says so."
        return _claim(statement, (), Verdict.UNCITED, reason, ())

    def _carrier(self, said: Said, without: Sequence[int]) -> Evidence | None:
        """Where another source carries the claim."""
        others = [s for n, s in self.known.items() if n not in without]
        for source in others:
            if place := quote(said, source):
                return place
        found = [c for source in others if (c := self.judge.carried(said, source)).holds]
        return max(found, key=lambda c: c.share).evidence[0] if found else None

    # What nobody has seen -----------------------------------------------------------------

    def _invented_number(self, said: Said, best: Carried) -> Quantity | None:
        """A number of the claim that no source has, in any unit."""
        for quantity in best.missing or said.quantities:
            if not quantity.sure or not quantity.plain:
                continue
            values = {v for word in words_of(quantity.text) for v in _values(word.lower)}
            values |= {abs(v) for v in (*quantity.plain, *quantity.values)}
            if not any(values & source.numbers for source in self.known.values()):
                return quantity
        return None

    def _unseen_address(self, statement: Statement) -> str:
        for link in statement.links:
            if place(trimmed(link)) not in self._seen:
                return f"The address {_short(link)} was never seen in a source."
        return ""

    def _never_seen(self, statement: Statement) -> str:
        """Why a claim is invented by its addresses and quotations; else empty."""
        if reason := self._unseen_address(statement):
            return reason
        for match in _EMAIL.finditer(statement.plain):
            if not any(match[0].rstrip(".,;") in s.text for s in self.known.values()):
                return f"{match[0]} stands in no source."
        missing = _missing_quotation(Said(statement.plain), list(self.known.values()))
        if missing and not self.unread.intersection(statement.citations):
            return f"The quotation “{_short(missing)}” stands in no source."
        return ""


def _values(lower: str) -> tuple[float, ...]:
    return values_of(lower) if lower[:1].isdecimal() else ()


def _addresses(text: str) -> set[str]:
    return {place(trimmed(match[0])) for match in ADDRESS.finditer(text)}


def _missing_quotation(said: Said, sources: Sequence[Prepared]) -> str | None:
    """A quotation in the claim that none of the sources has word for word."""
    for match in _QUOTED.finditer(said.text):
        for part in re.split(r"\.\.\.|…|\[[^\]]*\]", match[1]):
            words = wording(part)
            if words.words >= _LEAST_QUOTED and not any(s.verbatim.has(words) for s in sources):
                return " ".join(match[1].split())
    return None


def _claim(
    statement: Statement,
    numbers: tuple[int, ...],
    verdict: Verdict,
    reason: str,
    evidence: tuple[Evidence, ...],
) -> Claim:
    return Claim(statement.text, statement.start, statement.end, numbers, verdict, reason, evidence)


def _listed(numbers: Sequence[int]) -> str:
    return f"Source {' or '.join(map(str, numbers[:5]))}" if numbers else "No source"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else f"{text[:119]}…"
