"""Runs and what they are made of. State verbs live on the models, collections on the QuerySets.

A verb changes rows and returns the events that tell of it; its caller hands them to
`research.events.record` in the same transaction.
"""

from research.models.blueprint import Blueprint
from research.models.event import Event, EventQuerySet, Frame, NewEvent, touched_runs
from research.models.plan import Limit, Plan
from research.models.run import Run, RunQuerySet
from research.models.spending import Price, Spending, usd
from research.models.status import (
    AT_WORK,
    CANCELLABLE,
    LEASE,
    OPEN,
    RETRIABLE,
    TOPIC_STATUSES,
    Priority,
    Review,
    Status,
)
from research.models.topic import Source, TaskResult, Topic, TopicQuerySet

__all__ = [
    "AT_WORK",
    "CANCELLABLE",
    "LEASE",
    "OPEN",
    "RETRIABLE",
    "TOPIC_STATUSES",
    "Blueprint",
    "Event",
    "EventQuerySet",
    "Frame",
    "Limit",
    "NewEvent",
    "Plan",
    "Price",
    "Priority",
    "Review",
    "Run",
    "RunQuerySet",
    "Source",
    "Spending",
    "Status",
    "TaskResult",
    "Topic",
    "TopicQuerySet",
    "touched_runs",
    "usd",
]
