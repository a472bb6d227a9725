"""Queueing topics, the one way: within the team's quotas, in its turns, told, and dispatched."""

from collections.abc import Sequence

from research.kinds import QUEUES
from research.people.models import Team
from research.runs.engines import engine
from research.runs.events import record
from research.runs.models import NewEvent, Run
from research.runs.quota import refuse_over_quota
from research.runs.turns import take_turns


def queue(run: Run, events: Sequence[NewEvent], by: str | None = None) -> None:
    """Stores the events of topics that this transaction has queued. Raises QuotaSpent, NoPrice.

    The team's row is held: two requests neither share what room there is, nor take the same turns.
    """
    asked = sum(event.kind in QUEUES for event in events)
    if asked:
        if run.team_id is not None:
            team = Team.objects.select_for_update(no_key=True).get(pk=run.team_id)
            refuse_over_quota(team, run, asked)
        take_turns(run)
    record(signed(events, by))
    engine().dispatch(run)


def signed(events: Sequence[NewEvent], by: str | None) -> Sequence[NewEvent]:
    """The events, which say who brought them about; None: nobody is known."""
    if by is not None:
        for event in events:
            event.data["by"] = by
    return events
