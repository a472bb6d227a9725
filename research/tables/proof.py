"""Whether a cell's value stands in the source that its model names: the check of one cell.

The quote must be found in a source that the crew saw, and the quote must carry the value; both are
judged from the stored text by `research.claims.check`, so that they can be judged again later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from research.claims.check import check
from research.claims.claim import Claim, Evidence, Source, Verdict
from research.claims.negations import negations_in
from research.claims.prepared import Prepared
from research.claims.verbatim import wording
from research.claims.words import words_of
from research.tables.answer import Raw, source_number
from research.tables.cell import Cell, Value, written
from research.tables.columns import Column, ColumnType, key_of
from research.tables.values import BadValue, is_nothing, typed

LEFT_OUT = "The model left this cell out."
NO_REASON = "The model found nothing, and does not say why."
LONGEST_QUOTE = 1_000  # characters


class Proof:
    """The sources of one topic, made ready once for all of its cells."""

    def __init__(self, sources: Sequence[Source], topic: str) -> None:
        self._topic = topic
        self._sources = {source.number: Prepared(source) for source in sources}
        self._names = {word.key for word in words_of(topic)}

    def cell(self, column: Column, raw: Raw | None) -> Cell:
        """The cell for what the model said of a column; never raises."""
        if raw is None:
            return Cell(column.name, reason=LEFT_OUT, is_refused=True)
        if is_nothing(raw.value):
            return Cell(column.name, reason=raw.reason or NO_REASON)
        try:
            value = typed(column, raw.value)
        except BadValue as error:
            return Cell(column.name, reason=str(error), is_refused=True)
        return self._proved(column, Cell(column.name, value, reason=raw.reason), raw)

    def again(self, column: Column, cell: Cell) -> Cell:
        """The check of a stored cell, anew."""
        if not cell.is_found:
            return cell
        return self._proved(
            column, replace(cell, reason=""), Raw(cell.value, cell.quote, cell.source)
        )

    # The quote ------------------------------------------------------------------------------

    def _proved(self, column: Column, cell: Cell, raw: Raw) -> Cell:
        named = source_number(raw.source)
        place = self._place(raw.quote, named)
        if place is None:
            return self._without_quote(column, cell, raw, named)
        judged = self._judged(column, cell, place)
        if named is not None and place.source != named:
            there = f"The quote stands in source {place.source}, not in source {named}."
            judged = replace(judged, reason=f"{there} {judged.reason}".strip())
        return judged

    def _place(self, quote: str, named: int | None) -> Evidence | None:
        """Where the quote stands: in the source that was named, else in another one."""
        words = wording(quote[:LONGEST_QUOTE])
        if not words.letters:
            return None
        numbers = sorted(self._sources, key=lambda number: number != named)
        for number in numbers:
            source = self._sources[number]
            if place := next(source.verbatim.find(words), None):
                text = source.text[place.start : place.end]
                return Evidence(number, place.start, place.end, text)
        return None

    def _without_quote(self, column: Column, cell: Cell, raw: Raw, named: int | None) -> Cell:
        """The verdict where no quote helps: the check looks for the value by itself."""
        if not self._sources:
            reason = "No source was seen, so nothing carries the value."
            return replace(cell, verdict=Verdict.INVENTED, reason=reason)
        said = "The quote stands in no source." if raw.quote else "No quote was given."
        there = [named] if named in self._sources else list(self._sources)
        whole = [self._sources[number].source for number in there]
        for source in whole:
            claim = self._claim(column, cell.value, source)
            if claim and claim.verdict in _HOLDS and claim.evidence:
                found = self._with(cell, claim.evidence[0], Verdict.SUPPORTED)
                return replace(found, reason=f"{said} The check found the value here.")
        verdict = Verdict.INVENTED if raw.quote else Verdict.UNSUPPORTED
        return replace(cell, verdict=verdict, source=named, reason=said)

    # The value ------------------------------------------------------------------------------

    def _judged(self, column: Column, cell: Cell, place: Evidence) -> Cell:
        """The verdict on a value whose quote stands in a source."""
        found = self._with(cell, place, Verdict.SUPPORTED)
        if not self._is_named(place):
            reason = f"Source {place.source} does not name “{self._topic}”."
            return replace(found, verdict=Verdict.UNSUPPORTED, reason=reason)
        if column.type is ColumnType.BOOLEAN:
            return self._yes_or_no(column, found)
        values: list[Value] = [*cell.value] if isinstance(cell.value, list) else [cell.value]
        verdicts = [self._one(column, value, place) for value in values]
        worst, reason = max(verdicts, key=lambda judged: _BADNESS.index(judged[0]))
        return replace(found, verdict=worst, reason=reason or found.reason)

    def _one(self, column: Column, value: Value, place: Evidence) -> tuple[Verdict, str]:
        """The verdict on one value, or one item of a list."""
        text = written(value, column.unit)
        if column.type is not ColumnType.NUMBER and stands(text, place.quote):
            return Verdict.QUOTED, ""
        source = self._sources[place.source].source
        claim = self._claim(column, value, replace(source, text=place.quote))
        if claim is None:
            return Verdict.UNSUPPORTED, f"The quote does not say “{text}”."
        if claim.verdict in (*_HOLDS, Verdict.DIFFERS):
            is_literal = claim.verdict in _HOLDS and stands(text, place.quote)
            return (Verdict.QUOTED if is_literal else claim.verdict), claim.reason
        return Verdict.UNSUPPORTED, f"The quote does not say “{text}”."

    def _claim(self, column: Column, value: Value, source: Source) -> Claim | None:
        """What the check of claims says of the value as a sentence that cites the source."""
        sentence = f"{column.name}: {written(value, column.unit)} [{source.number}]"
        asked = f"{self._topic} {column.name} {column.ask}"
        return next(iter(check(sentence, [source], asked)), None)

    def _yes_or_no(self, column: Column, cell: Cell) -> Cell:
        """A yes or no is the model's reading of its quote; a plain denial is told."""
        words = list(words_of(cell.quote))
        asked = {word.key for word in words_of(f"{column.name} {column.ask}")}
        denied = any(asked & each.keys for each in negations_in(words, cell.quote))
        if denied and cell.value is True:
            return replace(cell, verdict=Verdict.DIFFERS, reason="The quote denies it.")
        if {word.key for word in words} & (asked | self._names):
            return cell
        return replace(
            cell, verdict=Verdict.UNSUPPORTED, reason="The quote is about something else."
        )

    def _is_named(self, place: Evidence) -> bool:
        """Whether the source is about the row at all: it has a word of the topic's name."""
        source = self._sources[place.source]
        if not self._names:
            return True
        return bool(self._names & source.titles) or any(
            word.key in self._names for word in source.words
        )

    def _with(self, cell: Cell, place: Evidence, verdict: Verdict) -> Cell:
        return replace(
            cell, verdict=verdict, quote=place.quote, source=place.source, start=place.start
        )


_HOLDS = (Verdict.QUOTED, Verdict.SUPPORTED)
_BADNESS = [
    *(Verdict.QUOTED, Verdict.SUPPORTED, Verdict.UNCITED),
    *(Verdict.UNSUPPORTED, Verdict.DIFFERS, Verdict.INVENTED),
]


def stands(text: str, quote: str) -> bool:
    """Whether the value stands in the quote as it is written, as whole words."""
    value, around = key_of(text), key_of(quote)
    at = around.find(value) if value else -1
    while at >= 0:
        before, behind = around[at - 1 : at], around[at + len(value) : at + len(value) + 1]
        if not (_joins(before, value[0]) or _joins(behind, value[-1])):
            return True
        at = around.find(value, at + 1)
    return False


def _joins(sign: str, edge: str) -> bool:
    """Whether a sign beside a value makes it a part of a longer word or number."""
    return sign.isascii() and sign.isalnum() and edge.isalnum()


def failing(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that the model is asked for once more."""
    return [cell for cell in cells if not cell.holds]
