"""A topic's claims: kept with its result, decided by people, and its review follows."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from research.exceptions import (
    CorrectionTooLong,
    DecidedAlready,
    NoCorrection,
    NotFinished,
    NotFound,
    ResultReplaced,
)
from research.runs import control
from research.runs.events import record
from research.runs.models import Claim, Decision, Event, Review, Run, Topic
from research.runs.submission import Submission
from tests.support.claims import checked, found

pytestmark = pytest.mark.django_db

ACCEPTED, REJECTED, CORRECTED = Decision.ACCEPTED, Decision.REJECTED, Decision.CORRECTED


@pytest.fixture
def ann() -> Any:
    return get_user_model().objects.create(username="ann")


def counts(**numbers: int) -> dict[str, int]:
    none = dict.fromkeys(
        ("quoted", "supported", "differs", "unsupported", "uncited", "invented"), 0
    )
    return {"claims": sum(numbers.values())} | none | numbers


def verdicts(claims: Any) -> list[str]:
    return [claim.verdict for claim in claims]


def decide(topic: Topic, index: int, decision: Decision, by: Any, correction: str = "") -> Topic:
    control.decide(topic.run, topic.position, index, decision, by, correction)
    return Topic.objects.get(pk=topic.pk)


def test_claims_are_kept_counted_and_told() -> None:
    topic = checked("quoted", "invented", "invented")
    assert topic.checked == counts(quoted=1, invented=2)
    kinds = Event.objects.filter(run=topic.run).order_by("seq").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["claim.checked", "topic.succeeded", "run.finished"]
    first = topic.claims.first()
    assert first is not None
    assert first.evidence == [{"source": 1, "start": 0, "end": 10, "quote": "All of it."}]


def test_a_result_that_was_not_checked_has_no_counts() -> None:
    run = Submission.check(["bees"], model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(1), "here:1")
    record(run.topics.get().succeed("All on bees."))
    assert run.topics.get().checked is None


def test_those_that_need_a_person_come_worst_first() -> None:
    checked("uncited", "quoted", "differs")
    checked("unsupported", "supported", "invented", topic="wasps")
    needed = Claim.objects.awaiting_review()
    assert verdicts(needed) == ["invented", "differs", "unsupported", "uncited"]
    assert verdicts(needed.found_as("differs")) == ["differs"]
    assert verdicts(needed.of_run(Run.objects.get(topics__text="bees").pk)) == [
        "differs",
        "uncited",
    ]
    assert len(needed.of_blueprint("quick")) == 4
    assert not needed.of_blueprint("deep")


def test_a_persons_decision_stands_beside_the_checks(ann: Any) -> None:
    topic = decide(checked("invented", "differs"), 0, CORRECTED, ann, " It is 12. ")
    claim = topic.claims.get(index=0)
    assert (claim.verdict, claim.by, claim.correction) == ("supported", "person", "It is 12.")
    assert (claim.found, claim.found_by, claim.decided_by) == ("invented", "text", ann)
    assert topic.checked == counts(supported=1, differs=1)
    assert verdicts(Claim.objects.awaiting_review()) == ["differs"]
    assert list(Claim.objects.decided()) == [claim]
    told = Event.objects.filter(kind="claim.checked").latest("seq").data
    assert told == {"claim": 0, "decision": "corrected", "by": "ann", "checked": topic.checked}


@pytest.mark.parametrize(
    ("verdict", "decision", "stands"),
    [
        ("quoted", ACCEPTED, "quoted"),
        ("differs", ACCEPTED, "supported"),
        ("differs", REJECTED, "differs"),
        ("supported", REJECTED, "unsupported"),
    ],
)
def test_what_stands_after_a_decision(
    verdict: str, decision: Decision, stands: str, ann: Any
) -> None:
    topic = decide(checked(verdict), 0, decision, ann)
    claim = topic.claims.get()
    assert (claim.verdict, claim.by) == (stands, "person")
    back = decide(topic, 0, Decision.NONE, ann).claims.get()
    assert (back.verdict, back.by, back.decided_by, back.decided_at) == (
        verdict,
        "text",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("second", "review"), [(ACCEPTED, Review.APPROVED), (REJECTED, Review.REJECTED)]
)
def test_the_review_follows_once_no_claim_needs_a_person(
    second: Decision, review: Review, ann: Any
) -> None:
    topic = checked("invented", "quoted", "differs")
    assert decide(topic, 0, ACCEPTED, ann).review == Review.UNREVIEWED
    after = decide(topic, 2, second, ann)
    assert (after.review, after.reviewed_by) == (review, ann)
    assert Event.objects.filter(kind="run.reviewed").latest("seq").data["state"] == review
    assert decide(topic, 2, Decision.NONE, ann).review == Review.UNREVIEWED


def test_a_persons_review_of_the_topic_stays(ann: Any) -> None:
    topic = checked("invented")
    control.review(topic.run, Review.APPROVED, ann, "Known to me.", [1])
    assert not Claim.objects.awaiting_review()
    after = decide(topic, 0, REJECTED, ann)
    assert (after.review, after.review_note) == (Review.APPROVED, "Known to me.")
    assert decide(topic, 0, Decision.NONE, ann).review == Review.APPROVED
    assert not Claim.objects.awaiting_review()


def test_claims_need_a_person_again_once_the_topics_review_is_taken_back(ann: Any) -> None:
    topic = decide(checked("quoted", "invented", "differs"), 1, ACCEPTED, ann)
    control.review(topic.run, Review.REJECTED, ann)
    assert not Claim.objects.awaiting_review()
    control.review(topic.run, Review.UNREVIEWED, ann)
    assert verdicts(Claim.objects.awaiting_review()) == ["differs"]


def test_nobodys_decision_is_put_in_the_place_of_one_that_they_did_not_see(ann: Any) -> None:
    topic, bob = checked("invented"), get_user_model().objects.create(username="bob")
    seen = topic.claims.get().version
    control.decide(topic.run, 1, 0, ACCEPTED, ann, seen=seen)
    with pytest.raises(DecidedAlready, match="ann accepted this claim"):
        control.decide(topic.run, 1, 0, REJECTED, bob, seen=seen)
    assert topic.claims.get().decided_by == ann
    control.decide(topic.run, 1, 0, REJECTED, bob, seen=topic.claims.get().version)
    assert topic.claims.get().decided_by == bob


def test_a_button_that_is_pressed_twice_decides_once(ann: Any) -> None:
    topic = checked("invented")
    for _ in range(2):
        control.decide(topic.run, 1, 0, CORRECTED, ann, " It is. ", seen="1 ")
    assert Event.objects.filter(kind="claim.checked", data__decision="corrected").count() == 1


def test_a_decision_on_an_earlier_result_is_refused(ann: Any) -> None:
    topic = decide(checked("invented"), 0, REJECTED, ann)
    seen = topic.claims.get().version
    control.retry(topic.run, [1])
    Topic.objects.claim(Topic.objects.next_in_line(1), "here:1")
    record(Topic.objects.get().succeed("It is.", claims=found("differs")))
    with pytest.raises(ResultReplaced):
        control.decide(topic.run, 1, 0, ACCEPTED, ann, seen=seen)
    assert verdicts(Claim.objects.awaiting_review()) == ["differs"]


def test_a_retry_leaves_the_old_claims_as_history(ann: Any) -> None:
    topic = decide(checked("invented", "differs"), 0, REJECTED, ann)
    decide(topic, 1, REJECTED, ann)
    control.retry(topic.run, [1])
    topic = Topic.objects.get()
    assert (topic.checked, topic.review_follows) == (None, False)
    assert not Claim.objects.current()
    assert not Claim.objects.awaiting_review()
    assert len(Claim.objects.all()) == 2


def test_the_next_crew_is_told_which_claims_were_rejected(ann: Any) -> None:
    topic = checked("invented", "differs", "uncited")
    decide(topic, 0, CORRECTED, ann, "It\nis 12.")
    decide(topic, 1, REJECTED, ann)
    decide(topic, 2, ACCEPTED, ann)
    control.retry(topic.run, [1])
    assert Topic.objects.get().feedback == (
        "A reviewer rejected the last result: “It is differs.” does not hold. "
        "“It is invented.” should say “It is 12.”."
    )


def test_what_cannot_be_decided_is_refused(ann: Any) -> None:
    topic = checked("differs")
    for index, position in ((1, 1), (0, 2)):
        with pytest.raises(NotFound):
            control.decide(topic.run, position, index, ACCEPTED, ann)
    with pytest.raises(NoCorrection):
        decide(topic, 0, CORRECTED, ann, " \n")
    with pytest.raises(CorrectionTooLong):
        decide(topic, 0, CORRECTED, ann, "x" * 4001)
    decide(topic, 0, REJECTED, ann)
    control.retry(topic.run, [1])
    with pytest.raises(NotFinished):
        decide(topic, 0, ACCEPTED, ann)
