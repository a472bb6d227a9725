"""A topic's own page: the report with its contents, its sources beside it, the work behind it."""

from typing import Any

import pytest
from django.test import Client

from research.runs import control
from research.runs.events import record
from research.runs.models import Cell, Finding, Review, Run, Source, Topic
from research.runs.submission import Submission
from research.web.pages.contents import Heading, contents_of
from tests.support.claims import checked
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


def submitted(*topics: str) -> Run:
    return Submission.check(topics, "quick", "offline").submit()


def claimed(run: Run, position: int = 1) -> Topic:
    topic = run.topics.get(position=position)
    record(Topic.objects.claim([topic], "worker"))
    return topic


def read(client: Client, topic: Topic) -> str:
    response = client.get(f"/runs/{topic.run_id}/{topic.position}/")
    assert response.status_code == 200
    return response.content.decode()


def test_its_contents_lead_to_its_headings(client: Client) -> None:
    topic = claimed(submitted("bees"))
    record(topic.succeed("# *Hives* & more [7]\n\nText.\n\n## Honey\n\nText.\n\n# Wax\n\nText."))
    page = read(client, topic)
    assert '<a href="#topic-1-part-1" dir="auto">Hives &amp; more</a>' in page
    assert '<li class="depth-1"><a href="#topic-1-part-2"' in page
    for number, level in ((1, 2), (2, 3), (3, 2)):
        assert f'<h{level} id="topic-1-part-{number}"' in page


def test_one_heading_makes_no_contents(client: Client) -> None:
    topic = claimed(submitted("bees"))
    record(topic.succeed("# Hives\n\nText."))
    assert 'class="contents"' not in read(client, topic)


def test_what_a_heading_says_is_no_markup() -> None:
    report = '<h2 id="a-1">5 &lt; <em>6</em></h2><p>x</p><h4 dir="auto" id="a-2"> Next </h4>'
    assert contents_of(report) == [Heading("a-1", "5 < 6", 0), Heading("a-2", "Next", 2)]


def test_the_title_the_place_and_the_topics_beside_it(client: Client) -> None:
    run = submitted("bees", "wasps", "ants")
    pages = [read(client, topic) for topic in run.topics.all()]
    assert "<title>wasps" in pages[1]
    assert "topic 2 of 3" in pages[1]
    assert 'id="previous"' not in pages[0] and 'id="next"' not in pages[2]
    assert f'<link rel="prev" href="/runs/{run.pk}/1/">' in pages[1]
    assert f'<link rel="next" href="/runs/{run.pk}/3/">' in pages[1]


def test_what_its_crew_did_and_what_that_took(client: Client) -> None:
    topic = claimed(submitted("bees"))
    told: list[tuple[str, dict[str, Any]]] = [
        ("task.started", {"note": "Analyst begins"}),
        ("llm.started", {"call": "a", "note": "Analyst asks offline"}),
        ("llm.finished", {"call": "a", "seconds": 1.5}),
        ("tool.started", {"call": "b", "note": "Analyst searches: <bees>"}),
        ("tool.failed", {"call": "b", "seconds": 2.0, "error": "Nobody answers."}),
        ("llm.started", {"call": "c", "note": "Analyst asks offline"}),
        ("llm.failed", {"call": "c", "seconds": 0.1, "error": "Too many <requests>."}),
    ]
    record([topic.event(kind, **data) for kind, data in told])
    Topic.objects.update(prompt_tokens=1200, completion_tokens=34)
    topic.refresh_from_db()
    record(topic.succeed("They hum."))
    page = read(client, topic)
    text = text_of(page)
    assert "Calls of the model 2 2 calls failed" in text and "Uses of tools 1" in text
    assert "1,234 1,200 read, 34 written" in text
    assert "Every step 5" in text and "Nobody answers." in text and "1.5 s" in text
    assert "searches: &lt;bees&gt;" in page and "Too many &lt;requests&gt;." in page


def test_a_retry_tells_of_its_own_steps_only(client: Client) -> None:
    topic = claimed(submitted("bees"))
    record([topic.event("llm.started", call="a", note="The first crew asks")])
    record(topic.fail("timeout", "Too late."))
    control.retry(topic.run)
    again = claimed(topic.run)
    record([again.event("llm.started", call="a", note="The second crew asks")])
    page = read(client, again)
    assert "The second crew asks" in page and "The first crew asks" not in page
    assert "Calls of the model 1" in text_of(page) and "Attempt 2" in text_of(page)


def failed(topic: Topic) -> None:
    record(topic.fail("provider_timeout", "The provider <did not> answer."))


def rejected(topic: Topic) -> None:
    record(topic.succeed("They hum."))
    control.review(topic.run, Review.REJECTED, None, "Which bees?")


def cut(topic: Topic) -> None:
    Topic.objects.update(incomplete=True)
    record(topic.succeed("They"))


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (lambda topic: None, "The crew gets ready"),
        (failed, "Provider timeout The provider <did not> answer."),
        (lambda topic: control.cancel(topic.run), "cancelling"),
        (lambda topic: record(topic.succeed("", Finding.NOTHING_FOUND)), "nothing found"),
        (cut, "Incomplete The provider cut the answer"),
        (rejected, "Rejected"),
        (rejected, "Which bees?"),
        (rejected, "Retry with the note"),
    ],
)
def test_it_tells_any_state(client: Client, end: Any, says: str) -> None:
    topic = claimed(submitted("bees"))
    end(topic)
    assert says in text_of(read(client, topic))


def test_a_topic_in_the_queue_waits_and_one_that_was_called_off_says_so(client: Client) -> None:
    topic = submitted("bees").topics.get()
    assert "No crew has started on this topic yet" in read(client, topic)
    control.cancel(topic.run)
    assert "cancelled before there was a result" in read(client, topic)


def test_its_claims_that_need_a_person_are_a_click_away(client: Client) -> None:
    topic = checked("invented", "differs", "quoted")
    checked("invented", topic="wasps")
    address = f"/review/?run={topic.run_id}&topic=1"
    page = read(client, topic)
    assert f'<a href="{address.replace("&", "&amp;")}">2 claims need a person</a>' in page
    desk = client.get(address).content.decode()
    assert desk.count('<article class="claim"') == 2 and "topic 1</a> of one run only" in desk
    assert "No claim matches" in client.get(address.replace("topic=1", "topic=2")).content.decode()
    for odd in ("0", "-1", "x", "99999999999999999999"):
        assert client.get(address.replace("topic=1", f"topic={odd}")).status_code == 200


def test_sources_stand_beside_the_report(client: Client) -> None:
    topic = claimed(submitted("bees"))
    Source.objects.create(topic=topic, number=1, title="Hives", text="As it was.")
    record(topic.succeed("They hum [1]."))
    page = read(client, topic)
    aside = page[page.index("<aside") : page.index("</aside>")]
    assert 'id="topic-1-source-1"' in aside and "As it was." in aside
    assert 'href="#topic-1-source-1"' in page


def test_its_inputs_and_what_was_found_for_its_row(client: Client) -> None:
    columns = [{"name": "Stars", "type": "number", "unit": "stars"}, {"name": "Licence"}]
    rows = [{"topic": "Qdrant", "web<site>": "https://qdrant.tech"}]
    run = Submission.check(
        rows=rows, columns=[*columns, {"name": "Home"}], model="offline"
    ).submit()
    topic = run.topics.get()
    found = {"topic": topic, "attempt": 1, "source": 1}
    Cell.objects.create(**found, column="Stars", value=20.0, verdict="quoted", quote="20 <b>stars")
    Cell.objects.create(**found, column="Licence", value=None, reason="No source says so.")
    text = text_of(read(client, topic))
    assert "web<site> https://qdrant.tech" in text
    assert "Stars 20 stars quoted [1] 20 <b>stars" in text
    assert "Licence not found [1] No source says so." in text and "Home not asked yet" in text


@pytest.mark.parametrize("number", [2, 200])
def test_it_takes_the_same_queries_in_a_run_of_any_size(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    topic = claimed(submitted(*(f"topic {n}" for n in range(number))))
    record(topic.succeed("They hum."))
    client.get("/")  # the local user is there from here on
    with django_assert_num_queries(9):
        read(client, topic)


@pytest.mark.parametrize("position", ["0", "2", "99999999999999999999999"])
def test_a_topic_that_is_not_there_is_a_404(client: Client, position: str) -> None:
    run = submitted("bees")
    assert client.get(f"/runs/{run.pk}/{position}/").status_code == 404
    assert client.get(f"/runs/{run.pk}/{position}/report/").status_code == 404
