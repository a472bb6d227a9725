"""Text whose cells are separated by a sign: CSV, cells from a spreadsheet, Markdown."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from research.tables.rows.exceptions import BrokenQuotes
from research.tables.rows.limits import MAX_BROKEN, MAX_CELL
from research.tables.rows.table import Record, columns_of

SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}
BY_ENDING = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
SAMPLE = 50  # records that a separator is chosen by
SAMPLE_CHARACTERS = 100_000

_TOLD = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)  # Excel's own first line
_RULE = re.compile(r":?-+:?")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart; no separator: a line is a cell."""

    separator: str | None
    quote: str = '"'
    first: int = 0
    """The line that the table begins with; those before it only say how it is written."""

    @property
    def words(self) -> str:
        if self.separator is None:
            return "one column"
        return f"cells separated by {SEPARATORS.get(self.separator, repr(self.separator))}"


def dialect_of(text: str, name: str) -> Dialect:
    """The dialect that gives the most regular table; the ending of a file's name helps."""
    if told := _TOLD.match(text):
        return Dialect(told[1], first=1)
    sample = text[:SAMPLE_CHARACTERS]
    quote = _quote(sample)
    found = {separator: _regularity(sample, Dialect(separator, quote)) for separator in SEPARATORS}
    best = max(found, key=lambda separator: found[separator])
    if found[best] == 0:
        return Dialect(BY_ENDING.get(name[-4:].lower()), quote)
    return Dialect(best, quote)


def _quote(sample: str) -> str:
    """A single one where cells stand in those, and no double one does."""
    quoted = len(re.findall(r"(?:^|[\t;,|])'[^'\n]*'(?=[\t;,|\r\n]|$)", sample, re.MULTILINE))
    return "'" if '"' not in sample and quoted >= max(2, sample.count("\n")) else '"'


def _regularity(sample: str, dialect: Dialect) -> float:
    """The share of records that have as many columns as most; 0 where most have one."""
    widths = Counter(filter(None, columns_of(islice(_sampled(sample, dialect), SAMPLE))))
    if not widths:
        return 0
    (width, number), *_ = widths.most_common(1)
    return number / widths.total() if width > 1 else 0


def _sampled(sample: str, dialect: Dialect) -> Iterator[Record]:
    try:
        yield from records(sample, dialect, "")
    except BrokenQuotes:
        return


def records(text: str, dialect: Dialect, name: str) -> Iterator[Record]:
    """The records with the lines they begin in; raises BrokenQuotes where too many are broken.

    One whose quotes are broken is in trouble by itself: the next line is a record again.
    """
    lines = list(io.StringIO(text, newline=""))
    at, broken = dialect.first, []
    while at < len(lines):
        if dialect.separator is None:
            yield Record(at + 1, [lines[at].strip()])
            at += 1
            continue
        reader = csv.reader(
            (lines[following] for following in range(at, len(lines))),
            delimiter=dialect.separator,
            quotechar=dialect.quote,
            skipinitialspace=dialect.separator != "\t",
            strict=True,
        )
        try:
            yield Record(at + 1, next(reader))
            at += reader.line_num
        except csv.Error as error:
            broken.append(at + 1)
            yield Record(at + 1, [], _trouble(str(error), at + 1, reader.line_num))
            at += 1
        if len(broken) > MAX_BROKEN:
            raise BrokenQuotes(name, count=len(broken), line=broken[0])


def _trouble(error: str, line: int, lines: int) -> str:
    """What Python's reader says of a record that begins in `line`, in words."""
    if "field larger" in error and lines == 1:
        return f"a cell is longer than {MAX_CELL:,} characters, which is the most"
    if "end of data" in error or "field larger" in error:
        return "a quote is opened here and never closed"
    place = "" if lines == 1 else f" in line {line + lines - 1:,}"
    return f"text follows a closing quote{place}; a quote inside of quotes is written twice"


# Markdown ------------------------------------------------------------------------------------


def is_markdown(text: str) -> bool:
    """Whether a rule stands under the first line that is not blank, which has bars."""
    lines = list(islice(filter(str.strip, io.StringIO(text[:SAMPLE_CHARACTERS])), 2))
    return len(lines) == 2 and "|" in lines[0] and _is_rule(lines[1])


def markdown_records(text: str) -> Iterator[Record]:
    """The rows of a Markdown table, without its rule."""
    is_ruled = False
    for number, line in enumerate(io.StringIO(text), start=1):
        if not is_ruled and _is_rule(line):
            is_ruled = True
        else:
            yield Record(number, _cells(line))


def _is_rule(line: str) -> bool:
    return all(_RULE.fullmatch(cell.strip()) for cell in line.strip().strip("|").split("|"))


def _cells(line: str) -> list[str]:
    line = line.strip()
    cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)]
    first = 1 if line.startswith("|") else 0
    last = -1 if len(cells) > 1 and not cells[-1] else None
    return cells[first:last]


def written(rows: Sequence[Record]) -> str:
    """Records as text, a line each, with tabs between cells."""
    held = io.StringIO()
    writer = csv.writer(held, delimiter="\t", lineterminator="\n")
    for row in rows:
        writer.writerow(row.cells)
    return held.getvalue()
