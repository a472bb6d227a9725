"""Retry and cancel on the page."""

import pytest
from django.test import Client

from research.runs.submission import Submission


@pytest.mark.django_db
def test_a_retry_on_the_page_brings_its_budget_and_a_cancel_does_not(client: Client) -> None:
    run = Submission.check(["one", "two"], model="offline").submit()
    topic = f"/runs/{run.pk}/1"
    assert client.post(f"{topic}/cancel/", {"token_budget": "plenty"}).status_code == 302
    assert run.topics.get(position=1).status == "cancelled"
    assert client.post(f"{topic}/retry/", {"token_budget": "plenty"}).status_code == 302
    assert run.topics.get(position=1).status == "cancelled"
    assert client.post(f"{topic}/retry/", {"token_budget": "5,000"}).status_code == 302
    run.refresh_from_db()
    assert (run.token_budget, run.topics.get(position=1).status) == (5000, "queued")


@pytest.mark.django_db
def test_there_is_no_eleventh_topic(client: Client) -> None:
    run = Submission.check(["one"], model="offline").submit()
    assert client.post(f"/runs/{run.pk}/11/cancel/").status_code == 404
