"""What a person changes of a run's table: its columns, single cells, and the rows that wait."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from research.exceptions import NoRowsWait, TableAtWork, TooManyTopics, TopicAtWork
from research.kinds import Kind
from research.runs.control import hold
from research.runs.engines import engine
from research.runs.events import record
from research.runs.models import NewEvent, Run, Topic
from research.tables.columns import Column, columns_from, key_of
from research.tables.exceptions import UnknownColumn


@transaction.atomic
def retry_cell(run: Run, position: int, column: str) -> None:
    """Asks for one cell again; the sources of before are used again, other cells stay.

    Raises NotFound, UnknownColumn and TopicAtWork.
    """
    held, [topic] = hold(run, [position])
    name = column_of(held, column).name
    if topic.is_open:
        raise TopicAtWork(position=position, status=topic.status)
    record(topic.ask_again([name]))
    engine().dispatch(held)


def add_columns(run: Run, columns: Sequence[Mapping[str, Any]]) -> None:
    """Asks every row for more columns; only these are asked, and the sources are used again.

    Raises BadInput for what is no column, and TableAtWork.
    """
    change_columns(run, [*run.columns, *columns])


@transaction.atomic
def change_columns(run: Run, columns: Sequence[Mapping[str, Any]]) -> None:
    """Gives the run other columns. Rows that have ended are asked for those that are new or
    changed, and for no others; cells of a column that is left out are kept, and not shown.

    Raises BadInput for what is no column, and TableAtWork.
    """
    held, topics = hold(run, None)
    if any(topic.is_open for topic in topics):
        raise TableAtWork
    before, after = set(held.table_columns), columns_from(columns)
    asked = [column.name for column in after if column not in before]
    held.columns = [column.model_dump(mode="json") for column in after]
    held.save(update_fields=["columns"])
    if not asked:
        return
    record([event for topic in topics for event in topic.ask_again(asked)])
    engine().dispatch(held)


@transaction.atomic
def start_waiting(run: Run, count: int | None = None) -> int:
    """Starts rows that wait behind a pilot: all of them, or the first ones. Returns how many.

    Raises NoRowsWait, and TooManyTopics where the run would have too many.
    """
    held, topics = hold(run, None)
    rows = held.waiting[:count]
    if not rows:
        raise NoRowsWait
    last = max((topic.position for topic in topics), default=0)
    if last + len(rows) > settings.RESEARCH_MAX_TOPICS:
        raise TooManyTopics(limit=settings.RESEARCH_MAX_TOPICS, count=last + len(rows))
    new = [
        Topic(
            run=held,
            position=position,
            text=row["topic"],
            inputs=row["inputs"],
            priority=held.priority,
        )
        for position, row in enumerate(rows, start=last + 1)
    ]
    Topic.objects.bulk_create(new)
    held.waiting = held.waiting[len(rows) :]
    held.save(update_fields=["waiting"])
    held.reopen()
    record(queued(new))
    engine().dispatch(held)
    return len(rows)


def queued(topics: Collection[Topic]) -> list[NewEvent]:
    """The events that tell of new topics."""
    return [topic.event(Kind.TOPIC_QUEUED, topic=topic.text) for topic in topics]


def column_of(run: Run, name: str) -> Column:
    """The run's column of that name, in whatever case. Raises UnknownColumn."""
    for column in run.table_columns:
        if column.key == key_of(name):
            return column
    known = ", ".join(column.name for column in run.table_columns) or "none"
    raise UnknownColumn(name=name[:80], known=known)
