"""Runs and what they are made of. State verbs live on the models, collections on the QuerySets.

A verb changes rows and returns the events that report it; its caller hands them to
`research.runs.events.record` in the same transaction.
"""

from research.runs.models.blueprint import Blueprint
from research.runs.models.cell import MAX_CELL_NOTE, Cell, CellQuerySet
from research.runs.models.claim import MAX_CORRECTION, Claim
from research.runs.models.claim_queries import ClaimQuerySet, Counts
from research.runs.models.column_template import ColumnTemplate
from research.runs.models.deleted_use import DeletedUse
from research.runs.models.event import (
    MAX_SEQ,
    Event,
    EventQuerySet,
    Frame,
    Line,
    NewEvent,
    as_text,
    touched_runs,
)
from research.runs.models.evidence import Source, TaskResult, digest_of
from research.runs.models.mcp_server import McpServer, McpTool, McpToolQuerySet
from research.runs.models.plan import Limit, Plan
from research.runs.models.run import LOCAL, Run, RunQuerySet, count_topics
from research.runs.models.share import Share
from research.runs.models.spending import Spending
from research.runs.models.status import (
    AT_WORK,
    CANCELLABLE,
    LEASE,
    OPEN,
    RETRIABLE,
    TOPIC_STATUSES,
    WORST_FIRST,
    Decision,
    Finding,
    Judge,
    Priority,
    Review,
    Status,
    Verdict,
)
from research.runs.models.topic import MAX_NOTE, Topic
from research.runs.models.topic_queries import TopicQuerySet

__all__ = [
    "AT_WORK",
    "CANCELLABLE",
    "LEASE",
    "LOCAL",
    "MAX_CELL_NOTE",
    "MAX_CORRECTION",
    "MAX_NOTE",
    "MAX_SEQ",
    "OPEN",
    "RETRIABLE",
    "TOPIC_STATUSES",
    "WORST_FIRST",
    "Blueprint",
    "Cell",
    "CellQuerySet",
    "Claim",
    "ClaimQuerySet",
    "ColumnTemplate",
    "Counts",
    "Decision",
    "DeletedUse",
    "Event",
    "EventQuerySet",
    "Finding",
    "Frame",
    "Judge",
    "Limit",
    "Line",
    "McpServer",
    "McpTool",
    "McpToolQuerySet",
    "NewEvent",
    "Plan",
    "Priority",
    "Review",
    "Run",
    "RunQuerySet",
    "Share",
    "Source",
    "Spending",
    "Status",
    "TaskResult",
    "Topic",
    "TopicQuerySet",
    "Verdict",
    "as_text",
    "count_topics",
    "digest_of",
    "touched_runs",
]
