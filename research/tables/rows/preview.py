"""What of a table will run: decided, and told before it runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mode

from research.tables.columns import key_of
from research.tables.rows.exceptions import NoRows, TooManyRows, UnknownTopicColumn
from research.tables.rows.header import is_header
from research.tables.rows.names import TOPIC, InputColumn, named
from research.tables.rows.row import Row, UnfitRow
from research.tables.rows.table import ERROR, Record, Table, columns_of
from research.text.cleaning import TURNING

NAMED = 5  # lines that a note names


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line, or a row of a sheet, cannot run."""

    place: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.place.capitalize()} {self.line:,}: {self.reason}."


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and the line that it stands in."""

    line: int
    row: Row


@dataclass(frozen=True)
class Preview:
    """The rows that will run, with what was decided about the table and what is wrong in it.

    `notes` tell what was merged, filled up or left out; rows with problems are not among `rows`.
    """

    table: Table
    columns: list[InputColumn]
    topic: int
    """Which of the columns is the topic, from 0."""
    has_header: bool
    rows: list[Placed]
    problems: list[Problem]
    notes: list[str]

    @property
    def inputs(self) -> list[InputColumn]:
        return [column for at, column in enumerate(self.columns) if at != self.topic]

    @property
    def decided(self) -> str:
        """How the table was read, in a sentence or two."""
        first = f"The first {self.table.place}"
        named = "names the columns" if self.has_header else "is a row like the others"
        topic = f" The topic is “{self.columns[self.topic].header}”." if self.inputs else ""
        return f"Read as {self.table.kind}. {first} {named}.{topic}"

    def as_data(self) -> list[dict[str, str]]:
        """The rows as the API takes them."""
        return [{TOPIC: placed.row.topic, **placed.row.inputs} for placed in self.rows]


def preview(
    table: Table, most: int, has_header: bool | None = None, topic_column: str = ""
) -> Preview:
    """What will run, of which `most` rows may. Raises RefusedFile.

    `has_header` None: as the format says or, where it does not, as it looks. `topic_column` is a
    header, a name or a number from 1; empty: the column that is called topic, else the first.
    """
    records = table.records
    if has_header is None:
        has_header = table.has_header
    if has_header is None:
        has_header = _looks_like_header(records)
    body = records[1:] if has_header else records
    if not body:
        raise NoRows(table.name)
    headers = _headers(records[0].cells if has_header else [], body)
    topic = _topic(table.name, headers, topic_column)
    draft = _Draft(table.place, named(headers, topic), topic)
    for record in body:
        draft.take(record)
    if len(draft.rows) > most:
        last, count = draft.rows[most - 1].line, f"{len(draft.rows):,}"
        raise TooManyRows(table.name, count=count, limit=most, place=table.place, line=last)
    notes = [*table.notes, *draft.notes(has_header)]
    if table.blank:
        notes.append(f"{_counted(table.blank, 'empty ' + table.place)} left out.")
    return Preview(table, draft.columns, topic, has_header, draft.rows, draft.problems, notes)


def _looks_like_header(records: Sequence[Record]) -> bool:
    first, *others = records
    return not first.trouble and is_header(first.cells, [record.cells for record in others])


def _headers(first: Sequence[str], body: Sequence[Record]) -> list[str]:
    """A header for each column, which may be empty; as many as the first row, or most rows, have.

    Columns at the end that are empty throughout are left out.
    """
    widths = list(filter(None, columns_of(body)))
    most = mode(widths) if widths else 1
    is_told = 2 * sum(width > len(first) for width in widths) <= len(widths)
    names = max((at for at, name in enumerate(first, start=1) if name), default=0)
    width = max(names, min(len(first), max(widths, default=1)) if is_told and first else most)
    return [*first[:width], *[""] * (width - len(first))]


def _topic(name: str, headers: Sequence[str], wanted: str) -> int:
    keys = [key_of(header) for header in headers]
    wanted = key_of(wanted)
    if not wanted:
        return keys.index(TOPIC) if TOPIC in keys else 0
    if wanted in keys:
        return keys.index(wanted)
    if wanted.isdecimal() and 0 < int(wanted[:6]) <= len(headers):
        return int(wanted) - 1
    known = ", ".join(header or str(at) for at, header in enumerate(headers, start=1))
    raise UnknownTopicColumn(name, column=wanted[:80], known=known[:500])


class _Draft:
    """Rows, problems and what is to be noted, as the records are looked at one by one."""

    def __init__(self, place: str, columns: list[InputColumn], topic: int) -> None:
        self.place = place
        self.columns = columns
        self.topic = topic
        self.rows: list[Placed] = []
        self.problems: list[Problem] = []
        self.repeated: list[int] = []
        self.short: list[int] = []
        self.turned: list[int] = []
        self._lines: dict[str, list[int]] = {}
        self._keys: set[object] = set()

    def take(self, record: Record) -> None:
        try:
            row = self._row(record)
        except UnfitRow as error:
            self.problems.append(Problem(self.place, record.line, str(error)))
            return
        if row.key in self._keys:
            self.repeated.append(record.line)
            return
        if len(record.cells) < len(self.columns):
            self.short.append(record.line)
        if any(map(TURNING.search, record.cells)):
            self.turned.append(record.line)
        self._keys.add(row.key)
        self._lines.setdefault(row.topic, []).append(record.line)
        self.rows.append(Placed(record.line, row))

    def _row(self, record: Record) -> Row:
        if record.trouble:
            raise UnfitRow(record.trouble)
        width = len(self.columns)
        cells, beyond = record.cells[:width], record.cells[width:]
        if any(beyond):
            raise UnfitRow(f"it has {len(record.cells)} cells, and the table has {width} columns")
        cells = [*cells, *[""] * (width - len(cells))]
        inputs = {
            column.name: cell
            for at, (column, cell) in enumerate(zip(self.columns, cells, strict=True))
            if at != self.topic
        }
        for column, cell in zip(self.columns, cells, strict=True):
            if ERROR.fullmatch(cell):
                raise UnfitRow(f"“{column.header}” holds {cell}; put the value in its place")
        if not cells[self.topic]:
            raise UnfitRow(f"“{self.columns[self.topic].header}”, which is the topic, is empty")
        return Row.of(cells[self.topic], inputs)

    def notes(self, has_header: bool) -> Iterator[str]:
        if has_header:
            for column in self.columns:
                if column.is_renamed and column.name != TOPIC:
                    yield f"Blueprints name the column “{column.header}” as {{{column.name}}}."
        if self.repeated:
            yield f"{self._told(self.repeated)} repeated and merged."
        if self.short:
            yield f"{self._told(self.short)} shorter than the table: the rest counts as empty."
        if self.turned:
            places = self._places(self.turned)
            yield f"Invisible characters that reorder text were removed from {places}."
        for topic, lines in self._lines.items():
            if len(lines) > 1:
                places = self._places(lines)
                yield f"“{topic}” stands in {places} with other inputs: each is a row of its own."

    def _told(self, lines: list[int]) -> str:
        """`Line 4 is`, `Lines 4, 6 and 9 are`."""
        return f"{self._places(lines).capitalize()} {'are' if len(lines) > 1 else 'is'}"

    def _places(self, lines: list[int]) -> str:
        return f"{self.place}{'s' if len(lines) > 1 else ''} {_listed(lines)}"


def _listed(lines: Sequence[int]) -> str:
    shown = [f"{line:,}" for line in lines[:NAMED]]
    if len(lines) > NAMED:
        return f"{', '.join(shown)} and {len(lines) - NAMED:,} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun} is" if number == 1 else f"{number:,} {noun}s are"
