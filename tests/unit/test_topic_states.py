"""The README's diagram of a topic's states is what the code does: every arrow, and no other."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction

from research.runs.events import record
from research.runs.models import Review, Status, Topic
from research.runs.submission import Submission

README = Path(__file__).parents[2] / "README.md"
ARROW = re.compile(r"^  (\w+|\[\*\]) --> (\w+): (.+)$", re.MULTILINE)
VERBS: dict[str, Callable[[Topic], object]] = {
    "claim": lambda topic: Topic.objects.claim([topic], "worker"),
    "succeed": lambda topic: topic.succeed("done"),
    "fail": lambda topic: topic.fail("kind", "message"),
    "let_go": Topic.let_go,
    "lost": Topic.lost,
    "cancel": Topic.cancel,
    "retry": Topic.retry,
    "reject and retry": lambda topic: topic.judge(Review.REJECTED, "", None) + topic.retry(),
}


def drawn() -> set[tuple[str, str]]:
    diagram = README.read_text().split("stateDiagram-v2")[1].split("```")[0]
    return {(before, after) for before, after, _ in ARROW.findall(diagram) if before != "[*]"}


def moved() -> Iterator[tuple[str, str]]:
    """Every verb tried on a topic in every state, as its worker or its user would."""
    for before in Status.values:
        if before == Status.PARTIAL:
            continue
        for verb in VERBS.values():
            run = Submission.check(["a topic"], model="offline").submit()
            Topic.objects.filter(run=run).update(status=before)
            topic = run.topics.get()
            with transaction.atomic():
                record(verb(topic) or [])  # type: ignore[arg-type]
            after = run.topics.get().status
            if after != before:
                yield before, after


@pytest.mark.django_db
def test_every_arrow_is_there_and_no_other() -> None:
    assert set(moved()) == drawn()
