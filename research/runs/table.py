"""What a person changes of a run's table: its columns, single cells, and the rows that wait."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from research.exceptions import NoRowsWait, NothingMissing, TableAtWork, TooManyTopics, TopicAtWork
from research.kinds import Kind
from research.runs.allowance import Allowance
from research.runs.control import grant, hold
from research.runs.models import Cell, Claim, NewEvent, Run, Topic
from research.runs.models.topic import ASKED_AGAIN
from research.runs.queueing import queue
from research.tables.columns import columns_from


@transaction.atomic
def retry_cell(
    run: Run,
    position: int,
    column: str,
    allowance: Allowance | None = None,
    *,
    by: str | None = None,
) -> None:
    """Asks for one cell again; the sources of before are used again, other cells stay.

    An allowance is the whole run's from then on. Raises NotFound, UnknownColumn, TopicAtWork and
    NoPrice.
    """
    held, [topic] = hold(run, [position])
    name = held.column(column).name
    if topic.is_open:
        raise TopicAtWork(position=position, status=topic.status)
    grant(held, allowance)
    queue(held, ask_again(held, [topic], [name]), by)


@transaction.atomic
def retry_missing(
    run: Run, column: str, allowance: Allowance | None = None, *, by: str | None = None
) -> int:
    """Asks again for all cells of a column that have no value; returns how many they are.

    Rows at work are left out. An allowance is the whole run's from then on. Raises UnknownColumn,
    NothingMissing and NoPrice.
    """
    held, topics = hold(run, None)
    asked = held.column(column)
    found = Cell.objects.standing().filter(topic__run=run.pk, column=asked.name)
    has_value = set(found.values_list("topic", flat=True))
    lacking = [topic for topic in topics if not topic.is_open and topic.pk not in has_value]
    if not lacking:
        raise NothingMissing(column=asked.name)
    grant(held, allowance)
    queue(held, ask_again(held, lacking, [asked.name]), by)
    return len(lacking)


def add_columns(
    run: Run,
    columns: Sequence[Mapping[str, Any]],
    allowance: Allowance | None = None,
    *,
    by: str | None = None,
) -> None:
    """Asks every row for more columns; only these are asked, and the sources are used again.

    An allowance is the whole run's from then on. Raises BadInput for what is no column, TableAtWork
    and NoPrice.
    """
    change_columns(run, [*run.columns, *columns], allowance, by=by)


@transaction.atomic
def change_columns(
    run: Run,
    columns: Sequence[Mapping[str, Any]],
    allowance: Allowance | None = None,
    *,
    by: str | None = None,
) -> None:
    """Gives the run other columns. Rows that have ended are asked for those that are new or
    changed, and for no others; cells of a column that is left out are kept, and not shown.

    Raises BadInput for what is no column, TableAtWork and NoPrice.
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
    grant(held, allowance)
    queue(held, ask_again(held, topics, asked), by)


def ask_again(held: Run, topics: Sequence[Topic], columns: Sequence[str]) -> list[NewEvent]:
    """Queues ended topics of a run again, for some cells of their rows; the others stay as they
    are. Their rows and the run's are the transaction's own.

    The sources of earlier crews are shown to the new ones. Cells that were never filled in are
    asked as well, so rows that lack the same ones are changed together.
    """
    filled: dict[int, set[str]] = defaultdict(set)
    cells = Cell.objects.filled().filter(topic__in=topics)
    for key, column in cells.values_list("topic", "column"):
        filled[key].add(column)
    alike: dict[tuple[str, ...], list[Topic]] = defaultdict(list)
    for topic in topics:
        known = [column["name"] for column in held.columns]
        lacks = [name for name in known if name in columns or name not in filled[topic.pk]]
        alike[tuple(lacks)].append(topic)
    for names, some in alike.items():
        keys = [topic.pk for topic in some]
        Topic.objects.filter(pk__in=keys).update(**ASKED_AGAIN, asked=list(names))
    Claim.objects.filter(topic__in=topics).retire()
    held.reopen()
    asked_of = {topic.pk: list(names) for names, some in alike.items() for topic in some}
    return [
        topic.event(Kind.TOPIC_RETRIED, attempt=topic.attempt + 1, columns=asked_of[topic.pk])
        for topic in topics
    ]


@transaction.atomic
def start_waiting(run: Run, count: int | None = None, *, by: str | None = None) -> int:
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
    queue(held, queued(new), by)
    return len(rows)


def queued(topics: Collection[Topic]) -> list[NewEvent]:
    """The events that tell of new topics."""
    return [topic.event(Kind.TOPIC_QUEUED, topic=topic.text) for topic in topics]
