"""A run's review follows from decisions on its claims, also for topics with nothing to decide."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from research.runs import control
from research.runs.events import record
from research.runs.models import Decision, Event, Finding, Review, Run, Topic
from research.runs.submission import Submission
from tests.support.claims import found

pytestmark = pytest.mark.django_db

HOLDS, LACKS = ("quoted", "supported"), ("quoted", "invented")


@pytest.fixture
def ann() -> Any:
    return get_user_model().objects.create(username="ann")


def run_of(*topics: tuple[str, ...], finding: Finding = Finding.FOUND) -> Run:
    """A run whose topics have ended with claims of these verdicts."""
    run = Submission.check([f"Topic {at}" for at in range(len(topics))], model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(len(topics)), "here:1")
    for topic, verdicts in zip(run.topics.order_by("position"), topics, strict=True):
        record(topic.succeed("It is.", finding, claims=found(*verdicts)))
    return run


def reviews(run: Run) -> list[str]:
    return list(run.topics.order_by("position").values_list("review", flat=True))


def test_a_run_is_reviewed_once_its_last_open_claim_is_decided(ann: Any) -> None:
    run = run_of(LACKS, HOLDS, LACKS)
    control.decide(run, 1, 1, Decision.ACCEPTED, ann)
    assert reviews(run) == ["approved", "unreviewed", "unreviewed"]
    control.decide(run, 3, 1, Decision.REJECTED, ann)
    assert reviews(run) == ["approved", "approved", "rejected"]
    told = Event.objects.filter(run=run, kind="run.reviewed").get().data
    assert told["state"] == "rejected"
    assert run.topics.get(position=2).reviewed_by == ann


def test_what_followed_is_taken_back_with_the_decision(ann: Any) -> None:
    run = run_of(LACKS, HOLDS)
    control.decide(run, 1, 1, Decision.ACCEPTED, ann)
    assert reviews(run) == ["approved", "approved"]
    control.decide(run, 1, 1, Decision.NONE, ann)
    assert reviews(run) == ["unreviewed", "unreviewed"]
    control.decide(run, 1, 1, Decision.ACCEPTED, ann)
    assert reviews(run) == ["approved", "approved"]


def test_no_topic_is_approved_without_a_person(ann: Any) -> None:
    run = run_of(HOLDS, HOLDS, HOLDS)
    assert reviews(run) == ["unreviewed"] * 3
    control.review(run, Review.APPROVED, ann, positions=[1])
    assert reviews(run) == ["approved", "unreviewed", "unreviewed"]


def test_a_review_of_a_topic_as_a_whole_settles_its_claims_too(ann: Any) -> None:
    run = run_of(LACKS, LACKS, HOLDS)
    control.decide(run, 1, 1, Decision.ACCEPTED, ann)
    control.review(run, Review.REJECTED, ann, positions=[2])
    assert reviews(run) == ["approved", "rejected", "approved"]


def test_what_a_person_said_of_a_topic_stays(ann: Any) -> None:
    run = run_of(LACKS, HOLDS, HOLDS)
    control.review(run, Review.REJECTED, ann, "Too short.", [2])
    control.review(run, Review.UNREVIEWED, ann, positions=[3])
    control.decide(run, 1, 1, Decision.ACCEPTED, ann)
    assert reviews(run) == ["approved", "rejected", "unreviewed"]


def test_a_topic_that_rests_on_nothing_waits_for_a_person(ann: Any) -> None:
    run = run_of(LACKS, HOLDS, (), finding=Finding.NOTHING_FOUND)
    control.decide(run, 1, 1, Decision.ACCEPTED, ann)
    assert reviews(run) == ["approved", "unreviewed", "unreviewed"]
