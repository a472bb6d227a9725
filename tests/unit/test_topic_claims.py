"""Claims by API: shown with their passages, decided by people, and kept in exports."""

import json
from typing import Any

import pytest
from django.test import Client

from research.runs.events import record
from research.runs.models import Run, Source, Topic, digest_of
from research.runs.submission import Submission
from research.web.export.whole import as_json
from tests.support.claims import found

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    """A run of one topic, with a claim that holds, one that differs and an invented one."""
    run = Submission.check(["bees"], model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(1), "here:1")
    topic = run.topics.get()
    Source.objects.create(
        topic=topic,
        number=1,
        title="On bees",
        url="/library/1/",
        text="Workers dance.",
        digest=digest_of("Workers dance."),
        origin={"kind": "library", "document": 1},
    )
    record(topic.succeed("It is.", claims=found("quoted", "differs", "invented")))
    return run


def get(client: Client, run: Run, path: str = "") -> Any:
    answer = client.get(f"/api/runs/{run.pk}{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def decide(client: Client, run: Run, index: int, body: Any, status: int = 200) -> Any:
    path = f"/api/runs/{run.pk}/topics/1/claims/{index}"
    answer = client.post(path, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_topic_has_counts_and_its_claims(client: Client, run: Run) -> None:
    topic = get(client, run, "/topics/1")
    assert topic["checked"] == {
        "claims": 3,
        "quoted": 1,
        "supported": 0,
        "differs": 1,
        "unsupported": 0,
        "uncited": 0,
        "invented": 1,
    }
    assert get(client, run)["topics"][0]["checked"] == topic["checked"]
    assert topic["claims"][2] == {
        "index": 2,
        "text": "It is invented.",
        "start": 0,
        "end": 0,
        "citations": [1],
        "verdict": "invented",
        "by": "text",
        "reason": "Because.",
        "correction": None,
        "evidence": [{"source": 1, "start": 0, "end": 10, "quote": "All of it."}],
        "decision": None,
    }


def test_what_was_not_checked_is_unknown_not_zero(client: Client) -> None:
    run = Submission.check(["bees"], model="offline").submit()
    topic = get(client, run, "/topics/1")
    assert (topic["checked"], topic["claims"]) == (None, None)
    assert get(client, run)["topics"][0]["checked"] is None
    listed = client.get("/api/runs").json()["runs"][0]
    assert (listed["invented"], listed["differs"]) == (None, None)


def test_lists_tell_the_worst_claims(client: Client, run: Run) -> None:
    listed = client.get("/api/runs").json()["runs"][0]
    assert (listed["invented"], listed["differs"]) == (1, 1)
    assert "1 invented, 1 differs" in client.get("/runs/").content.decode()


def test_a_source_has_its_text_time_hash_and_origin(client: Client, run: Run) -> None:
    source = get(client, run, "/topics/1/sources/1")
    assert source["text"] == "Workers dance."
    assert source["origin"] == {"kind": "library", "document": 1}
    assert source["digest"] == digest_of(source["text"]) and source["seen_at"]


def test_a_person_corrects_a_claim(client: Client, run: Run) -> None:
    topic = decide(client, run, 2, {"decision": "corrected", "correction": "It is 12."})
    claim = topic["claims"][2]
    assert (claim["verdict"], claim["by"], claim["correction"]) == (
        "supported",
        "person",
        "It is 12.",
    )
    decision = claim["decision"]
    assert (decision["state"], decision["by"], decision["verdict"]) == (
        "corrected",
        "local",
        "invented",
    )
    assert topic["checked"]["invented"] == 0 and topic["checked"]["supported"] == 1
    exported = as_json(Run.objects.get())["topics"][0]["claims"][2]
    assert (exported["correction"], exported["decision"]["by"]) == ("It is 12.", "local")
    back = decide(client, run, 2, {"decision": None})["claims"][2]
    assert (back["verdict"], back["by"], back["correction"]) == ("invented", "text", None)


def test_the_review_follows(client: Client, run: Run) -> None:
    decide(client, run, 1, {"decision": "accepted"})
    topic = decide(client, run, 2, {"decision": "rejected"})
    assert topic["review"]["state"] == "rejected"
    assert get(client, run)["review"]["state"] == "rejected"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad_input"),
        ({"decision": "maybe"}, "bad_input"),
        ({"decision": "corrected"}, "no_correction"),
        ({"decision": "corrected", "correction": "x" * 4001}, "correction_too_long"),
        ({"decision": "accepted", "why": "?"}, "bad_input"),
    ],
)
def test_bad_decisions_are_refused(client: Client, run: Run, body: Any, code: str) -> None:
    assert decide(client, run, 1, body, 400)["error"]["code"] == code


@pytest.mark.parametrize(
    "path",
    [
        "/topics/2",
        "/topics/99999999999999999999",
        "/topics/1/sources/9",
        "/topics/1/sources/99999999999999999999",
    ],
)
def test_what_is_not_there(client: Client, run: Run, path: str) -> None:
    answer = client.get(f"/api/runs/{run.pk}{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_claim_that_is_not_there(client: Client, run: Run) -> None:
    decide(client, run, 3, {"decision": "accepted"}, 404)
    decide(client, run, 10**20, {"decision": "accepted"}, 404)


def test_the_description_has_the_shapes(client: Client) -> None:
    described = json.dumps(client.get("/api/openapi.json").json())
    for name in ("TopicDetail", "ClaimOut", "SourceDetail", "DecisionIn", "/claims/{index}"):
        assert name in described
