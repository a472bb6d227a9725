"""Deletes runs for good: one that a person wants gone, and those older than RESEARCH_KEEP_DAYS.

No text of a deleted run stays in SQLite's files: what is deleted is overwritten (`secure_delete`
in the settings), and the log of writes is emptied.
"""

import logging
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import Error, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from research.exceptions import NotFound, StillAtWork
from research.library.models import Document
from research.ops.database import empty_log
from research.people.exceptions import PersonalTeam, TeamInUse
from research.people.models import Act, AuditEntry, Team
from research.runs.control import hold
from research.runs.models import OPEN, Run
from research.runs.quota import keep_use

AT_ONCE = 50  # runs that a sweep deletes before it empties the log
PATIENCE = 20  # tries to empty the log, while others read
PAUSE = 0.1  # seconds between them

logger = logging.getLogger(__name__)


def delete(run: Run) -> None:
    """Deletes a run that has ended, with all that its crews left.

    Raises StillAtWork: a worker that has one of its topics would go on, and NotFound.
    """
    with transaction.atomic():
        held, _ = hold(run, None)
        if held.is_open:
            raise StillAtWork(status=held.status)
        _remove([held.pk])
    transaction.on_commit(_leave_no_trace)


def delete_team(team: Team, by: str) -> None:
    """Deletes a team with its runs and documents.

    Raises PersonalTeam, and TeamInUse while runs of it are in flight.
    """
    if team.is_personal:
        raise PersonalTeam(team=team)
    try:
        with transaction.atomic():
            if number := team.runs.filter(status__in=OPEN).count():
                raise _in_flight(team, number)
            keys = list(team.runs.order_by("pk").values_list("pk", flat=True))
            if any(hold(Run(pk=key), None)[0].is_open for key in keys):
                raise _in_flight(team, 1)
            _remove(keys)
            Document.objects.filter(team=team).delete()
            AuditEntry.objects.keep(team, Act.TEAM_DELETED, by)
            team.delete()
    except ProtectedError:  # something was started in the meantime
        raise _in_flight(team, 1) from None
    transaction.on_commit(_leave_no_trace)


def _in_flight(team: Team, runs: int) -> TeamInUse:
    what = f"{runs} of its runs {'has' if runs == 1 else 'have'} not ended"
    return TeamInUse(team=team, what=what, advice="Cancel them, or wait for them to end.")


def expired() -> list[uuid.UUID]:
    """The runs that ended more than RESEARCH_KEEP_DAYS ago, oldest first; starred ones, too."""
    if settings.RESEARCH_KEEP_DAYS is None:
        return []
    end = timezone.now() - timedelta(days=settings.RESEARCH_KEEP_DAYS)
    ended = Run.objects.exclude(status__in=OPEN).filter(created_at__lt=end)
    return list(
        ended.filter(finished_at__lt=end).order_by("finished_at").values_list("pk", flat=True)
    )


def sweep() -> int:
    """Deletes what has expired, and returns how many runs that were; never raises."""
    deleted = 0
    try:
        keys = expired()
        for start in range(0, len(keys), AT_ONCE):
            for key in keys[start : start + AT_ONCE]:
                deleted += _delete_if_there(key)
            transaction.on_commit(_leave_no_trace)
    except Error as error:  # the next sweep comes
        logger.error("Old runs could not be deleted: %s", error)
    if deleted:
        logger.info(
            "Runs deleted that are older than RESEARCH_KEEP_DAYS=%s: %d",
            settings.RESEARCH_KEEP_DAYS,
            deleted,
        )
    return deleted


def _delete_if_there(key: uuid.UUID) -> bool:
    """Whether the run was still there, and had not been retried."""
    with transaction.atomic():
        try:
            held, _ = hold(Run(pk=key), None)
        except NotFound:
            return False
        if held.is_open:
            return False
        _remove([key])
    return True


def _remove(keys: Iterable[uuid.UUID]) -> None:
    """The rows of runs, and what the admin's log says of them, which names their topics."""
    keys = list(keys)
    keep_use(keys)
    runs = Run.objects.filter(pk__in=keys)
    models = {
        "run": runs,
        **{
            name: apps.get_model("research", name).objects.filter(**{lookup: runs})
            for name, lookup in _BELOW.items()
        },
    }
    for name, rows in models.items():
        kind = ContentType.objects.get_by_natural_key("research", name)
        logged = LogEntry.objects.filter(content_type=kind)
        if logged.exists():
            ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
            logged.filter(object_id__in=ids).delete()
    runs.delete()


_BELOW = {
    "topic": "run__in",
    "taskresult": "topic__run__in",
    "claim": "topic__run__in",
    "cell": "topic__run__in",
    "share": "run__in",
    "source": "topic__run__in",
    "event": "run__in",
}


def _leave_no_trace() -> None:
    for _ in range(PATIENCE):
        if empty_log():
            return
        time.sleep(PAUSE)
    logger.warning("The log of the database is in use: deleted text is overwritten in it later")
