"""Claims for tests that need no check: what `research.claims` would give back."""

from dataclasses import dataclass, field
from typing import Any

from research.runs.events import record
from research.runs.models import Source, Topic
from research.runs.submission import Submission


@dataclass(frozen=True)
class Passage:
    source: int = 1
    start: int = 0
    end: int = 10
    quote: str = "All of it."


@dataclass(frozen=True)
class Found:
    """A claim with a verdict."""

    text: str
    verdict: str
    start: int = 0
    end: int = 0
    citations: tuple[int, ...] = (1,)
    by: str = "text"
    reason: str = "Because."
    evidence: tuple[Any, ...] = field(default=(Passage(),))


def checked(*verdicts: str, topic: str = "bees", blueprint: str = "quick") -> Topic:
    """A topic that has succeeded, with a claim for each verdict."""
    return succeeded(*found(*verdicts), topic=topic, blueprint=blueprint)


def succeeded(
    *claims: Found, topic: str = "bees", blueprint: str = "quick", sources: tuple[str, ...] = ()
) -> Topic:
    """A topic that has succeeded with these claims; `sources` are texts that its crew saw."""
    run = Submission.check([topic], blueprint, "offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(1), "here:1")
    [row] = run.topics.all()
    for number, text in enumerate(sources, 1):
        Source.objects.create(topic=row, number=number, title=f"On {topic}", text=text)
    record(row.succeed("It is.", claims=claims))
    return Topic.objects.get(pk=row.pk)


def found(*verdicts: str) -> list[Found]:
    """A claim for each verdict, whose text is that verdict."""
    return [Found(f"It is {verdict}.", verdict) for verdict in verdicts]
