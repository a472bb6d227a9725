"""The admin, as the person at the keyboard meets it: signed in, looking, reviewing, exporting."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from research.runs.models import Blueprint, Run, Status, TaskResult, Topic
from tests.support.rows import LISTS, change_page, make_run, page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["run", "topic", "taskresult", "source", "event"])
def test_what_happened_is_neither_added_nor_deleted(client, model):
    make_run("bees")
    assert client.get(reverse(f"admin:research_{model}_add")).status_code == 403
    found = apps.get_model("research", model).objects.get()
    assert client.get(reverse(f"admin:research_{model}_delete", args=[found.pk])).status_code == 403
    page_of(client, change_page(found))
    page_of(client, reverse(f"admin:research_{model}_changelist"))


@pytest.mark.parametrize("name", ["run", "topic", "taskresult", "source", "event"])
def test_a_list_costs_as_many_queries_for_50_rows_as_for_5(client, name):
    address = reverse(f"admin:research_{name}_changelist")
    page_of(client, address)  # the first request makes the local user
    costs = []
    for rows in (5, 50):
        while Run.objects.count() < rows:
            make_run("ants")
        with CaptureQueriesContext(connection) as queries:
            page_of(client, address)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_runs_are_counted_in_their_list(client):
    run = make_run("bees", "wasps", "ants")
    run.topics.filter(position=3).update(status=Status.FAILED)
    page = page_of(client, LISTS["run"])
    for column, number in {"topic": 3, "succeeded": 2, "failed": 1, "token": 360}.items():
        assert f'<td class="field-{column}_count">{number}</td>' in page
    assert "bees and 2 more" in page


def test_runs_are_found_by_topic_result_and_filter(client):
    make_run("bees", model="openai/gpt-4o-mini")
    make_run("wasps", status=Status.PARTIAL)
    for query in (
        {"q": "bees"},
        {"q": "known bees"},
        {"model": "openai/gpt-4o-mini"},
        {"status__exact": "succeeded"},
    ):
        page = page_of(client, LISTS["run"], **query)
        assert "bees" in page
        assert "wasps" not in page


def test_a_run_leads_to_its_topics_and_to_the_rest(client):
    run = make_run("bees")
    make_run("wasps")
    page = page_of(client, change_page(run))
    assert f'href="{change_page(run.topics.get())}">bees</a>' in page
    assert run.get_absolute_url() in page
    for model, lookup in {
        "topic": "run__id__exact",
        "event": "run__id__exact",
        "source": "topic__run__id__exact",
        "taskresult": "topic__run__id__exact",
    }.items():
        address = reverse(f"admin:research_{model}_changelist")
        assert f'href="{address}?{lookup}={run.pk}"' in page
        assert "wasps" not in page_of(client, address, **{lookup: str(run.pk)})


@pytest.mark.django_db(transaction=True)  # the export reads from a thread of its own
async def test_runs_are_exported_whole(async_client):
    run, other = (
        await sync_to_async(make_run)("bees", "wasps"),
        await sync_to_async(make_run)("ants"),
    )
    selected = [str(run.pk), str(other.pk)]
    response = await async_client.post(
        LISTS["run"], {"action": "export", "_selected_action": selected}
    )
    assert "attachment" in response["Content-Disposition"]
    document = b"".join([piece async for piece in response.streaming_content])
    found = {exported["id"]: exported for exported in json.loads(document)["runs"]}
    assert set(found) == set(selected)
    exported = found[str(run.pk)]
    assert exported["tokens"] == {"prompt": 200, "completion": 40, "total": 240}
    assert [topic["topic"] for topic in exported["topics"]] == ["bees", "wasps"]
    assert exported["topics"][0]["sources"][0]["text"] == "All of it."
    assert exported["topics"][0]["outputs"][0]["output"] == "Output on bees"
    assert [event["seq"] for event in exported["events"]] == [1, 2]


def test_a_topic_shows_its_result_rendered(client):
    topic = make_run("bees").topics.get()
    page = page_of(client, change_page(topic))
    assert "<strong>bees</strong> is known" in page
    assert 'href="#topic-1-source-1"' in page
    assert 'id="topic-1-source-1"' in page


def test_a_blueprint_that_comes_with_the_site_is_only_read(client):
    page = page_of(client, change_page(Blueprint.objects.get(name="quick")))
    assert "Research analyst" in page
    assert "<textarea" not in page


def test_an_own_blueprint_is_checked(client):
    add = reverse("admin:research_blueprint_add")
    assert "Research analyst" in page_of(client, add)
    definition = Blueprint.objects.get(name="quick").definition
    fields = {"name": "mine", "title": "Mine", "description": "My own."}
    page = client.post(add, fields | {"definition": '{"agents": {}, "command": "rm"}'})
    assert "command" in page.content.decode()
    client.post(add, fields | {"definition": json.dumps(definition)})
    assert Blueprint.objects.get(name="mine").definition == definition


def test_there_is_nothing_to_log_out_of(client):
    page = page_of(client, reverse("admin:index"))
    assert "logout" not in page
    assert "password" not in page


def test_what_the_crew_never_saw_is_marked_as_on_the_page(client):
    make_run("bees")
    unseen = "Known [9], by https://evil.example/"
    Topic.objects.update(result=unseen)
    TaskResult.objects.update(output=unseen)
    for row in (Topic.objects.get(), TaskResult.objects.get()):
        page = page_of(client, change_page(row))
        assert 'class="unknown-source"' in page and 'class="unseen-address"' in page
        assert "research/marks.css" in page
