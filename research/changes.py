"""What a person changes of a run that is there, for the pages and the API alike."""

from typing import Literal

from django.db import transaction

from research import launch
from research.allowance import Allowance
from research.events import record
from research.models import Run

Verb = Literal["cancel", "retry"]


@transaction.atomic
def change(
    run: Run, verb: Verb, position: int | None = None, allowance: Allowance | None = None
) -> None:
    """Cancels or retries a run, or its topic at a position, and tells the engine.

    An allowance is the whole run's from then on. Raises NotFound and NoPrice.
    """
    if allowance:
        run.allow(allowance)
    target = run if position is None else run.topic_at(position)
    record(target.cancel() if verb == "cancel" else target.retry())
    launch.engine().dispatch(run)
