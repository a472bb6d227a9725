"""The priority of a run, as it is chosen and shown."""

import pytest
from django.test import Client

from research.runs.models import Run


@pytest.mark.django_db
def test_a_run_says_its_priority(client: Client) -> None:
    form = {"topics": "a topic", "model": "offline", "priority": "high"}
    page = client.get(client.post("/", form)["Location"])
    assert "high priority" in page.content.decode()
    shown = client.get(f"/api/runs/{Run.objects.get().pk}").json()
    assert shown["priority"] == "high"


@pytest.mark.django_db
def test_a_priority_that_does_not_exist(client: Client) -> None:
    answer = client.post(
        "/api/runs", {"topics": ["a"], "priority": "urgent"}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unknown_priority"
    page = client.post("/", {"topics": "my topic", "priority": "urgent"}).content.decode()
    assert "There is no priority" in page and "my topic" in page
