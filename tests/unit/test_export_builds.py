"""Files that take a while: a few at a time, found again by their page, kept for a while."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from research.exceptions import ExportFailed
from research.runs.models import Run
from research.web.export import builds as module
from research.web.export import limits
from research.web.export.builds import Builds
from research.web.export.snapshot import Run as Snapshot
from research.web.export.writing import File
from tests.support.exports import export, finished_run

pytestmark = pytest.mark.django_db


class Writer:
    """Writes nothing until it may: a file that takes as long as a test wants."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.begun = threading.Semaphore(0)
        self.written: list[str] = []

    def __call__(self, run: Snapshot, format: str, progress: Any) -> File:
        self.written.append(format)
        progress(1, len(run.topics))
        self.begun.release()
        self.may_go_on.wait()
        if format == "html":
            raise ExportFailed(format=format)
        return File(f"{run.id} {format}".encode(), "One character is missing.")


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    writer = Writer()
    monkeypatch.setattr(module, "write", writer)
    own = Builds()
    for place in ("endpoint", "views"):
        monkeypatch.setattr(f"research.web.export.{place}.builds", own)
    monkeypatch.setattr("research.web.templatetags.research.builds", own)
    yield writer
    writer.may_go_on.set()


@pytest.fixture
def run() -> Run:
    return finished_run("One.", "Two.")


def start(client: Client, run: Run, status: int = 202, **fields: Any) -> dict[str, Any]:
    answer = client.post(f"/runs/{run.pk}/exports/", fields)
    assert answer.status_code == status, answer.content
    return dict(json.loads(answer.content))


def look(client: Client, told: dict[str, Any]) -> dict[str, Any]:
    return dict(client.get(told["place"]).json())


def wait_for_end(client: Client, told: dict[str, Any]) -> dict[str, Any]:
    while look(client, told)["state"] in ("waiting", "writing"):
        threading.Event().wait(0.02)
    return look(client, told)


def test_a_page_follows_a_file_and_fetches_it(client: Client, run: Run, writer: Writer) -> None:
    told = start(client, run, format="pdf")
    writer.begun.acquire()
    now = look(client, told)
    assert (now["state"], now["done"], now["total"], now["label"]) == ("writing", 1, 2, "PDF")
    assert client.get(told["file"]).status_code == 404  # not yet
    assert told["place"] in client.get(f"/runs/{run.pk}/").content.decode()  # after a reload too
    writer.may_go_on.set()
    ended = wait_for_end(client, told)
    assert (ended["state"], ended["warning"]) == ("ready", "One character is missing.")
    file = client.get(told["file"])
    assert file.content == f"{run.pk} pdf".encode() and file["Content-Type"] == "application/pdf"
    assert told["place"] not in client.get(f"/runs/{run.pk}/").content.decode()


def test_what_is_asked_for_twice_is_written_once(client: Client, run: Run, writer: Writer) -> None:
    first, second = start(client, run, format="pdf"), start(client, run, format="pdf")
    other = start(client, run, format="pdf", topic="2")
    assert first["place"] == second["place"] != other["place"]
    writer.may_go_on.set()
    wait_for_end(client, first)
    wait_for_end(client, other)
    assert export(client, run, format="pdf").content == f"{run.pk} pdf".encode()
    assert len(writer.written) == 2


def test_a_changed_run_is_written_anew(client: Client, run: Run, writer: Writer) -> None:
    writer.may_go_on.set()
    first = start(client, run, format="pdf")
    wait_for_end(client, first)
    run.topics.filter(position=1).update(result="Another.")
    assert start(client, run, format="pdf")["place"] != first["place"]


def test_only_so_many_wait(
    client: Client, run: Run, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_WAITING", 2)
    for topic in (1, 2):
        start(client, run, format="pdf", topic=topic)
    refused = start(client, run, 503, format="docx")["error"]
    assert refused["code"] == "too_many_exports" and "2 exports" in refused["message"]
    assert export(client, run, 503, format="docx").json()["error"]["code"] == "too_many_exports"
    assert export(client, run, format="md").content  # what is written at once still is


def test_only_so_many_files_are_kept(
    client: Client, run: Run, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_KEPT", 1)
    writer.may_go_on.set()
    first, second = (start(client, run, format="pdf", topic=topic) for topic in (1, 2))
    for told in (first, second):
        wait_for_end(client, told)
    start(client, run, format="docx")
    gone = [client.get(told["place"]).status_code for told in (first, second)]
    assert sorted(gone) == [200, 404]


def test_a_failure_is_told(client: Client, run: Run, writer: Writer) -> None:
    told = start(client, run, format="html")
    writer.may_go_on.set()
    ended = wait_for_end(client, told)
    assert ended["state"] == "failed" and "could not be written" in ended["error"]
    assert client.get(told["file"]).status_code == 500


def test_a_deleted_runs_file_is_gone(client: Client, run: Run, writer: Writer) -> None:
    writer.may_go_on.set()
    told = start(client, run, format="pdf")
    wait_for_end(client, told)
    Run.objects.all().delete()
    assert client.get(told["file"]).status_code == 404


@pytest.mark.parametrize("fields", [{}, {"format": "md"}, {"format": "pdf", "topic": "x"}])
def test_bad_requests_are_refused(client: Client, run: Run, fields: dict[str, str]) -> None:
    assert start(client, run, 400, **fields)["error"]["code"] == "bad_input"


def test_what_is_not_there(client: Client, run: Run) -> None:
    assert client.get(f"/runs/{run.pk}/exports/none/").status_code == 404
    assert start(client, run, 404, format="pdf", topic="7")["error"]["code"] == "not_found"
