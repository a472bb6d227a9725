"""Reviewing in the admin: topic by topic, by selection, and a whole run at once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from research.runs.models import Event, Finding, Review, Run, Status, Topic
from tests.support.rows import LISTS, act, change_page, make_run, page_of

pytestmark = pytest.mark.django_db


def review(client: Client, topic: Topic, **fields: str) -> str:
    response = client.post(change_page(topic), {"review_note": "", **fields}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_a_review_keeps_who_and_when_and_touches_nothing_else(client: Client) -> None:
    topic = make_run("bees").topics.get()
    review(client, topic, review="approved", review_note="Good.", text="evil", _save="")
    topic.refresh_from_db()
    assert (topic.review, topic.review_note, topic.text) == ("approved", "Good.", "bees")
    assert topic.reviewed_by and topic.reviewed_by.username == "local"
    assert topic.reviewed_at is not None
    assert "approved by local" in page_of(client, change_page(topic))


def test_one_topic_follows_the_other_until_all_are_reviewed(client: Client) -> None:
    run = make_run("bees", "wasps")
    first, second = run.topics.all()
    page = review(client, first, review="approved", _next="")
    assert "<h2>wasps</h2>" in page
    page = review(client, second, review="rejected", _next="")
    assert "Nothing of this run is left to review." in page
    assert "2 of 2 reviewed, 1 rejected" in page


def test_rejecting_and_retrying_is_one_step(client: Client) -> None:
    topic = make_run("bees").topics.get()
    page = review(client, topic, review="unreviewed", review_note="Too old.", _retry="")
    assert "is queued again" in page
    topic.refresh_from_db()
    assert (topic.status, topic.attempt, topic.review) == ("queued", 2, "unreviewed")
    assert topic.feedback == "A reviewer rejected the last result: Too old."


def test_an_open_topic_is_not_reviewed(client: Client) -> None:
    topic = make_run("bees").topics.get()
    Topic.objects.update(status=Status.RUNNING)
    page = page_of(client, change_page(topic))
    assert 'name="review"' not in page
    assert client.post(change_page(topic), {"review": "approved"}).status_code == 403


def test_a_note_has_a_limit(client: Client) -> None:
    topic = make_run("bees").topics.get()
    page = review(client, topic, review="rejected", review_note="x" * 2001, _save="")
    assert "at most 2000 characters" in page
    topic.refresh_from_db()
    assert topic.review == Review.UNREVIEWED


def test_a_run_is_reviewed_at_once_on_its_page(client: Client) -> None:
    run = make_run("bees", "wasps")
    client.post(change_page(run), {"verdict": "rejected", "note": "All too short."})
    assert {(t.review, t.review_note) for t in run.topics.all()} == {("rejected", "All too short.")}
    client.post(change_page(run), {"verdict": "", "note": "Lost."})
    assert {(t.review, t.review_note) for t in run.topics.all()} == {("rejected", "All too short.")}


def test_a_run_at_work_is_not_reviewed_yet(client: Client) -> None:
    done, at_work = make_run("bees"), make_run("wasps", status=Status.RUNNING)
    assert client.post(change_page(at_work), {"verdict": "approved"}).status_code == 403
    page = act(client, "run", "approve", done, at_work)
    assert "1 marked as approved." in page
    assert "1 still at work" in page
    assert Topic.objects.get(review="approved").run == done


@pytest.mark.parametrize("model", ["run", "topic"])
@pytest.mark.parametrize(
    ("action", "state"),
    [("approve", "approved"), ("reject", "rejected"), ("unreview", "unreviewed")],
)
def test_a_selection_is_reviewed_and_keeps_its_notes(
    client: Client, model: str, action: str, state: str
) -> None:
    runs = [make_run(topic) for topic in ("bees", "wasps")]
    Topic.objects.update(review_note="A note.")
    rows = runs if model == "run" else list(Topic.objects.all())
    act(client, model, action, *rows)
    for topic in Topic.objects.select_related("reviewed_by"):
        assert (topic.review, topic.review_note) == (state, "A note.")
        assert topic.reviewed_by and topic.reviewed_by.username == "local"


def test_rejected_topics_of_a_selection_are_retried(client: Client) -> None:
    run = make_run("bees", "wasps", "ants")
    bees, wasps, _ = run.topics.all()
    run.topics.filter(pk__in=[bees.pk, wasps.pk]).update(review="rejected", review_note="No.")
    page = act(client, "topic", "retry", *run.topics.exclude(pk=wasps.pk))
    assert "1 queued again." in page and "1 left out" in page
    act(client, "run", "retry_rejected", run)
    assert [topic.attempt for topic in run.topics.all()] == [2, 2, 1]


def test_runs_are_found_by_what_follows_from_their_topics(client: Client) -> None:
    for name, reviews in {
        "aa": ["approved", "approved"],
        "bb": ["approved", "unreviewed"],
        "cc": ["approved", "rejected"],
    }.items():
        run = make_run(f"{name} one", f"{name} two")
        for position, state in enumerate(reviews, start=1):
            run.topics.filter(position=position).update(review=state)
    for state, expected in {"approved": "aa", "unreviewed": "bb", "rejected": "cc"}.items():
        page = page_of(client, LISTS["run"], review__exact=state)
        assert [name for name in ("aa", "bb", "cc") if f"{name} one" in page] == [expected]
    assert "1 of 2 reviewed" in page_of(client, LISTS["run"])


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({"review__exact": "rejected"}, {"review": "rejected"}),
        ({"unknown": "some"}, {"unknown_citations": 2}),
        ({"unknown": "none"}, {"unknown_citations": 0}),
        ({"finding__exact": "nothing_found"}, {"finding": Finding.NOTHING_FOUND}),
        ({"finding__exact": "uncited"}, {"finding": Finding.UNCITED}),
        ({"error_kind": "rate_limited"}, {"error_kind": "rate_limited", "status": "failed"}),
        ({"incomplete__exact": "1"}, {"incomplete": True}),
        ({"cost": "0.10"}, {"prompt_tokens": 200_000}),
        ({"status__exact": "cancelled"}, {"status": "cancelled"}),
    ],
)
def test_topics_are_found_by_what_a_reviewer_looks_for(
    client: Client, query: dict[str, str], values: dict[str, object]
) -> None:
    run = make_run("bees", "wasps", prompt_price=1, completion_price=1)
    run.topics.filter(position=2).update(**values)
    page = page_of(client, LISTS["topic"], **query)
    assert "wasps" in page
    assert "bees" not in page
    page_of(client, LISTS["topic"], o="-4.5.-6.8.9.2.7")


def test_a_run_of_long_reports_has_a_short_page(client: Client) -> None:
    run = make_run(*(f"topic {number}" for number in range(1, 61)))
    run.topics.update(result="word " * 20_000)
    page_of(client, change_page(run))  # the first request makes the local user
    costs = []
    for topics in (60, 10):
        run.topics.filter(position__gt=topics).delete()
        with CaptureQueriesContext(connection) as queries:
            page = page_of(client, change_page(run))
        costs.append(len(queries))
        assert len(page) < 60_000
    assert costs[0] == costs[1]


def test_the_topics_of_a_run_come_in_pages(client: Client) -> None:
    run = make_run(*(f"topic {number}" for number in range(1, 61)))
    first, second = (page_of(client, change_page(run), topics=page) for page in "12")
    assert "topic 50<" in first and "topic 51<" not in first
    assert "topic 51<" in second and "topic 50<" not in second


def test_a_topic_page_costs_the_same_for_any_number_of_sources(client: Client) -> None:
    run = make_run("bees")
    topic = run.topics.get()
    page_of(client, change_page(topic))  # the first request makes the local user
    costs = []
    for number in (2, 30):
        topic.sources.create(number=number, title="More", text="Of it.")
        with CaptureQueriesContext(connection) as queries:
            page_of(client, change_page(topic))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_reviews_are_told(client: Client) -> None:
    run = make_run("bees", "wasps")
    act(client, "run", "approve", run)
    told = Event.objects.filter(run=run, kind__endswith="reviewed")
    assert [event.kind for event in told] == ["topic.reviewed", "topic.reviewed", "run.reviewed"]
    assert told[0].data == {"state": "approved", "note": "", "by": "local"}
    assert told[2].data["state"] == "approved"
    assert Run.objects.get().last_seq == told[2].seq
