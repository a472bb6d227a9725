"""What can happen in a run: every kind of event, and the groups of kinds that code asks about."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """The `kind` of an event, as it is stored and sent."""

    RUN_STARTED = "run.started"
    RUN_CANCELLING = "run.cancelling"
    RUN_FINISHED = "run.finished"
    RUN_REVIEWED = "run.reviewed"
    RUN_SHARED = "run.shared"
    RUN_UNSHARED = "run.unshared"
    CLAIM_CHECKED = "claim.checked"
    TOPIC_QUEUED = "topic.queued"
    TOPIC_STARTED = "topic.started"
    TOPIC_RESUMED = "topic.resumed"
    TOPIC_SUCCEEDED = "topic.succeeded"
    TOPIC_FAILED = "topic.failed"
    TOPIC_CANCELLED = "topic.cancelled"
    TOPIC_RETRIED = "topic.retried"
    TOPIC_REVIEWED = "topic.reviewed"
    TASK_STARTED = "task.started"
    TASK_FINISHED = "task.finished"
    LLM_STARTED = "llm.started"
    LLM_WAITING = "llm.waiting"
    LLM_FINISHED = "llm.finished"
    LLM_FAILED = "llm.failed"
    TOOL_STARTED = "tool.started"
    TOOL_FINISHED = "tool.finished"
    TOOL_FAILED = "tool.failed"
    SEARCH_TROUBLE = "search.trouble"
    SOURCE_FOUND = "source.found"
    VALUE_FOUND = "value.found"
    VALUE_REVIEWED = "value.reviewed"


PARTIAL = "llm.partial"
"""The text so far of an answer that is being written: sent to watchers, never stored."""

CLAIMS = frozenset({Kind.TOPIC_STARTED, Kind.TOPIC_RESUMED})
"""A worker has taken a topic."""

QUEUES = frozenset({Kind.TOPIC_QUEUED, Kind.TOPIC_RETRIED})
"""A topic waits for a crew."""

ENDINGS = frozenset({Kind.TOPIC_SUCCEEDED, Kind.TOPIC_FAILED, Kind.TOPIC_CANCELLED})
"""A topic has ended."""

CALL_ENDINGS = frozenset({Kind.LLM_FINISHED, Kind.LLM_FAILED})
"""A model call has ended."""

TOOL_ENDINGS = frozenset({Kind.TOOL_FINISHED, Kind.TOOL_FAILED})
"""A tool call has ended."""

TELLING = (
    *(Kind.TOPIC_STARTED, Kind.TOPIC_RESUMED, Kind.TASK_STARTED),
    *(Kind.LLM_STARTED, Kind.LLM_WAITING, Kind.TOOL_STARTED),
    Kind.SEARCH_TROUBLE,
)
"""These say what a topic's crew is doing now."""
