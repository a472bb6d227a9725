"""Rows for the admin's tests, and its pages."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from research.runs.models import Event, Run, Source, Status, TaskResult, Topic

LISTS = {
    model: reverse(f"admin:research_{model}_changelist")
    for model in ("run", "topic", "claim", "cell", "taskresult", "source", "event")
}
"""The address of each model's list."""


def make_run(*topics: str, **fields: Any) -> Run:
    """A finished run with an output, a source and an event for each topic."""
    now = timezone.now()
    usual = {"blueprint": "quick", "model": "offline", "definition": {"agents": {}, "tasks": {}}}
    ended = {"status": Status.SUCCEEDED, "started_at": now, "finished_at": now}
    run = Run.objects.create(**(usual | ended | fields))
    for position, text in enumerate(topics, start=1):
        topic = Topic.objects.create(
            run=run,
            position=position,
            text=text,
            result=f"- **{text}** is known [1]",
            prompt_tokens=100,
            completion_tokens=20,
            **ended,
        )
        Source.objects.create(topic=topic, number=1, title=f"On {text}", text="All of it.")
        TaskResult.objects.create(
            topic=topic,
            attempt=1,
            index=0,
            name="findings",
            agent="analyst",
            output=f"Output on {text}",
            started_at=now,
            finished_at=now,
        )
        Event.objects.create(
            run=run, seq=position, kind="topic.succeeded", position=position, at=now, data={"n": 1}
        )
    run.last_seq = len(topics)
    run.save(update_fields=["last_seq"])
    return run


def page_of(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def change_page(row: Any) -> str:
    return reverse(f"admin:research_{row._meta.model_name}_change", args=[row.pk])


def act(client: Client, model: str, action: str, *rows: Any) -> str:
    """The page after an action on selected rows of a list."""
    selected = [str(row.pk) for row in rows]
    fields = {"action": action, "_selected_action": selected}
    return client.post(LISTS[model], fields, follow=True).content.decode()
