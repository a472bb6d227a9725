"""Whether a cell's value stands in the source that its model names: the check of one cell.

The quote must be found in a source that the crew saw, it must be about the row, and it must carry
the value; all is judged from the stored text by `research.claims.check`, so that it can be judged
again later.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from math import inf

from research.claims.check import check
from research.claims.claim import Claim, Evidence, Source, Verdict
from research.claims.prepared import Prepared
from research.claims.quantities import find_quantities, values_of
from research.claims.verbatim import wording
from research.claims.words import is_stop, words_of
from research.tables.answer import Raw, source_number
from research.tables.cell import Cell, Value, written
from research.tables.columns import Column, ColumnType
from research.tables.naming import Naming
from research.tables.told import joined_scales, other_meant, other_told, place_of, stands, yes_or_no
from research.tables.values import BadValue, is_nothing, typed
from research.text.addresses import ADDRESS, place, trimmed

LEFT_OUT = "The model left this cell out."
NO_REASON = "The model found nothing, and does not say why."
LONGEST_QUOTE = 1_000  # characters
_MOST_PLACES = 10  # of a quote or a value in one source that are looked at
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.{3}|…)\s*\]|\(\s*(?:\.{3}|…)\s*\)|\.{3,}|…)\s*")
_CLOSING = re.compile(r"[^\w\s.,;:!?]{1,4}(?=[\s.]*\Z)")  # brackets that a quote ends with


class Proof:
    """The sources of one topic, made ready once for all of its cells.

    `others` are the names of the table's other rows, of which a source may speak, too.
    """

    def __init__(self, sources: Sequence[Source], topic: str, others: Iterable[str] = ()) -> None:
        self._topic = topic
        self._sources = {source.number: Prepared(source) for source in sources}
        self._names = {word.key for word in words_of(topic)}
        self._naming = Naming(topic, others)

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
        found = [self._judged(column, cell, each) for each in self._places(raw.quote, named)]
        if not found:
            return self._without_quote(column, cell, raw, named)
        judged = next((each for each in found if each.holds), found[0])
        if named is not None and judged.source != named:
            there = f"The quote stands in source {judged.source}, not in source {named}."
            judged = replace(judged, reason=f"{there} {judged.reason}".strip())
        return judged

    def _places(self, quote: str, named: int | None) -> Iterator[Evidence]:
        """Where the quote stands: in the source that was named, then in other ones."""
        parts = [part for part in _ELLIPSIS.split(quote[:LONGEST_QUOTE]) if wording(part).letters]
        numbers = sorted(self._sources, key=lambda number: number != named)
        for number in numbers if parts else ():
            yield from self._in_source(parts, self._sources[number])

    def _in_source(self, parts: Sequence[str], source: Prepared) -> Iterator[Evidence]:
        """From the first part to the last, where all stand in their order, not far apart."""
        for first in islice(source.verbatim.find(wording(parts[0])), _MOST_PLACES):
            end = first.end
            for part in parts[1:]:
                following = source.verbatim.find(wording(part))
                end = next((p.end for p in following if p.start >= end), -1)
                if end < 0:
                    break
            if 0 <= end <= first.start + LONGEST_QUOTE:
                closing = _CLOSING.search(parts[-1])
                if closing and source.text.startswith(closing[0], end):
                    end += len(closing[0])
                text = source.text[first.start : end]
                yield Evidence(source.number, first.start, end, text)

    def _without_quote(self, column: Column, cell: Cell, raw: Raw, named: int | None) -> Cell:
        """The verdict where no quote helps: the check looks for the value by itself."""
        if not self._sources:
            reason = "No source was seen, so nothing carries the value."
            return replace(cell, verdict=Verdict.INVENTED, reason=reason)
        said = "The quote stands in no source." if raw.quote else "No quote was given."
        there = [named] if named in self._sources else list(self._sources)
        for number in there:
            for found in self._carriers(column, cell.value, self._sources[number]):
                judged = self._judged(column, cell, found)
                if judged.holds:
                    told = f"{said} The check found the value here."
                    return replace(judged, verdict=Verdict.SUPPORTED, reason=told)
        if self._is_seen(column, cell.value):
            return replace(cell, verdict=Verdict.UNSUPPORTED, source=named, reason=said)
        return replace(cell, verdict=Verdict.INVENTED, source=named, reason=f"{said} {_NOWHERE}")

    def _carriers(self, column: Column, value: Value, source: Prepared) -> Iterator[Evidence]:
        """The sentences that may carry the value: with its words and with those of the column."""
        claim = self._claim(column, value, source.source)
        if claim and claim.verdict in _HOLDS:
            yield from claim.evidence[:1]
        asked = {word.key for word in words_of(f"{column.name} {column.ask}") if not is_stop(word)}
        if not isinstance(value, bool):
            places = islice(source.verbatim.find(wording(written(value))), _MOST_PLACES)
            for at in {bisect_right(source.sentences, (p.start, inf)) - 1 for p in places}:
                if at >= 0 and asked & source.keys_in(at):
                    yield source.evidence(*source.sentences[at])
            return
        telling = {w.key for w in words_of(column.name) if not is_stop(w)} or asked
        told = [set(source.index.get(key, ())) for key in telling]
        for at in sorted(set.intersection(*told))[:_MOST_PLACES] if told else ():
            yield source.evidence(*source.sentences[at])

    def _is_seen(self, column: Column, value: Value) -> bool:
        """Whether the crew saw the value anywhere: its numbers, or one of its words."""
        if column.type in (ColumnType.BOOLEAN, ColumnType.CHOICE):
            return True  # the person gave it
        items = value if isinstance(value, list) else [written(value)]
        return all(self._stands_anywhere(item) for item in items)

    def _stands_anywhere(self, text: str) -> bool:
        if ADDRESS.fullmatch(text):
            return any(
                place(text) == place(trimmed(seen[0]))
                for source in self._sources.values()
                for seen in ADDRESS.finditer(source.text)
            )
        words = [word for word in words_of(text) if not is_stop(word)] or [*words_of(text)]
        numbers = {v for w in words if w.lower[:1].isdecimal() for v in values_of(w.lower)}
        numbers |= {v for q in find_quantities(text) for v in q.plain}
        for source in self._sources.values():
            if numbers and not numbers & source.numbers:
                continue
            if numbers or any(word.key in source.index for word in words):
                return True
        return False

    # The value ------------------------------------------------------------------------------

    def _judged(self, column: Column, cell: Cell, found: Evidence) -> Cell:
        """The verdict on a value whose quote stands in a source."""
        judged = replace(
            cell,
            verdict=Verdict.SUPPORTED,
            quote=found.quote,
            source=found.source,
            start=found.start,
        )
        if reason := self._about_other(column, cell.value, found):
            return replace(judged, verdict=Verdict.UNSUPPORTED, reason=reason)
        if isinstance(cell.value, bool):
            reason, is_contrary = yes_or_no(column, cell.value, found.quote, self._names)
            if reason:
                verdict = Verdict.DIFFERS if is_contrary else Verdict.UNSUPPORTED
                return replace(judged, verdict=verdict, reason=reason)
            return judged
        values: list[Value] = [*cell.value] if isinstance(cell.value, list) else [cell.value]
        verdicts = [self._one(column, value, found) for value in values]
        worst, reason = max(verdicts, key=lambda each: _BADNESS.index(each[0]))
        return replace(judged, verdict=worst, reason=reason or judged.reason)

    def _one(self, column: Column, value: Value, found: Evidence) -> tuple[Verdict, str]:
        """The verdict on one value, or one item of a list."""
        text = written(value, column.unit)
        is_measured = column.type in (ColumnType.NUMBER, ColumnType.DATE)
        if column.type is ColumnType.NUMBER or not stands(text, found.quote):
            quote = joined_scales(found.quote) if is_measured else found.quote
            claim = self._claim(column, value, replace(self._source(found), text=quote))
            if claim and claim.verdict is Verdict.DIFFERS:
                return Verdict.DIFFERS, claim.reason
            if claim is None or claim.verdict not in _HOLDS:
                if is_measured and (other := other_told(column, value, quote)):
                    return Verdict.DIFFERS, f"The quote says “{other}”, not “{text}”."
                return self._unsaid(column, text, value)
        if is_measured and (other := other_meant(column, value, found.quote)):
            return Verdict.DIFFERS, f"The quote says “{other}” there."
        return (Verdict.QUOTED if stands(text, found.quote) else Verdict.SUPPORTED), ""

    def _source(self, found: Evidence) -> Source:
        return self._sources[found.source].source

    def _unsaid(self, column: Column, text: str, value: Value) -> tuple[Verdict, str]:
        said = f"The quote does not say “{text}”."
        if self._is_seen(column, value):
            return Verdict.UNSUPPORTED, said
        return Verdict.INVENTED, f"{said} {_NOWHERE}"

    def _claim(self, column: Column, value: Value, source: Source) -> Claim | None:
        """What the check of claims says of the value as a sentence that cites the source."""
        sentence = f"{column.name}: {written(value, column.unit)} [{source.number}]"
        asked = f"{self._topic} {column.name} {column.ask}"
        return next(iter(check(sentence, [source], asked)), None)

    def _about_other(self, column: Column, value: Value, found: Evidence) -> str:
        """Why the passage is not about the row; empty where it may be."""
        source = self._sources[found.source]
        at = place_of(written(value), found.quote)
        end = found.start + len(found.quote)
        where = found.start + at if at >= 0 else end
        other = self._naming.other_than_topic(
            source.text, found.start, end, where, source.source.title
        )
        if other and not (isinstance(value, bool) and self._naming.names_topic(found.quote)):
            return f"The quote is about “{other}”, not “{self._topic}”."
        if not self._names or self._names & source.titles:
            return ""
        if any(word.key in self._names for word in source.words):
            return ""
        return f"Source {found.source} does not name “{self._topic}”."


_HOLDS = (Verdict.QUOTED, Verdict.SUPPORTED)
_NOWHERE = "The value stands in no source that was seen."
_BADNESS = [
    *(Verdict.QUOTED, Verdict.SUPPORTED, Verdict.UNCITED),
    *(Verdict.UNSUPPORTED, Verdict.DIFFERS, Verdict.INVENTED),
]


def failing(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that the model is asked for once more."""
    return [cell for cell in cells if not cell.holds]
