"""Where a run looks: asked for once, kept with it, and the same in every way in."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from research.exceptions import BadInput, IdempotencyKeyReused
from research.runs.again import again
from research.runs.models import Run
from research.runs.submission import Submission
from research.sources.where import Where

pytestmark = pytest.mark.django_db(transaction=True)

ASKED: dict[str, Any] = {
    "where": "web",
    "sites": ["https://docs.python.org/3/", "*.example.org"],
    "not_sites": ["www.example.org"],
    "since": "2025-01-31",
    "language": "pt-BR",
}
KEPT = {**ASKED, "sites": ["docs.python.org/3", "example.org"], "not_sites": ["example.org"]}
MODEL = "openai/gpt-4o-mini"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef")
    monkeypatch.setenv("SERPER_API_KEY", "serper-0123456789")


def post(client: Client, **asked: Any) -> Any:
    body = {"topics": ["bees"], "model": MODEL, **asked}
    return client.post("/api/runs", json.dumps(body), content_type="application/json")


def shown(run: dict[str, Any]) -> dict[str, Any]:
    return {name: run[name] for name in ASKED}


def test_by_the_api(client: Client) -> None:
    run = post(client, **ASKED).json()["id"]
    assert shown(client.get(f"/api/runs/{run}").json()) == KEPT


def test_by_the_form(client: Client) -> None:
    asked = {**ASKED, "sites": "https://docs.python.org/3/, *.example.org", "model": MODEL}
    answer = client.post("/", {"topics": "bees", "blueprint": "quick", **asked})
    assert answer.status_code == 302, answer.content.decode()
    assert Run.objects.get().where == KEPT
    page = client.get(answer["Location"]).content.decode()
    assert "only docs.python.org/3, example.org" in page and "not before 2025-01-31" in page


def test_without_a_word_it_is_anywhere(client: Client) -> None:
    run = post(client).json()["id"]
    anywhere = {"where": "both", "sites": [], "not_sites": [], "since": None, "language": None}
    assert shown(client.get(f"/api/runs/{run}").json()) == anywhere


def test_a_run_from_before_the_choice_is_anywhere() -> None:
    run = Run.objects.create(blueprint="quick", definition={}, model="offline")
    assert run.look == Where() and run.look.in_words() == []


def test_again_looks_where_it_looked() -> None:
    run = Submission.check(
        ["bees"], model=MODEL, where=Where.parse("web", ["example.org"])
    ).submit()
    assert again(run).submit().look == run.look


def test_a_key_belongs_to_where_it_looked() -> None:
    def submit(**asked: Any) -> Run:
        return Submission.check(["bees"], model=MODEL, where=Where.parse(**asked)).submit("key")

    run = submit(sites=["example.org"])
    assert submit(sites=["example.org"]) == run
    with pytest.raises(IdempotencyKeyReused):
        submit(sites=["example.com"])


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"where": "moon"}, "unknown_where", "where"),
    ({"sites": ["not a site"]}, "not_a_site", "sites"),
    ({"sites": ["ftp://example.org"]}, "not_a_site", "sites"),
    ({"sites": ["localhost"]}, "not_a_site", "sites"),
    ({"not_sites": ["http://[::1"]}, "not_a_site", "sites"),
    ({"sites": [f"a{n}.example" for n in range(31)]}, "too_many_sites", "sites"),
    ({"since": "yesterday"}, "not_a_date", "since"),
    ({"since": "2025-02-30"}, "not_a_date", "since"),
    ({"since": "2999-01-01"}, "not_a_date", "since"),
    ({"language": "klingon!"}, "not_a_language", "language"),
    ({"where": "library", "since": "2025-01-01"}, "only_of_the_web", "where"),
    ({"where": "web", "model": "offline"}, "no_web_search", "where"),
    ({"sites": ["example.org"], "model": "offline"}, "no_web_search", "where"),
]


@pytest.mark.parametrize(("asked", "code", "field"), BAD)
def test_what_cannot_be_is_refused_in_a_sentence(
    client: Client, asked: dict[str, Any], code: str, field: str
) -> None:
    answer = post(client, **asked)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == code
    assert not Run.objects.exists()
    if "sites" in code or code == "not_a_site":
        typed = {name: " ".join(sites) for name, sites in asked.items()}
    else:
        typed = {n: " ".join(v) if isinstance(v, list) else v for n, v in asked.items()}
    form = client.post("/", {"topics": "bees", "model": MODEL, **typed})
    assert form.status_code == 400 and f'id="{field}-error"' in form.content.decode()


def test_the_web_without_an_engine_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SERPER_API_KEY")
    answer = post(client, where="web").json()["error"]
    assert answer["code"] == "no_web_search" and "RESEARCH_SEARCH" in answer["message"]
    assert post(client).status_code == 202
    assert post(client, where="library").status_code == 202


def test_by_the_command_line() -> None:
    with pytest.raises(CommandError, match="is not a day that was"):
        call_command("research", "bees", "--since", "soon", stdout=StringIO())
    with pytest.raises(CommandError, match="asks for the web, and the model offline"):
        call_command("research", "bees", "--model", "offline", "--site", "example.org")


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://example.org/", True),
        ("https://a.b.example.org:8443/x?y#z", True),
        ("https://example.org.evil.example/", False),
        ("https://notexample.org/", False),
        ("https://evil.example/?u=example.org", False),
        ("https://example.com/guide", True),
        ("https://example.com/guide/1", True),
        ("https://example.com/guides", False),
        ("https://example.com/", False),
        ("https://no.example.org/", False),
    ],
)
def test_a_site_is_a_domain_with_those_below_it(url: str, is_allowed: bool) -> None:
    where = Where.parse(sites=["example.org", "example.com/guide"], not_sites=["no.example.org"])
    assert (where.refusal(url) == "") == is_allowed


def test_what_is_kept_reads_back() -> None:
    where = Where.parse(**{"place" if n == "where" else n: value for n, value in ASKED.items()})
    assert Where.of(where.as_json()) == where
    with pytest.raises(BadInput):
        Where.parse("nowhere")
