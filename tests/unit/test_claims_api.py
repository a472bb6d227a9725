"""`POST /api/check`: a text and its sources in, claims with verdicts out; nothing is stored."""

from threading import BoundedSemaphore
from typing import Any

import pytest
from django.test import Client

from research.web.api import claim_check

SOURCE = {"number": 1, "title": "Bees", "url": "https://bees.org/", "text": "A hive has one queen."}


def post(client: Client, body: Any) -> Any:
    return client.post("/api/check", body, content_type="application/json")


def test_claims_have_verdict_and_evidence(client: Client) -> None:
    text = "## Bees\n\nA hive has one queen [1]. It holds 70,000 bees [1]."
    told = post(client, {"text": text, "sources": [SOURCE]}).json()
    quoted, other = told["claims"]
    assert quoted["verdict"] == "quoted" and quoted["citations"] == [1] and quoted["by"] == "text"
    assert quoted["evidence"] == [
        {"source": 1, "start": 0, "end": 20, "quote": SOURCE["text"][:20]}
    ]
    assert text[other["start"] : other["end"]] == other["text"]
    assert other["verdict"] == "invented" and "70,000" in other["reason"]
    assert told["checked"]["claims"] == 2 and told["checked"]["quoted"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"sources": []}, "bad_input"),
        ({"text": "a", "sources": [{"number": 0, "text": ""}]}, "bad_input"),
        ({"text": "a", "sources": [SOURCE, SOURCE]}, "same_number"),
        ({"text": "a", "sources": [SOURCE] * 201}, "too_many_sources"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_a_reason(
    client: Client, body: Any, code: str
) -> None:
    answer = post(client, body)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == code


def test_it_is_described(client: Client) -> None:
    assert "/api/check" in client.get("/api/openapi.json").json()["paths"]


def test_a_text_without_sources_is_uncited(client: Client) -> None:
    told = post(client, {"text": "A hive has a queen."}).json()
    assert [claim["verdict"] for claim in told["claims"]] == ["uncited"]


def test_checks_that_find_no_place_are_told_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_check, "_PLACES", BoundedSemaphore(1))
    body = {"text": "A hive has one queen [1].", "sources": [SOURCE]}
    assert post(client, body).status_code == 200 == post(client, body).status_code
    with claim_check._PLACES:
        answer = post(client, body)
    assert answer.status_code == 503 and answer.json()["error"]["code"] == "too_many_checks"
