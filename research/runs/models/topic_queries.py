"""Topics as a set: the line they wait in, who may change them, what they are counted by."""

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from research.people.visible import OfTeam
from research.runs.models.event import NewEvent
from research.runs.models.status import (
    AT_WORK,
    LEASE,
    RETRIABLE,
    TOPIC_STATUSES,
    Finding,
    Review,
    Status,
)

if TYPE_CHECKING:
    from research.runs.models.topic import Topic

MAX_CRASHES = 3
SUSPECT = MAX_CRASHES - 1  # crashes after which one more is the last
NOTHING_RESERVED = {"prompt_reserved": 0, "completion_reserved": 0}  # nobody works on the topic
MAX_WORDS = 12  # of a search


def words_of(query: str) -> list[str]:
    """The different words of a search; a long query's first ones, as each costs a look at all."""
    return list(dict.fromkeys(query.lower().split()))[:MAX_WORDS]


class TopicQuerySet(OfTeam, models.QuerySet["Topic"]):
    team_path = "run__team"

    def holding(self, word: str) -> Self:
        """Topics whose text or result holds the word, in large or small letters."""
        return self.filter(models.Q(text__icontains=word) | models.Q(result__icontains=word))

    def waiting(self) -> Self:
        return self.filter(status=Status.QUEUED)

    def next_in_line(self, limit: int, run: uuid.UUID | None = None) -> "list[Topic]":
        """Queued topics, as teams and their runs take turns (`research.runs.turns`).

        Those of a higher priority come before all others; crashed ones of each priority last.

        They are the transaction's own until it ends, so that it can `claim` them. Topics of the
        same run share its object.
        """
        waiting = self.waiting().unlocked()
        if run:
            waiting = waiting.filter(run=run)
        line = waiting.order_by("-priority", "crashes", "turn", "pk").prefetch_related("run")
        found = list(line.filter(crashes__lt=SUSPECT)[:limit])
        # Topics that may bring a worker down run one at a time, so that it is known which does.
        suspects = self.filter(crashes__gte=SUSPECT, status__in=AT_WORK)
        if len(found) < limit and not suspects.exists():
            found += line.filter(crashes__gte=SUSPECT)[:1]
        return found

    def queued_for(self, jobs: Mapping[int, int]) -> "list[Topic]":
        """Of job → topic: the topics that are queued and wait for that very job.

        They are the transaction's own until it ends, as in `next_in_line`. A topic that was
        cancelled and retried since has another job: the first one's abort must not reach it.
        """
        found = self.waiting().filter(pk__in=jobs.values(), job__in=jobs)
        return list(found.locked().prefetch_related("run"))

    def claim(self, topics: "Sequence[Topic]", worker: str) -> list[NewEvent]:
        """Takes queued topics for a worker, which then renews their leases.

        `next_in_line` or `queued_for` has found them in this transaction.
        """
        now = timezone.now()
        self.filter(pk__in=[topic.pk for topic in topics], status=Status.QUEUED).update(
            status=Status.RUNNING,
            started_at=Coalesce("started_at", now),
            worker=worker,
            lease_until=now + LEASE,
            **NOTHING_RESERVED,
        )
        by_run = sorted(topics, key=lambda topic: topic.run_id)  # as `record` locks their rows
        return [event for topic in by_run for event in topic.begin(worker, now)]

    def locked(self) -> Self:
        """As this transaction's own until it ends, locked in the one order: by their keys.

        Rows of topics are locked before rows of runs (`research.runs.events.record`), and both in
        the order of their keys, so that no two transactions wait for each other in a circle.
        """
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def unlocked(self) -> Self:
        """Those that no other transaction holds, as this one's own."""
        return self.select_for_update(skip_locked=True, of=("self",), no_key=True)

    def renew_leases(self) -> None:
        self.filter(status__in=AT_WORK).update(lease_until=timezone.now() + LEASE)

    def to_be_stopped(self) -> Self:
        return self.filter(status=Status.CANCELLING)

    def counts(self) -> dict[str, int]:
        """How many topics have each status."""
        found = dict(self.order_by().values_list("status").annotate(models.Count("pk")))
        return {status: found.get(status, 0) for status, _ in TOPIC_STATUSES}

    def reviews(self) -> dict[str, int]:
        """How many topics have each state of review."""
        found = dict(self.order_by().values_list("review").annotate(models.Count("pk")))
        return {state: found.get(state, 0) for state in Review.values}

    def followers(self) -> Self:
        """Topics with a result that needs no person, as far as it shows, and that none has judged.

        Their review follows from the decisions on the other topics of their run.
        """
        is_untouched = models.Q(review=Review.UNREVIEWED, reviewed_at=None)
        found = self.filter(models.Q(review_follows=True) | is_untouched).filter(
            status=Status.SUCCEEDED, finding=Finding.FOUND, incomplete=False, checked__claims__gt=0
        )
        return found.exclude(unknown_citations__gt=0)

    def retriable(self) -> Self:
        rejected = models.Q(status=Status.SUCCEEDED, review=Review.REJECTED)
        return self.filter(models.Q(status__in=RETRIABLE) | rejected)

    def held_by(self, worker: str) -> Self:
        return self.filter(status__in=AT_WORK, worker=worker)

    def abandoned(self) -> Self:
        """Topics whose worker stopped renewing its lease."""
        return self.filter(status__in=AT_WORK, lease_until__lt=timezone.now())
