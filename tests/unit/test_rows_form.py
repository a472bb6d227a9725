"""Rows on the form, as a browser without JavaScript sends them: looked at first, then started."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from research.runs import engines
from research.runs.models import Run
from tests.support.workbooks import workbook

pytestmark = pytest.mark.django_db

TABLE = "company\tsite\nQdrant\thttps://q.example\nMilvus\thttps://m.example\n"


@pytest.fixture(autouse=True)
def no_crew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


def send(client: Client, rows: str = "", path: str = "/", **fields: Any) -> Any:
    return client.post(path, {"source": "rows", "rows": rows, "model": "offline", **fields})


def look(client: Client, rows: str = "", **fields: Any) -> str:
    answer = send(client, rows, step="rows", **fields)
    assert answer.status_code == 200
    return str(answer.content.decode())


def seen(page: str) -> str:
    """What the page says that was looked at."""
    (digest,) = re.findall(r'name="looked_at" value="(\w+)"', page)
    return str(digest)


def chosen(page: str, name: str) -> str:
    part = re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)
    assert part
    (option,) = re.findall(r"selected>([^<]*)", part[0])
    return str(option)


def test_what_will_run_is_shown_and_then_run(client: Client) -> None:
    page = look(client, TABLE)
    assert "2 rows will run." in page and "cells separated by tabs" in page
    assert (chosen(page, "header"), chosen(page, "topic_column")) == (
        "names the columns",
        "company",
    )
    assert "{site}" in page and "https://m.example" in page and not Run.objects.exists()
    answer = send(client, TABLE, looked_at=seen(page))
    run = Run.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/runs/{run.id}/")
    assert [(topic.text, topic.inputs) for topic in run.topics.all()] == [
        ("Qdrant", {"site": "https://q.example"}),
        ("Milvus", {"site": "https://m.example"}),
    ]


def test_nothing_runs_that_was_not_looked_at(client: Client) -> None:
    """A table that was changed after it was looked at is shown again first."""
    answer = send(client, TABLE)
    assert answer.status_code == 400 and "Look at what will run" in answer.content.decode()
    digest = seen(answer.content.decode())
    assert send(client, TABLE + "Weaviate\tx\n", looked_at=digest).status_code == 400
    assert send(client, TABLE, looked_at=digest, header="no").status_code == 400
    assert not Run.objects.exists()


def test_an_upload_comes_back_as_text(client: Client) -> None:
    content = workbook([["company", "note"], ["Qdrant", "one\ntwo"]])
    page = look(client, rows_file=SimpleUploadedFile("list.xlsx", content))
    assert "1 row will run." in page and "Read as XLSX" in page
    text = re.search(r'<textarea id="rows".*?>\n(.*?)</textarea>', page, re.DOTALL)
    assert text and text[1] == "company\tnote\nQdrant\t&quot;one\ntwo&quot;\n"
    rows = text[1].replace("&quot;", '"').replace("\n", "\r\n")  # as browsers send it
    send(client, rows, looked_at=seen(page))
    assert Run.objects.get().topics.get().inputs == {"note": "one two"}


def test_the_header_and_the_topics_column_can_be_chosen(client: Client) -> None:
    page = look(client, TABLE, header="no", topic_column="2")
    assert "3 rows will run." in page
    assert (chosen(page, "header"), chosen(page, "topic_column")) == (
        "is a row like the others",
        "column 2",
    )


def test_a_column_that_another_table_had_is_forgotten(client: Client) -> None:
    assert "2 rows will run." in look(client, "asyncio\nqueues\n", topic_column="2")


def test_problems_are_named_and_may_be_left_out(client: Client) -> None:
    rows = TABLE + "\thttps://nobody.example\n"
    page = look(client, rows)
    assert "1 line cannot run" in page
    assert "Line 4: “company”, which is the topic, is empty." in page
    answer = send(client, rows, looked_at=seen(page))
    assert answer.status_code == 400 and "Some rows cannot run." in answer.content.decode()
    assert send(client, rows, looked_at=seen(page), leave_out="1").status_code == 302
    assert Run.objects.get().topics.count() == 2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", "Paste a table or choose a file"),
        ("\n \n", "Paste a table or choose a file"),
        ("topic,site\n,x\n,y\n", "None of the rows can run."),
        ("[{}]", "The table is JSON, not a table."),
        ("a,b\n" + ",".join("x" * 500), "has 500 columns at line 2"),
        ("\n".join(f"t{n}" for n in range(300)), "holds 300 rows, and a run takes at most 200"),
    ],
)
def test_rows_that_cannot_run_come_back_whole(client: Client, rows: str, message: str) -> None:
    answer = send(client, rows)
    page = answer.content.decode()
    assert answer.status_code == 400 and message in page
    assert "The rows do not run yet: see below." in page
    assert rows.strip().splitlines()[:1] == [] or rows.splitlines()[0][:40] in page


def test_a_file_of_another_kind_is_named(client: Client) -> None:
    page = look(client, TABLE, rows_file=SimpleUploadedFile("a.pdf", b"%PDF-1.7"))
    assert "a.pdf is a PDF, not a table." in page and "Milvus" in page


def test_topics_and_rows_both_stay_and_one_of_them_runs(client: Client) -> None:
    page = look(client, TABLE, topics="asyncio")
    assert ">\nasyncio</textarea>" in page
    client.post("/", {"source": "topics", "rows": TABLE, "topics": "asyncio", "model": "offline"})
    assert Run.objects.get().topics.get().text == "asyncio"


def test_another_error_keeps_the_rows(client: Client) -> None:
    digest = seen(look(client, TABLE))
    answer = send(client, TABLE, looked_at=digest, model="no/such")
    page = answer.content.decode()
    assert answer.status_code == 400 and "No provider is known" in page
    assert seen(page) == digest and 'value="rows" checked' in page


def test_columns_are_asked_of_rows(client: Client) -> None:
    columns = {
        "columns-TOTAL_FORMS": "1", "columns-INITIAL_FORMS": "0",
        "columns-0-name": "License", "columns-0-type": "text",
    }  # fmt: skip
    digest = seen(look(client, TABLE, **columns))
    assert send(client, TABLE, looked_at=digest, **columns).status_code == 302
    assert [column["name"] for column in Run.objects.get().columns] == ["License"]


def test_the_part_alone_is_for_scripts(client: Client) -> None:
    answer = send(client, TABLE, path="/rows/")
    assert answer.status_code == 200 and "2 rows will run." in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert client.get("/rows/").status_code == 405


def test_markup_is_text(client: Client) -> None:
    page = look(client, "topic,<b>x</b>\n<script>alert(1)</script>,<i>y\n")
    assert "<script>alert" not in page and "<b>x</b>" not in page and "<i>y" not in page


def test_what_was_merged_is_told(client: Client) -> None:
    rows = TABLE + "Qdrant\thttps://q.example\n\n"
    page = look(client, rows)
    assert "Line 4 is repeated and merged." in page and "1 empty line is left out." in page
    answer = send(client, rows, looked_at=seen(page))
    assert [str(message) for message in get_messages(answer.wsgi_request)] == []
