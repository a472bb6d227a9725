"""Reviews by API and page: on topics that have ended; a run's review follows from theirs."""

import uuid
from typing import Any

import pytest
from django.test import Client

from research.runs.events import record
from research.runs.models import Event, Review, Run, TaskResult, Topic
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db


def ended(*topics: str) -> Run:
    """A run whose topics have succeeded."""
    run = Submission.check(topics, model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(len(topics)), "here:1")
    for topic in run.topics.all():
        record(topic.succeed(f"All on {topic.text}."))
    return run


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, content_type="application/json")


def review(client: Client, run: Run, position: int, state: str, **more: Any) -> Any:
    path = f"/api/runs/{run.pk}/topics/{position}/review"
    answer = post(client, path, {"state": state, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_topic_keeps_state_note_who_and_when(client: Client) -> None:
    run = ended("bees", "wasps")
    told = review(client, run, 2, "rejected", note="Too short.")
    unreviewed, rejected = (topic["review"] for topic in told["topics"])
    assert unreviewed == {"state": "unreviewed", "note": "", "by": None, "at": None}
    assert (rejected["state"], rejected["note"], rejected["by"]) == (
        "rejected",
        "Too short.",
        "local",
    )
    assert rejected["at"] is not None
    assert client.get(f"/api/runs/{run.pk}").json()["topics"] == told["topics"]


def test_the_run_is_reviewed_once_all_its_topics_are(client: Client) -> None:
    run = ended("bees", "wasps")
    counts = {"topics": 2, "approved": 1, "rejected": 0}
    assert review(client, run, 1, "approved")["review"] == {
        **counts,
        "state": "unreviewed",
        "reviewed": 1,
    }
    assert review(client, run, 2, "approved")["review"]["state"] == "approved"
    assert review(client, run, 2, "rejected")["review"]["state"] == "rejected"
    listed = client.get("/api/runs").json()["runs"][0]["review"]
    assert listed == {**counts, "state": "rejected", "reviewed": 2, "rejected": 1}
    told = Event.objects.filter(run=run, kind="run.reviewed")
    assert [event.data["state"] for event in told] == ["approved", "rejected"]


def test_a_review_without_a_note_leaves_the_last_one(client: Client) -> None:
    run = ended("bees")
    review(client, run, 1, "rejected", note="Too short.")
    assert review(client, run, 1, "approved")["topics"][0]["review"]["note"] == "Too short."
    assert review(client, run, 1, "approved", note="")["topics"][0]["review"]["note"] == ""


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"state": "wonderful"}, 400, "bad_input"),
        ({}, 400, "bad_input"),
        ({"state": "approved", "notes": "?"}, 400, "bad_input"),
        ({"state": "approved", "note": "x" * 2001}, 400, "note_too_long"),
        ({"state": "approved", "note": 7}, 400, "bad_input"),
    ],
)
def test_what_cannot_be_read_is_refused(client: Client, body: Any, status: int, code: str) -> None:
    answer = post(client, f"/api/runs/{ended('bees').pk}/topics/1/review", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert Topic.objects.get().review == Review.UNREVIEWED


def test_an_open_topic_is_not_reviewed(client: Client) -> None:
    run = Submission.check(["bees"], model="offline").submit()
    answer = post(client, f"/api/runs/{run.pk}/topics/1/review", {"state": "approved"})
    assert answer.status_code == 409
    assert answer.json()["error"] == {
        "code": "not_finished",
        "message": "Topic 1 is still queued. Review it when it has ended.",
    }


@pytest.mark.parametrize(
    "path", [f"/api/runs/{uuid.UUID(int=0)}/topics/1", "/api/runs/{run}/topics/9"]
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    answer = post(client, path.format(run=ended("bees").pk) + "/review", {"state": "approved"})
    assert answer.status_code == 404


def test_a_secret_in_a_note_is_blacked_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    run = ended("bees")
    review(client, run, 1, "rejected", note="Use sk-test-0123456789abcdef\x00 here.")
    kept = Topic.objects.get().review_note
    assert "0123456789abcdef" not in kept and "\x00" not in kept and "here." in kept


def test_only_a_rejected_result_is_retried(client: Client) -> None:
    run = ended("bees", "wasps")
    path = f"/api/runs/{run.pk}/topics"
    review(client, run, 1, "approved")
    assert post(client, f"{path}/1/retry").json()["topics"][0]["attempt"] == 1
    review(client, run, 1, "rejected", note="Two\nlines.")
    assert post(client, f"/api/runs/{run.pk}/retry").json()["topics"][0]["attempt"] == 1
    topic = post(client, f"{path}/1/retry").json()["topics"][0]
    assert (topic["status"], topic["attempt"], topic["result"]) == ("queued", 2, None)
    assert topic["review"] == {"state": "unreviewed", "note": "", "by": None, "at": None}
    retried = Event.objects.get(run=run, kind="topic.retried")
    assert retried.data == {"attempt": 2, "note": "Two\nlines.", "by": "local"}
    bees = run.topics.get(position=1)
    assert bees.feedback == "A reviewer rejected the last result: Two lines."


def test_what_the_reviewer_said_holds_until_there_is_a_result(client: Client) -> None:
    run = ended("bees")
    path = f"/api/runs/{run.pk}/topics/1/retry"
    review(client, run, 1, "rejected", note="")
    post(client, path)
    Topic.objects.claim(Topic.objects.next_in_line(1), "here:1")
    record(run.topics.get().fail("rate_limited", "Wait."))
    post(client, path)
    topic = run.topics.get()
    assert (topic.attempt, topic.anew_from) == (3, 2)
    assert topic.feedback == "A reviewer rejected the last result: it was not good enough."


def press(client: Client, run: Run, position: int, verdict: str, note: str = "") -> Any:
    """The page after a verdict on one of its topics."""
    fields = {"verdict": verdict, f"note-{position}": note}
    return client.post(f"/runs/{run.pk}/{position}/review/", fields, follow=True)


def test_a_verdict_on_the_page_is_shown_there_and_in_the_history(client: Client) -> None:
    run = ended("bees", "wasps")
    assert "Not reviewed yet." in client.get(f"/runs/{run.pk}/1/").content.decode()
    page = press(client, run, 1, "rejected", "Says <nothing>.").content.decode()
    assert "1 of 2 reviewed, 1 rejected" in page
    assert 'data-review="rejected"' in page and "Retry with the note" in page
    own = client.get(f"/runs/{run.pk}/1/report/").content.decode()
    assert "Says &lt;nothing&gt;." in own and "local" in own
    press(client, run, 2, "approved")
    press(client, run, 1, "unreviewed")
    for address in ("/runs/", f"/runs/{run.pk}/"):
        assert "1 of 2 reviewed" in client.get(address).content.decode()


def test_rejecting_and_retrying_on_the_page_tells_the_crew(client: Client) -> None:
    run = ended("bees")
    TaskResult.objects.create(
        topic=run.topics.get(),
        attempt=1,
        index=0,
        name="findings",
        agent="Analyst",
        output="All on bees.",
        started_at=run.created_at,
        finished_at=run.created_at,
    )
    press(client, run, 1, "retry", "More on queens.")
    topic = run.topics.get()
    assert (topic.status, topic.attempt) == ("queued", 2)
    page = client.get(f"/runs/{run.pk}/1/").content.decode()
    assert "The crew was told: " in page and "More on queens." in page
    assert "The result that was rejected" in page and "All on bees." in page
    assert "Not reviewed yet." not in page


@pytest.mark.parametrize("verdict", ["", "wonderful"])
def test_no_verdict_is_refused_in_a_sentence(client: Client, verdict: str) -> None:
    page = press(client, ended("bees"), 1, verdict).content.decode()
    assert "a verdict is approved, rejected or unreviewed" in page
    assert Topic.objects.get().review == Review.UNREVIEWED


def test_a_page_that_is_too_old_is_told_so(client: Client) -> None:
    run = Submission.check(["bees"], model="offline").submit()
    assert "Topic 1 is still queued." in press(client, run, 1, "approved").content.decode()
