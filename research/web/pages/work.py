"""How a topic's result came about: what its crew did, step by step, and what that took."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from research.kinds import CLAIMS, Kind
from research.runs.models import Event, Topic

MOST = 400  # steps that are listed
_BEGINNINGS = (Kind.LLM_STARTED, Kind.TOOL_STARTED)
_ENDINGS = (Kind.LLM_FINISHED, Kind.LLM_FAILED, Kind.TOOL_FINISHED, Kind.TOOL_FAILED)
_TOLD = (*CLAIMS, Kind.TASK_STARTED, Kind.LLM_WAITING, *_BEGINNINGS, *_ENDINGS)
_NOTES = {Kind.TOPIC_STARTED: "A crew starts", Kind.TOPIC_RESUMED: "Another crew goes on"}


@dataclass
class Step:
    """Something that the crew did; `after` are seconds from its start."""

    kind: str
    """`llm`, `tool`, or empty."""
    note: str
    after: float
    seconds: float | None = None
    """How long it took; None: it is not over, or takes no time."""
    error: str = ""


@dataclass
class Work:
    """The steps of a topic's current attempt, the first ones, and how many calls there were."""

    steps: list[Step] = field(default_factory=list)
    left_out: int = 0
    model_calls: int = 0
    tool_calls: int = 0
    failed_calls: int = 0
    waited: float | None = None
    """Seconds in the queue."""


def work_of(topic: Topic) -> Work:
    """From the topic's events; one query, two after a retry."""
    events = topic.run.events.filter(position=topic.position)
    if topic.attempt > 1:
        retried = events.filter(kind=Kind.TOPIC_RETRIED).order_by("-seq").values_list("seq")[:1]
        events = events.filter(seq__gt=retried)
    return _told(events.filter(kind__in=_TOLD).order_by("seq").iterator())


def _told(events: Iterable[Event]) -> Work:
    work, start = Work(), None
    open_calls: dict[tuple[str, str], tuple[Step, datetime]] = {}
    for event in events:
        start = start or event.at
        what, data = event.kind.partition(".")[0], event.data
        call = what, str(data.get("call"))
        if event.kind in _ENDINGS:
            if begun := open_calls.pop(call, None):
                _end(*begun, event)
            work.failed_calls += event.kind in (Kind.LLM_FAILED, Kind.TOOL_FAILED)
            continue
        note = data.get("note") or _NOTES.get(Kind(event.kind), "")
        kind = what if event.kind in _BEGINNINGS else ""
        step = Step(kind, note, (event.at - start).total_seconds())
        if event.kind == Kind.TOPIC_STARTED:
            work.waited = data.get("waited")
        if kind:
            work.model_calls += kind == "llm"
            work.tool_calls += kind == "tool"
            open_calls[call] = step, event.at
        if len(work.steps) < MOST:
            work.steps.append(step)
        else:
            work.left_out += 1
    return work


def _end(step: Step, began: datetime, event: Event) -> None:
    seconds = event.data.get("seconds")
    step.seconds = (event.at - began).total_seconds() if seconds is None else seconds
    if event.kind in (Kind.LLM_FAILED, Kind.TOOL_FAILED):
        step.error = event.data.get("error") or "It failed."
