"""The one writer and the one publisher of events: stored first, pushed after the commit."""

import functools
import uuid
from collections.abc import Sequence
from itertools import count
from typing import Any, Protocol

from channels.layers import get_channel_layer
from django.db import connection, transaction

from research.kinds import ENDINGS
from research.ops import metrics
from research.runs.models import Event, Line, NewEvent, Run, touched_runs
from research.runs.rows import insert
from research.text.cleaning import clean_data

# By hand: with Django's queries the numbers took as long as the events' rows.
TAKE_NUMBERS = "UPDATE research_run SET last_seq = last_seq + %s WHERE id = %s"
LAST_NUMBER = "SELECT last_seq FROM research_run WHERE id = %s"


class Pushes(Protocol):
    """What the site's channel layer can do beside Channels' own: push from any thread."""

    def push(self, group: str, message: dict[str, Any]) -> None:
        """Sends a message to a group, quickly or not at all; never raises, never waits."""


def group_of(run_id: uuid.UUID) -> str:
    """The channel-layer group of a run's watchers."""
    return f"run.{run_id}"


def record(events: Sequence[NewEvent]) -> None:
    """Stores events with their run's next `seq`, and publishes them once the transaction commits.

    Runs inside the caller's transaction, beside the changes that the events report. The update of
    the run's row is also its lock: other writers of this run's events wait for the commit, so
    numbers become visible in order and without a gap.
    """
    for run_id in touched_runs(events):
        own = [event for event in events if event.run_id == run_id]
        lines = _store(run_id, own)
        if any(event.kind in ENDINGS for event in own):
            last = Run(pk=run_id).settle()
            lines += _store(run_id, last)
            own += last
        transaction.on_commit(functools.partial(publish, run_id, {"lines": lines}))
        transaction.on_commit(functools.partial(metrics.observe, own), robust=True)


def _store(run_id: uuid.UUID, events: Sequence[NewEvent]) -> list[Line]:
    """Stores events with the run's next numbers, and returns them as they are pushed."""
    if not events:
        return []
    for event in events:
        event.data = clean_data(event.data)
    numbered = list(zip(count(_take_numbers(run_id, len(events))), events))
    insert(Event, [event.row(seq) for seq, event in numbered])
    return [event.line(seq) for seq, event in numbered]


def _take_numbers(run_id: uuid.UUID, number: int) -> int:
    """The first of that many numbers, which belong to nobody else. Raises Run.DoesNotExist."""
    key = Run._meta.pk.get_db_prep_value(run_id, connection)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBERS, [number, key])
        cursor.execute(LAST_NUMBER, [key])
        row = cursor.fetchone()
    if row is None:
        raise Run.DoesNotExist(f"Run {run_id} has been deleted.")
    return int(row[0]) - number + 1


def publish(run_id: uuid.UUID, message: dict[str, Any]) -> None:
    """Pushes to a run's watchers: `{"lines": [line, …]}` of stored events, or `{"passing": frame}`.

    A push is a hint: a watcher that misses it finds the events in the database.
    """
    if passing := message.get("passing"):  # never stored, and so not cleaned yet
        frame = {**passing, "data": clean_data(passing["data"])}
        message = {"passing": Line.of(frame)}
    layer: Pushes = get_channel_layer()
    layer.push(group_of(run_id), {"type": "run.push", **message})
