"""Characters that no text has are refused or found nowhere, on SQLite and on PostgreSQL alike."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db

NUL = "a\0b"


@pytest.mark.parametrize("path", ["/api/runs", "/runs/", "/library/", "/api/library/search"])
def test_a_search_for_nul(client: Client, path: str) -> None:
    answer = client.get(path, {"q": NUL})
    assert answer.status_code in (200, 400)
    assert ("json" in answer["content-type"]) is path.startswith("/api/")


@pytest.mark.parametrize(
    "fields",
    [{"step": "template", "column_template": NUL}, {"step": "column", "blueprint": NUL}],
)
def test_a_form_with_nul(client: Client, fields: dict[str, str]) -> None:
    assert client.post("/", fields).status_code in (200, 400)


def call(client: Client, id: str, **arguments: object) -> tuple[int, str]:
    params = {"name": "start_research", "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}
    accept = {"Accept": "application/json, text/event-stream"}
    answer = client.post("/mcp", json.dumps(message), "application/json", headers=accept)
    return answer.status_code, answer.content.decode()


def test_an_agents_key_with_nul(client: Client) -> None:
    status, answer = call(client, "1", topics=["bees"], idempotency_key=NUL)
    assert status == 200 and "has met an error" not in answer


def test_an_agents_message_with_half_a_character(client: Client) -> None:
    status, answer = call(client, "\ud800", topics=["bees"])
    assert status == 400 and json.loads(answer)["error"]["code"] == "bad_input"


@pytest.mark.parametrize("kind", ["multipart/form-data", f"multipart/form-data; boundary={NUL}"])
def test_a_form_that_cannot_be_read(client: Client, kind: str) -> None:
    answer = client.post("/api/library", b"--x", content_type=kind)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "bad_input"


def test_a_form_that_cannot_be_read_has_no_token(settings: Any) -> None:
    settings.RESEARCH_ACCOUNTS = True
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.create_user("bob"))
    answer = browser.post("/api/library", b"--x", content_type="multipart/form-data")
    assert answer.status_code == 403 and answer.json()["error"]["code"] == "not_allowed"
