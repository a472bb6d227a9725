"""What a person changes of a run that is there, for the pages and the API alike."""

import time
from typing import Literal

from django.db import OperationalError, transaction

from research import launch
from research.allowance import Allowance
from research.events import record
from research.exceptions import NotFound
from research.models import CANCELLABLE, RETRIABLE, Run

Verb = Literal["cancel", "retry"]

PAUSE = 0.01  # seconds between looks whether topics that were another's are free
PATIENCE = 10.0  # seconds for all of them


def change(
    run: Run, verb: Verb, position: int | None = None, allowance: Allowance | None = None
) -> None:
    """Cancels or retries a run, or its topic at a position, and tells the engine.

    An allowance is the whole run's from then on. Raises NotFound and NoPrice.
    """
    deadline = time.monotonic() + PATIENCE
    while _leaves_some(run, verb, position, allowance):
        if time.monotonic() > deadline:
            raise OperationalError("somebody holds topics of this run and does not let go")
        time.sleep(PAUSE)


@transaction.atomic
def _leaves_some(run: Run, verb: Verb, position: int | None, allowance: Allowance | None) -> bool:
    """Changes the topics that are free, and returns whether there are others.

    The run's row comes first, as a new `seq` needs it. Workers take it last, when they hold their
    topics; so a topic that one of them holds is not waited for here, but come back to.
    """
    held = Run.objects.select_for_update().filter(pk=run.pk).first()
    if held is None:
        raise NotFound(thing="run", name=str(run.pk))
    if allowance:
        held.allow(allowance)
    topics = held.topics.filter(status__in=CANCELLABLE if verb == "cancel" else RETRIABLE)
    if position is None:
        events = held.cancel() if verb == "cancel" else held.retry()
    else:
        held.topic_at(position)  # there has to be one
        topics = topics.filter(position=position)
        events = [
            event
            for topic in topics.free()
            for event in (topic.cancel() if verb == "cancel" else topic.retry())
        ]
    record(events)
    launch.engine().dispatch(held)
    return topics.exists()
