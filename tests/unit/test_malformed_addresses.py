"""Whatever address is stored with a source, everything that shows it goes on showing it."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from research.runs.models import Run, Source, Status
from research.runs.submission import Submission
from research.web.export.whole import export_runs
from tests.support.hostile import ADDRESSES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run() -> Run:
    """A run with a source at each address, cited and named in its result."""
    run = Submission.check(["bees"]).submit()
    topic = run.topics.get()
    cited = "\n".join(
        f"- Bees dance [{number}]. [here]({address}) {address}"
        for number, address in enumerate(ADDRESSES, start=1)
    )
    Source.objects.bulk_create(
        Source(topic=topic, number=number, title=f"Source {number}", url=address, text="Bees.")
        for number, address in enumerate(ADDRESSES, start=1)
    )
    run.topics.update(status=Status.SUCCEEDED, result=cited)
    return run


def test_pages_admin_and_api_show_it(client: Client, run: Run) -> None:
    source, topic = Source.objects.first(), run.topics.get()
    assert source is not None
    addresses = [
        run.get_absolute_url(),
        reverse("topic", args=[run.pk, 1]),
        reverse("topic-report", args=[run.pk, 1]),
        f"/api/runs/{run.pk}",
        f"/api/runs/{run.pk}/events",
        reverse("history"),
        reverse("admin:research_source_changelist"),
        reverse("admin:research_source_change", args=[source.pk]),
        reverse("admin:research_topic_change", args=[topic.pk]),
    ]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )


def test_nothing_links_to_it(client: Client, run: Run) -> None:
    page = client.get(reverse("topic-report", args=[run.pk, 1])).content.decode()
    sources = page[page.index('class="sources"') :]
    assert "no web address" in sources
    assert "nofollow" not in sources


async def test_an_export_holds_it(run: Run) -> None:
    whole = "".join([part async for part in export_runs(Run.objects.all())])
    (exported,) = json.loads(whole)["runs"]
    assert [source["url"] for source in exported["topics"][0]["sources"]] == ADDRESSES
