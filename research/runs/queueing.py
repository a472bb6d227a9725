"""Queueing topics, the one way: within the team's quotas, told in events, brought to the engine."""

from collections.abc import Sequence

from research.kinds import QUEUES
from research.runs.engines import engine
from research.runs.events import record
from research.runs.models import NewEvent, Run
from research.runs.quota import refuse_over_quota


def queue(run: Run, events: Sequence[NewEvent], by: str | None = None) -> None:
    """Stores the events of topics that this transaction has queued. Raises QuotaSpent, NoPrice."""
    refuse_over_quota(run, sum(event.kind in QUEUES for event in events))
    record(signed(events, by))
    engine().dispatch(run)


def signed(events: Sequence[NewEvent], by: str | None) -> Sequence[NewEvent]:
    """The events, which say who brought them about; None: nobody is known."""
    if by is not None:
        for event in events:
            event.data["by"] = by
    return events
