"""What happened in a run."""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models.functions import Cast
from django.utils import timezone

from research.kinds import TELLING, Kind
from research.runs.models.functions import FrameTime

MAX_SEQ = 2**31 - 1  # the largest that a column takes

Frame = dict[str, Any]


class Line(NamedTuple):
    """A frame as JSON text, which is written once for all who watch, and what tells it apart."""

    seq: int | None
    kind: str
    text: str

    @classmethod
    def of(cls, frame: Frame) -> Self:
        return cls(frame.get("seq"), frame["kind"], json.dumps(frame))


class NewEvent:
    """An event that has no `seq` yet."""

    __slots__ = ("at", "data", "kind", "position", "run_id")

    def __init__(
        self,
        run_id: uuid.UUID,
        kind: str,
        position: int | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        self.run_id, self.kind, self.position = run_id, kind, position
        self.data = data or {}
        self.at = timezone.now()

    def row(self, seq: int) -> dict[str, Any]:
        """The row of `Event` that it becomes."""
        return {
            "run_id": self.run_id,
            "seq": seq,
            "kind": self.kind,
            "position": self.position,
            "at": self.at,
            "data": self.data,
        }

    def line(self, seq: int) -> Line:
        """As `Event.frame`, once it has a number."""
        return Line.of(_frame(seq, self.kind, self.position, self.at, self.data))


class EventQuerySet(models.QuerySet["Event"]):
    def after(self, seq: int) -> Self:
        return self.filter(seq__gt=min(max(seq, 0), MAX_SEQ)).order_by("seq")

    def lines(self) -> Iterator[Line]:
        """As `Event.frame` in JSON, without reading what is stored as JSON: a quarter of the work.

        No kind has a letter that JSON would escape.
        """
        shown = (FrameTime("at"), Cast("data", models.TextField()))
        for seq, kind, position, at, data in self.values_list("seq", "kind", "position", *shown):
            topic = "null" if position is None else position
            who = f'"seq": {seq}, "kind": "{kind}", "topic": {topic}'
            yield Line(seq, kind, f'{{{who}, "at": "{at}", "data": {data}}}')

    def telling(self) -> Self:
        """Each topic's last event that says what its crew does now; for the events of one run."""
        last = self.filter(kind__in=TELLING).order_by().values("position")
        return self.filter(seq__in=last.annotate(last=models.Max("seq")).values("last"))


class Event(models.Model):
    """Something that happened in a run. `seq` counts 1, 2, 3 … within the run, without a gap."""

    run = models.ForeignKey("research.Run", models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    position = models.PositiveIntegerField(null=True, help_text="The topic's, or none.")
    at = models.DateTimeField()
    data = models.JSONField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["run", "seq"]
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="one_event_per_seq")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    def frame(self) -> Frame:
        """The event as the WebSocket and the API send it."""
        return _frame(self.seq, self.kind, self.position, self.at, self.data)


def _frame(seq: int, kind: str, position: int | None, at: datetime, data: dict[str, Any]) -> Frame:
    return {"seq": seq, "kind": kind, "topic": position, "at": as_text(at), "data": data}


def as_text(moment: datetime) -> str:
    """A moment as frames carry it, to the millisecond."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def touched_runs(events: Iterable[NewEvent]) -> Sequence[uuid.UUID]:
    """The runs of some events, each once, in a fixed order so that two writers cannot deadlock."""
    return sorted({event.run_id for event in events})
