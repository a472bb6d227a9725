"""Rows as HTML, put together by hand: a template takes ten times as long for thousands of cells."""

from collections.abc import Iterable

from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from research.runs.models import Topic
from research.tables.columns import Column
from research.web.table.shown import Row, ShownCell, Table, in_words, sort_key

LONG = 60  # characters from which a value may need more than a few lines
LONGEST = 240  # characters of a value in its cell; its proof has all of it
LONGEST_TOPIC = 160


def draw(table: Table, rows: Iterable[Row]) -> SafeString:
    """The rows, in which all that came from outside is escaped."""
    icons = static("research/icons.svg")
    run = table.run.get_absolute_url()
    drawn = (_row(table, row, run, icons) for row in rows)
    return mark_safe("\n".join(drawn))  # noqa: S308 escaped in the functions below


def _row(table: Table, row: Row, run: str, icons: str) -> str:
    topic = row.topic
    at = topic.position
    inputs = (f"<td>{_text(topic.inputs.get(name, ''))}</td>" for name in table.inputs)
    cells = (
        _cell(cell, column, at, number)
        for number, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True), start=1)
    )
    return (
        f'<tr id="row-{at}" data-position="{at}"><th scope="row"><a href="{run}{at}/" dir="auto">'
        f"{escape(_cut(topic.text, LONGEST_TOPIC))}</a></th>"
        f"{_status(topic, icons)}{''.join(inputs)}{''.join(cells)}</tr>"
    )


def _status(topic: Topic, icons: str) -> str:
    status = topic.status
    why = ""
    if topic.error_kind:
        kind = escape(topic.error_kind.replace("_", " "))
        why = f'<small title="{escape(topic.error_message)}">{kind}</small>'
    return (
        f'<td data-status="{status}"><span class="pill is-{status}"><svg aria-hidden="true">'
        f'<use href="{icons}#{status}"/></svg>{status}</span>{why}</td>'
    )


def _cell(cell: ShownCell, column: Column, position: int, number: int) -> str:
    key = sort_key(column, cell.value)
    data = "" if key is None else f' data-key="{key!r}"'
    noted, note = (" data-note", " · note") if cell.has_note else ("", "")
    value = _text(in_words(column, cell.value))
    address = f"{position}/{number}/"  # from the table's own
    return (
        f'<td class="{cell.state}"{data}{noted}><a href="{address}">{value}'
        f"<small>{cell.sign} {cell.word}{note}</small></a></td>"
    )


def _text(text: str) -> str:
    if not text:
        return ""
    long = ' class="long"' if len(text) > LONG else ""
    return f'<span dir="auto"{long}>{escape(_cut(text, LONGEST))}</span>'


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
