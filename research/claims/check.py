"""The check: a result and its sources in, claims with verdicts out. It asks nobody."""

import math
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

from research.claims.claim import NO_TEXT, NOT_CHECKED, Claim, Evidence, Source, Verdict
from research.claims.judge import Carried, Judge
from research.claims.prepared import Prepared
from research.claims.quoting import quote
from research.claims.report import statements
from research.claims.said import Said
from research.claims.statement import Statement
from research.claims.unseen import Unseen, missing_quotation, short
from research.text.addresses import place

MOST_CHARACTERS = 200_000  # of a result
MOST_CLAIMS = 1_000
LONGEST_CLAIM = 4_000  # characters of one sentence
MOST_SOURCE_CHARACTERS = 5_000_000  # of all sources together
MOST_CITATIONS = 12  # sources of one claim that are looked at
_SHOWN = 500  # characters of what was not checked


def check(
    text: str, sources: Sequence[Source], topic: str = "", seconds: float = math.inf
) -> list[Claim]:
    """The claims of a result in their order, each with its verdict.

    `topic` is what was asked. When the `seconds` are over, the rest of the text is one last claim
    that was not checked.
    """
    ends = monotonic() + seconds
    checked = _Check(sources, topic)
    head = text if len(text) <= MOST_CHARACTERS else _up_to_a_line(text)
    claims: list[Claim] = []
    for statement in statements(head, checked.places, checked.known.keys()):
        if len(claims) == MOST_CLAIMS:
            reason = f"a result has more than {MOST_CLAIMS:,} claims."
        elif monotonic() > ends:
            reason = f"the check takes longer than {seconds:g} s."
        else:
            claim = checked.claim(statement)
            claims += [claim] if claim else []
            continue
        return [*claims, _unchecked(text, statement.start, len(text), reason)]
    if len(head) < len(text):
        reason = f"a result is checked up to {MOST_CHARACTERS:,} characters."
        claims.append(_unchecked(text, len(head), len(text), reason))
    return claims


def _up_to_a_line(text: str) -> str:
    end = text.rfind("\n", MOST_CHARACTERS // 2, MOST_CHARACTERS)
    return text[: end + 1 if end >= 0 else MOST_CHARACTERS]


def _unchecked(text: str, start: int, end: int, reason: str) -> Claim:
    shown = text[start : min(end, start + _SHOWN)]
    return Claim(shown, start, end, (), Verdict.UNSUPPORTED, f"{NOT_CHECKED}{reason}")


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
        self.unseen = Unseen(list(self.known.values()), self.places, self.unread, topic)

    def claim(self, statement: Statement) -> Claim | None:
        """The statement with its verdict; None: it claims nothing."""
        if statement.is_entry:
            return self._entry(statement)
        if len(statement.text) > LONGEST_CLAIM:
            reason = f"the sentence is longer than {LONGEST_CLAIM:,} characters."
            claim = _unchecked(statement.text, 0, len(statement.text), reason)
            return replace(
                claim, start=statement.start, end=statement.end, citations=statement.citations
            )
        said = Said(statement.plain, statement.context)
        lie = self.unseen.reason(statement, said)
        # What cites nothing is never quoted. So "nothing was found" is left out unjudged: to look
        # for it in all sources took a quarter of the work of an `offline` topic that finds nothing.
        is_aside = statement.is_aside and not (statement.citations or statement.lent)
        if not lie and (is_aside or not said.wording.words):
            return None
        claim = self._judged(statement, said)
        if lie:
            return replace(claim, verdict=Verdict.INVENTED, reason=lie)
        return None if statement.is_aside and claim.verdict != Verdict.QUOTED else claim

    def _entry(self, statement: Statement) -> Claim | None:
        """An entry of a list of sources whose address was never seen."""
        addresses = [self.known[n].source.url for n in statement.citations if n in self.known]
        reason = self.unseen.address(statement)
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
        if best.holds and (quoted := missing_quotation(said, [s.verbatim for s in there])) is None:
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
            reason = f"{NO_TEXT}no text of source {empty[0]} was kept."
            verdict = Verdict.UNSUPPORTED
        else:
            named = _listed([n for n in numbers if n in self.known])
            lacking = f": {'; '.join(best.lacks[:2])}" if best.lacks and best.share >= 0.3 else ""
            reason, verdict = f"{named} does not say so{lacking}.", Verdict.UNSUPPORTED
        if carrier:
            reason += f" Source {carrier.source} does: “{short(carrier.quote)}”"
            evidence = (carrier,)
        elif (number := self.unseen.number(said, best.missing)) and not empty:
            verdict = Verdict.INVENTED
            reason = f"{number.text.strip()} stands in no source."
        return _claim(statement, numbers, verdict, reason, evidence)

    def _uncited(self, statement: Statement, said: Said) -> Claim:
        if carrier := self._carrier(said, ()):
            reason = f"No source is cited. Source {carrier.source} says so."
            return _claim(statement, (), Verdict.UNCITED, reason, (carrier,))
        if number := self.unseen.number(said, ()):
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
