"""Whose turn it is in the line of topics: teams take turns, and within a team its runs.

A queued topic has a number, by which the line goes. The waiting topics of a team are numbered one
after another, in the order in which its runs take turns, from the number that its line has come to:
so a turn has one topic of every team, however many runs that has. A team that comes anew joins at
the turn after the one that is being served. Each priority has a line of its own.

The numbers are given when topics are queued, and kept: those who claim topics, of any engine, sort
by them. Model calls go by the same rule (`research.engine.limits.turns`).
"""

from django.db import connection
from django.db.models import Min, Q

from research.runs.models import Run, Topic

# All runs' first topics before any run's second ones. A row that somebody holds is just being
# claimed or cancelled: it is left alone.
NUMBER = """
UPDATE research_topic SET turn = line.turn FROM (
    SELECT id, %(first)s - 1 + row_number() OVER (ORDER BY position, id) AS turn FROM (
        SELECT topic.id, topic.position
        FROM research_topic AS topic JOIN research_run AS run ON run.id = topic.run_id
        WHERE topic.status = 'queued' AND topic.priority = %(priority)s
            AND coalesce(run.team_id, 0) = %(team)s {lock}
    ) AS waiting
) AS line WHERE research_topic.id = line.id AND research_topic.turn <> line.turn
"""
LOCK = "FOR NO KEY UPDATE OF topic SKIP LOCKED"


def take_turns(run: Run) -> None:
    """Numbers the topics of the run's team that wait; those with turn 0 have just been queued.

    The caller holds the team's row, so that two requests do not number from the same place.
    """
    numbered = Topic.objects.waiting().filter(priority=run.priority, crashes=0, turn__gt=0)
    known = numbered.aggregate(served=Min("turn"), own=Min("turn", filter=Q(run__team=run.team_id)))
    first = known["own"] or (known["served"] or 0) + 1
    lock = LOCK if connection.features.has_select_for_update_skip_locked else ""
    with connection.cursor() as cursor:
        cursor.execute(
            NUMBER.format(lock=lock),
            {"first": first, "priority": run.priority, "team": run.team_id or 0},
        )
