"""Runs are named, starred, searched for and deleted."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client

from research.ops.database import empty_log
from research.runs import control, deletion
from research.runs.events import record
from research.runs.models import Event, Run, Source, Status, Topic
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db


def submitted(*topics: str) -> Run:
    return Submission.check(topics, "quick", "offline").submit()


def ended(*topics: str, result: str = "A result.") -> Run:
    run = submitted(*topics)
    Topic.objects.claim(Topic.objects.next_in_line(9, run.pk), "here:1")
    for topic in run.topics.all():
        Source.objects.create(topic=topic, number=1, title="Seen", text="As seen.")
        record(topic.succeed(result))
    return Run.objects.get(pk=run.pk)


def change(client: Client, run: Run, **fields: Any) -> Any:
    return client.patch(f"/api/runs/{run.pk}", json.dumps(fields), "application/json")


def test_a_run_is_named_and_starred_through_the_api(client: Client) -> None:
    run = submitted("bees")
    shown = change(client, run, name="  All about\n bees ", starred=True).json()
    assert (shown["name"], shown["starred"]) == ("All about bees", True)
    assert change(client, run, name="").json()["starred"]
    listed = client.get("/api/runs?starred=true").json()["runs"]
    assert [(row["id"], row["name"]) for row in listed] == [(str(run.pk), "")]
    assert client.get("/api/runs?starred=false").json()["runs"] == []


@pytest.mark.parametrize("fields", [{"name": "x" * 201}, {"nmae": "x"}, {"starred": "perhaps"}])
def test_a_name_that_cannot_be_is_refused(client: Client, fields: dict[str, Any]) -> None:
    run = submitted("bees")
    assert change(client, run, **fields).status_code == 400
    assert Run.objects.get().name == ""


def test_a_run_is_named_and_starred_on_its_page(client: Client) -> None:
    run = submitted("bees", "wasps")
    client.post(f"/runs/{run.pk}/name/", {"name": "<b>Insects</b>"})
    client.post(f"/runs/{run.pk}/star/", {"starred": "on"})
    for path in (f"/runs/{run.pk}/", "/runs/", "/runs/?starred=on", "/runs/?q=insects"):
        page = client.get(path).content.decode()
        assert "&lt;b&gt;Insects&lt;/b&gt;" in page and "★" in page
    client.post(f"/runs/{run.pk}/star/", {"starred": ""})
    assert "No run matches" in client.get("/runs/?starred=on").content.decode()


def test_the_history_finds_topics_with_the_words_in_context(client: Client) -> None:
    words = "Before it. " * 40 + "The <i>Waggle</i> dance tells of food. " + "After it. " * 40
    run = ended("bees", "wasps", "ants", result=words)
    page = client.get("/runs/?q=waggle+BEES").content.decode()
    assert f'href="/runs/{run.pk}/1/"' in page
    assert "<mark>bees</mark>" in page and "&lt;i&gt;<mark>Waggle</mark>&lt;/i&gt; dance" in page
    assert page.count("<p dir=") == 3 and len(page) < 12_000
    assert "<mark>" not in client.get("/runs/").content.decode()


def test_what_is_looked_for_is_text(client: Client) -> None:
    ended("100% <b>sure</b>", result="a.b")
    page = client.get("/runs/", {"q": "% <b>"}).content.decode()
    assert "100<mark>%</mark> <mark>&lt;b&gt;</mark>sure" in page
    assert "No run matches" in client.get("/runs/", {"q": "axb"}).content.decode()


def test_a_long_query_costs_no_more_than_a_short_one(client: Client) -> None:
    ended("bees")
    assert client.get("/runs/", {"q": "b " * 100}).status_code == 200
    assert client.get("/api/runs", {"q": "b" * 201}).json()["error"]["code"] == "query_too_long"
    assert client.get("/admin/research/run/", {"q": "b c d e " * 500}).status_code == 200


def test_a_run_is_deleted_through_the_api(client: Client) -> None:
    run, other = ended("bees"), ended("wasps")
    assert client.delete(f"/api/runs/{run.pk}").status_code == 204
    assert client.get(f"/api/runs/{run.pk}").status_code == 404
    assert client.delete(f"/api/runs/{run.pk}").status_code == 404
    assert list(Topic.objects.values_list("run", flat=True)) == [other.pk]
    assert not Event.objects.filter(run=run.pk).exists() and Source.objects.count() == 1


def test_a_run_at_work_is_not_deleted(client: Client) -> None:
    run = submitted("bees")
    refused = client.delete(f"/api/runs/{run.pk}")
    assert refused.status_code == 409 and "Cancel it first" in refused.content.decode()
    client.post(f"/runs/{run.pk}/delete/")
    assert Run.objects.count() == 1
    control.cancel(run)
    assert client.delete(f"/api/runs/{run.pk}").status_code == 204


def test_the_page_asks_before_it_deletes(client: Client) -> None:
    run = ended("bees")
    assert "Delete this run?" in client.get(f"/runs/{run.pk}/delete/").content.decode()
    page = client.post(f"/runs/{run.pk}/delete/", follow=True).content.decode()
    assert "The run is deleted." in page and Run.objects.count() == 0


def test_the_admin_asks_before_it_deletes(client: Client) -> None:
    gone, at_work = ended("bees"), submitted("wasps")
    chosen = {"action": "delete_for_good", "_selected_action": [str(gone.pk), str(at_work.pk)]}
    asked = client.post("/admin/research/run/", chosen).content.decode()
    assert "bees" in asked and "wasps" in asked and Run.objects.count() == 2
    told = client.post("/admin/research/run/", {**chosen, "sure": "yes"}, follow=True)
    assert "1 deleted." in told.content.decode() and "1 still at work" in told.content.decode()
    assert Run.objects.get() == at_work


def test_the_admins_log_forgets_a_deleted_run(client: Client) -> None:
    client.get("/")
    run = ended("bees")
    topic = run.topics.get()
    client.post(f"/admin/research/topic/{topic.pk}/change/", {"review": "approved"})
    deletion.delete(run)
    assert not LogEntry.objects.filter(object_repr__contains="bees").exists()


def test_old_runs_go_by_themselves(settings: Any) -> None:
    old, retried, new = ended("old"), submitted("retried"), ended("new")
    Run.objects.exclude(pk=new.pk).update(created_at="2020-01-01T00:00Z")
    Run.objects.filter(pk=old.pk).update(finished_at="2020-01-01T00:00Z", starred=True)
    Run.objects.filter(pk=retried.pk).update(status=Status.RUNNING)
    assert deletion.sweep() == 0
    settings.RESEARCH_KEEP_DAYS = 30
    assert deletion.sweep() == 1
    assert set(Run.objects.values_list("pk", flat=True)) == {retried.pk, new.pk}


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_deleted_runs_text_stays_in_the_files() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's files: the tests run on another database")
    secret = "Xylophagous-Quetzalcoatl"
    kept = ended("kept topic " * 20, result="Something that stays. " * 500)
    run = ended(f"{secret} topic", result=f"{secret} result. " * 2000)
    control.rename(run, f"{secret} name")
    source = Source.objects.get(topic__run=run)
    for length in (100, 3000, 50):  # text that grows and shrinks leaves pages behind
        Source.objects.filter(pk=source.pk).update(text=f"{secret} source " * length)
    files = [Path(connection.settings_dict["NAME"] + end) for end in ("", "-wal")]
    assert secret.encode() in files[1].read_bytes()
    assert empty_log() and secret.encode() in files[0].read_bytes()
    control.rename(run, f"{secret} name again")
    deletion.delete(run)
    for file in files:
        assert secret.encode() not in file.read_bytes()
    assert Run.objects.get() == kept
