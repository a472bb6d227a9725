"""Runs that have ended as a test says, to be set side by side."""

from typing import Any

from research.runs.events import record
from research.runs.models import Cell, Run, Source, Topic, digest_of
from research.runs.submission import Submission
from tests.support.claims import Found

COLUMNS = [
    {"name": "Stars", "type": "number"},
    {"name": "Licence"},
    {"name": "First release", "type": "date"},
    {"name": "Home"},
]


def submitted(*topics: str, model: str = "offline", blueprint: str = "quick") -> Run:
    return Submission.check(topics, blueprint, model).submit()


def end(run: Run, position: int, *claims: Found, **sources: str) -> Topic:
    """Ends a topic with claims; `sources` are texts by host, numbered in their order."""
    topic = run.topics.get(position=position)
    record(Topic.objects.claim([topic], "worker"))
    for number, (host, text) in enumerate(sources.items(), 1):
        url = f"https://{host}.org/page"
        Source.objects.create(
            topic=topic, number=number, title=host, url=url, text=text, digest=digest_of(text)
        )
    record(topic.succeed(" ".join(claim.text for claim in claims), claims=claims))
    return topic


def fill(run: Run, row: dict[str, Any], host: str, **fields: Any) -> None:
    """Ends the run's only topic with cells that rest on its only source."""
    topic = end(run, 1, **{host: "Text."})
    for column, value in row.items():
        Cell.objects.create(
            topic=topic, column=column, attempt=1, value=value, source=1, verdict="quoted", **fields
        )
