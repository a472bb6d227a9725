"""A topic that fells its workers again and again ends; one that gets on does not."""

import pytest
from django.db import transaction
from django.utils import timezone

from research.runs.events import record
from research.runs.models import TaskResult, Topic
from research.runs.submission import Submission


@pytest.mark.django_db
def test_a_topic_that_fells_three_workers_in_a_row_fails() -> None:
    run = Submission.check(["poison"], model="offline").submit()
    for _ in range(3):
        (topic,) = Topic.objects.next_in_line(10, run.pk)
        with transaction.atomic():
            record(Topic.objects.claim([topic], "host:1"))
        for held in Topic.objects.held_by("host:1"):
            with transaction.atomic():
                record(held.lost())
    run.refresh_from_db()
    assert run.status == "failed"
    assert run.topics.get().error_kind == "crashed"


@pytest.mark.django_db
def test_a_topic_that_gets_on_between_the_falls_is_no_suspect() -> None:
    run = Submission.check(["slow"], model="offline").submit()
    run.topics.update(crashes=2)
    (topic,) = Topic.objects.next_in_line(10, run.pk)
    now = timezone.now()
    result = TaskResult(topic=topic, attempt=1, index=0, name="a", started_at=now, finished_at=now)
    result.keep()
    assert not run.topics.get().is_suspect


@pytest.mark.django_db
def test_suspects_run_one_at_a_time() -> None:
    run = Submission.check(["a", "b", "c", "d"], model="offline").submit()
    run.topics.filter(text__in="ab").update(crashes=2)
    first = Topic.objects.next_in_line(10, run.pk)
    assert [topic.text for topic in first] == ["c", "d", "a"]
    with transaction.atomic():
        record(Topic.objects.claim([first[-1]], "host:1"))
    assert [topic.text for topic in Topic.objects.next_in_line(10, run.pk)] == ["c", "d"]
