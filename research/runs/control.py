"""What a person changes of a run that is there, for the pages, the API and the commands alike."""

from django.db import connection, transaction

from research.exceptions import NotFound
from research.runs.allowance import Allowance
from research.runs.engines import engine
from research.runs.events import record
from research.runs.models import CANCELLABLE, RETRIABLE, Plan, Run, Topic

PATIENCE = "10s"  # for rows that workers hold, which is for milliseconds


@transaction.atomic
def cancel(run: Run, position: int | None = None) -> None:
    """Cancels what has not finished: of the whole run, or its topic at a position.

    Raises NotFound.
    """
    held, topics = _hold(run, position)
    events = held.cancel() if position is None else []
    for topic in topics:
        if topic.status in CANCELLABLE:
            events += topic.cancel()
    record(events)
    engine().dispatch(held)


@transaction.atomic
def retry(run: Run, position: int | None = None, allowance: Allowance | None = None) -> None:
    """Queues what failed or was cancelled again: of the whole run, or its topic at a position.

    An allowance is the whole run's from then on. Raises NotFound and NoPrice.
    """
    held, topics = _hold(run, position)
    if allowance:
        held.allow(allowance, Plan.objects.price_of(held.model))
    events = []
    for topic in topics:
        if topic.status in RETRIABLE:
            events += topic.retry()
    record(events)
    engine().dispatch(held)


def _hold(run: Run, position: int | None) -> tuple[Run, list[Topic]]:
    """The run and its topics, or the one at a position, as this transaction's own.

    Topics first, then the run: the order in which workers lock them (`TopicQuerySet.locked`).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    topics = list(Topic.objects.filter(run=run.pk).defer("result").locked())
    held = Run.objects.select_for_update(no_key=True).filter(pk=run.pk).first()
    if held is None:
        raise NotFound(thing="run", name=str(run.pk))
    if position is not None:
        topics = [topic for topic in topics if topic.position == position]
        if not topics:
            raise NotFound(thing="topic", name=position)
    for topic in topics:
        topic.run = held
    return held, topics
