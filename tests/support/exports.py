"""Runs to be taken away, and the files that they are taken away as."""

from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from research.claims.check import check
from research.claims.claim import Source as Seen
from research.runs import control
from research.runs.events import record
from research.runs.models import Decision, Finding, Run, Source, Topic
from research.runs.submission import Submission

SEEN = "Honey bees dance. They live for 40 days in summer, and the queen lays 2,000 eggs."
RESULT = (
    "- Honey bees dance [1].\n- They live for 90 days in summer [1].\n- The queen lays 3,000 eggs "
    "[1].\n\n| a | b |\n|---|---|\n| Robots | 2031 [1] |"
)


def checked_run() -> Run:
    """With a claim that differs, one that was corrected, and an invented one."""
    run = Submission.check(["bees"], model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(1), "here:1")
    topic = run.topics.get()
    Source.objects.create(
        topic=topic, number=1, title="On *bees*", url="https://example.org/", text=SEEN
    )
    claims = check(RESULT, [Seen(1, "On bees", "", SEEN)], "bees")
    record(topic.succeed(RESULT, Finding.FOUND, claims=claims))
    ann = get_user_model().objects.create(username="ann")
    control.decide(run, 1, 2, Decision.CORRECTED, ann, "The queen lays | 2,000 eggs.")
    return Run.objects.get(pk=run.pk)


def finished_run(*results: str, text: str = "bees", source: str = "On bees") -> Run:
    """A run whose topics ended with these results, which were not checked."""
    run = Submission.check([f"{text} {n}" for n in range(len(results))], model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(len(results)), "here:1")
    for topic, result in zip(run.topics.all(), results, strict=True):
        Source.objects.create(topic=topic, number=1, title=source, url="https://example.org/1")
        record(topic.succeed(result, Finding.FOUND))
    return Run.objects.get(pk=run.pk)


def export(client: Client, run: Run, status: int = 200, **query: Any) -> Any:
    answer = client.get(f"/api/runs/{run.pk}/export", query)
    assert answer.status_code == status, answer.content
    return answer
