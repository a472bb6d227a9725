"""Claims from before a topic's own review took them off the desk."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.support.claims import checked

BEFORE = ("research", "0012_claims")


@pytest.mark.django_db(transaction=True)
def test_claims_of_topics_that_were_reviewed_need_nobody() -> None:
    from research.runs.models import Claim, Topic

    for name in ("judged", "followed", "open"):
        checked("invented", topic=name)
    Topic.objects.exclude(text="open").update(review="approved")
    Topic.objects.filter(text="followed").update(review_follows=True)
    executor = MigrationExecutor(connection)
    executor.migrate([BEFORE])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    needed = Claim.objects.awaiting_review().values_list("topic__text", flat=True)
    assert list(needed) == ["followed", "open"]
