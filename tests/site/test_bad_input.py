"""Whatever is sent, the answer is a clear 4xx in one shape, and the site goes on."""

from typing import Any

import pytest

from tests.support.site import Site

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"topics": []}, "no_topics"),
        ({"topics": ["", "  \n "]}, "no_topics"),
        ({"topics": ["x"] * 100_000}, "too_many_topics"),
        ({"topics": [f"topic {n}" for n in range(201)]}, "too_many_topics"),
        ({"topics": ["x" * 100_000]}, "topic_too_long"),
        ({"topics": ["a\x00b"]}, "control_characters"),
        ({"topics": ["\x1b[31m"]}, "control_characters"),
        ({"topics": "one"}, "bad_input"),
        ({"topics": [1]}, "bad_input"),
        ({"topics": ["x"], "model": 7}, "bad_input"),
        ({"topics": ["x"], "blueprint": "none"}, "unknown_blueprint"),
        ({"topics": ["x"], "model": "no/such"}, "unknown_model"),
        ({"topics": ["x"], "model": "mistral/small"}, "missing_key"),
        ({"topics": ["x"], "budget": 5}, "bad_input"),
        ({"topics": ["x"], "budget": {"tokens": "many"}}, "bad_input"),
        ({"topics": ["x"], "budget": {"token": 5}}, "bad_input"),
        ({"topics": ["x"], "budget": {"tokens": 0}}, "bad_token_budget"),
        ({"topics": ["x"], "budget": {"tokens": 10**30}}, "bad_token_budget"),
        ({"topics": ["x"], "budget": {"usd": "-0.5"}}, "bad_money_budget"),
        ({"topics": ["x"], "budget": {"usd": "0.5"}}, "no_price"),
        ([], "bad_input"),
    ],
)
@pytest.mark.parametrize("path", ["/api/runs", "/research"])
def test_a_bad_submission_is_refused(site: Site, path: str, body: Any, code: str) -> None:
    answer = site.post(path, body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"].endswith(".")


@pytest.mark.parametrize("text", [b"{broken", b"", b"\xff\xfe", b'{"topics": ["\\ud800"]}'])
def test_a_broken_body_is_refused(site: Site, text: bytes) -> None:
    answer = site.client.post("/api/runs", content=text, headers=JSON)
    assert 400 <= answer.status_code < 500
    assert set(answer.json()["error"]) == {"code", "message"}


def test_a_huge_body_is_refused(site: Site) -> None:
    answer = site.client.post("/api/runs", content=b" " * 11_000_000, headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body_too_large"


@pytest.mark.parametrize("run", ["nonsense", "0f0f0f0f-0000-4000-8000-000000000000"])
@pytest.mark.parametrize("path", ["/api/runs/{}", "/api/runs/{}/events"])
def test_an_unknown_run_is_not_found(site: Site, path: str, run: str) -> None:
    answer = site.get(path.format(run))
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_bad_queries_of_the_list_are_refused(site: Site) -> None:
    assert site.get("/api/runs?status=great").status_code == 400
    assert site.get("/api/runs?cursor=elsewhere").status_code == 400


def test_blank_lines_and_repeats_are_left_out(site: Site) -> None:
    run = site.submit("one", " one ", "", "two   words")
    assert [topic["topic"] for topic in run["topics"]] == ["one", "two words"]
