"""`manage.py demo`: a run that has everything that makes a page difficult, made once."""

import pytest
from django.core.management import call_command
from django.test import Client

from research.runs.models import Run, Status

pytestmark = pytest.mark.django_db


def test_the_demonstration_is_made_once_and_its_pages_are_bounded(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        call_command("demo")
    run = Run.objects.get()
    assert set(capsys.readouterr().out.split()) == {run.get_absolute_url()}
    topics = list(run.topics.all())
    assert len(topics) == 60
    assert {topic.status for topic in topics} == {
        Status.SUCCEEDED,
        Status.FAILED,
        Status.CANCELLED,
    }
    lengths = sorted(len(topic.result.split()) for topic in topics)
    assert lengths[30] > 1400 and "" in {topic.result for topic in topics}
    for topic in topics:
        is_checked = topic.checked is not None and topic.checked["claims"] == topic.claims.count()
        assert is_checked == (topic.status == Status.SUCCEEDED)
        assert topic.sources.exists() == bool(topic.result)
    numbers = list(run.events.values_list("seq", flat=True))
    assert numbers == list(range(1, run.last_seq + 1))

    for path, most in (("", 150_000), ("?open=all", 3_000_000), ("2/", 350_000)):
        assert len(client.get(run.get_absolute_url() + path).content) < most
