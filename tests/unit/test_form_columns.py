"""Columns in the form: asked for with a run, added step by step, kept under a name."""

from typing import Any

import pytest
from django.test import Client

from research.runs import engines
from research.runs.models import ColumnTemplate, Run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


def post(client: Client, *columns: dict[str, str], **fields: str) -> Any:
    typed = {"topics": "asyncio\nlogging\npathlib", "blueprint": "quick", "model": "offline"}
    counts = {"columns-TOTAL_FORMS": str(len(columns)), "columns-INITIAL_FORMS": "0"}
    named = {
        f"columns-{n}-{name}": value
        for n, column in enumerate(columns)
        for name, value in column.items()
    }
    return client.post("/", typed | counts | named | fields)


KIND = {"name": "kind", "type": "choice", "choices": "library, framework", "ask": "What is it?"}
SIZE = {"name": "size", "type": "number", "unit": "MB"}
EMPTY = {"name": "", "type": "text"}


def test_columns_are_asked_of_every_row(client: Client) -> None:
    assert post(client, KIND, EMPTY, SIZE, pilot="2", keep_columns="Software").status_code == 302
    run = Run.objects.get()
    assert [(c["name"], c["choices"]) for c in run.columns] == [
        ("kind", ["library", "framework"]),
        ("size", []),
    ]
    assert (run.topics.count(), len(run.waiting)) == (2, 1)
    assert ColumnTemplate.objects.get().columns == run.columns


@pytest.mark.parametrize(
    ("columns", "fields", "said"),
    [
        ([KIND, KIND], {}, "Two columns are called"),
        ([{"name": "", "ask": "What?"}], {}, "Column 1 has no name"),
        ([KIND | {"choices": "one"}], {}, "names no choices"),
        ([KIND | {"type": "colour"}], {}, "Column 1 cannot be read"),
        ([KIND], {"pilot": "none"}, "a whole number of rows"),
        ([KIND], {"pilot": "0"}, "a whole number of rows"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: Client, columns: list[dict[str, str]], fields: dict[str, str], said: str
) -> None:
    response = post(client, *columns, **fields)
    page = response.content.decode()
    assert response.status_code == 400 and said in page
    assert "asyncio\nlogging" in page
    assert f'value="{columns[0]["name"]}"' in page
    assert not Run.objects.exists()


def test_a_step_adds_a_column_and_starts_nothing(client: Client) -> None:
    page = post(client, SIZE, step="column").content.decode()
    assert 'name="columns-1-name"' in page and 'value="size"' in page and 'value="MB"' in page
    assert "asyncio\nlogging" in page and 'role="alert"' not in page
    assert not Run.objects.exists()


def test_kept_columns_are_used_again(client: Client) -> None:
    ColumnTemplate.objects.keep("Software", [KIND | {"choices": ["library", "framework"]}])
    page = post(client, step="template", column_template="Software").content.decode()
    assert 'value="library, framework"' in page and "asyncio\nlogging" in page
