"""Where claims need a person, a link leads to those of that run or topic."""

import pytest
from django.test import Client

from research.runs import control
from research.runs.models import Review
from tests.support.claims import checked

pytestmark = pytest.mark.django_db


def test_a_run_and_its_topic_lead_to_their_claims(client: Client) -> None:
    checked("invented", topic="wasps")
    topic = checked("quoted", "invented", "differs")
    desk = f"/review/?run={topic.run_id}"
    own = client.get(f"/runs/{topic.run_id}/1/").content.decode()
    assert f'<a href="{desk}&amp;topic=1">2 claims need a person</a>' in own
    for path in (f"/runs/{topic.run_id}/", "/runs/", "/"):
        page = client.get(path).content.decode()
        assert f'<a href="{desk}">2 claims need a person</a>' in page, path
    assert client.get(desk).content.decode().count("<article") == 2


def test_there_is_none_where_nothing_needs_a_person(client: Client) -> None:
    topic = checked("quoted", "invented")
    control.review(topic.run, Review.APPROVED, None)
    for path in (f"/runs/{topic.run_id}/", f"/runs/{topic.run_id}/1/", "/runs/", "/"):
        assert "need a person" not in client.get(path).content.decode().replace("needs", "need")
