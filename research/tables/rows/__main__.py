"""python -m research.tables.rows: reads workbooks, each in a fork of its own."""

from collections.abc import Iterator

from research.confined.answering import Line, Task, answer_tasks
from research.tables.rows.table import bounded
from research.tables.rows.workbook import Workbook


def _answer(task: Task, content: bytes) -> Iterator[Line]:
    book = Workbook(content, task["name"])
    records, blank = bounded(task["name"], "row", book.records(), task["most"])
    yield ["sheet", book.sheet, book.sheets, book.has_macros, blank]
    for record in records:
        yield ["record", record.line, record.cells, record.trouble]


if __name__ == "__main__":
    answer_tasks(_answer)
