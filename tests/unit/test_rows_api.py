"""Rows by the API: inputs are kept with their topics, and errors name the row."""

from typing import Any

import pytest
from django.test import Client

from research.runs import engines
from research.runs.models import Blueprint, Run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_crew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


def submit(client: Client, rows: Any, **more: Any) -> Any:
    body = {"rows": rows, "model": "offline", **more}
    return client.post("/api/runs", body, content_type="application/json")


def test_rows_become_topics_with_inputs(client: Client) -> None:
    rows = [
        {"topic": "Qdrant", "website": " https://qdrant.tech ", "year": 2021, "open": True},
        {"website": "https://milvus.io", "Topic": "Milvus"},
        {"name": "Weaviate", "note": None},
        {},
    ]
    answer = submit(client, rows)
    assert answer.status_code == 202, answer.content
    topics = client.get(f"/api/runs/{answer.json()['id']}").json()["topics"]
    assert [(topic["topic"], topic["inputs"]) for topic in topics] == [
        ("Qdrant", {"website": "https://qdrant.tech", "year": "2021", "open": "yes"}),
        ("Milvus", {"website": "https://milvus.io"}),
        ("Weaviate", {"note": ""}),
    ]


def test_repeated_rows_are_merged_and_repeated_topics_kept(client: Client) -> None:
    submit(client, [{"topic": "A", "x": "1"}, {"topic": "A", "x": "1"}, {"topic": "A", "x": "2"}])
    assert [topic.inputs for topic in Run.objects.get().topics.all()] == [{"x": "1"}, {"x": "2"}]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"topic": "a", "x": ["list"]}, "the value of 'x' is neither a text nor a number"),
        ({"topic": "a", "x": "\x07"}, "the value of 'x' holds a control character (U+0007)"),
        ({"topic": "a", "x": "y" * 4001}, "the value of 'x' is 4,001 characters long"),
        ({"topic": "a" * 1001}, "the topic is 1,001 characters long"),
        ({"topic": "", "x": "y"}, "it has no topic"),
        ({"topic": "a", "x": "1", " X": "2"}, "two of its values have the same name"),
        ({"topic": "a", "": "1"}, "the name '' has to have 1 to 80 characters"),
        ({f"c{n}": "x" for n in range(500)}, "it has 500 values; 100 is the most"),
    ],
)
def test_an_error_names_the_row(client: Client, row: Any, reason: str) -> None:
    answer = submit(client, [{"topic": "fine"}, row])
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "bad_row"
    assert error["message"].startswith(f"Row 2 cannot be run: {reason}")
    assert not Run.objects.exists()


def test_a_blueprint_names_inputs_of_any_script(client: Client) -> None:
    """As the header is written, in any case; a row without one is told before anything runs."""
    quick = Blueprint.objects.get(name="quick")
    task = next(iter(quick.definition["tasks"].values()))
    task["description"] += ' See {साइट} and {Home page}, not {"this": 1} {x: y}.'
    Blueprint.objects.create(name="mine", title="Mine", definition=quick.definition)
    rows = [{"topic": "a", "साइट": "s", "home page": "h"}]
    assert submit(client, rows, blueprint="mine").status_code == 202
    error = submit(client, [*rows, {"topic": "b", "साइट": "s"}], blueprint="mine").json()["error"]
    assert error["message"].startswith("The blueprint asks for {Home page}, which row 2 does not")


@pytest.mark.parametrize("rows", [[], [{}], [{"topic": " "}]])
def test_no_row_is_told(client: Client, rows: Any) -> None:
    assert submit(client, rows).json()["error"]["code"] == "no_topics"


def test_more_rows_than_may_run_are_refused(client: Client) -> None:
    error = submit(client, [{"topic": f"t{n}"} for n in range(201)]).json()["error"]
    assert error["code"] == "too_many_topics" and "201" in error["message"]
    assert submit(client, [{"topic": "x"}] * 2001).status_code == 400
