"""Reviews of runs, from before topics had their own, stand on the runs' ended topics."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE, AFTER = ("research", "0008_reviews_of_topics"), ("research", "0010_no_reviews_of_runs")


@pytest.mark.django_db(transaction=True)
def test_a_runs_review_is_carried_over_to_its_ended_topics() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([BEFORE])
    old = executor.loader.project_state([BEFORE]).apps
    person = get_user_model().objects.create(username="ann")
    now = timezone.now()
    try:
        for review in ("approved", "unreviewed"):
            run = old.get_model("research", "Run").objects.create(
                blueprint="quick",
                definition={},
                model="offline",
                review=review,
                review_note="Good." if review == "approved" else "",
                reviewed_by_id=person.pk if review == "approved" else None,
                reviewed_at=now if review == "approved" else None,
            )
            for position, status in enumerate(("succeeded", "failed", "running"), start=1):
                old.get_model("research", "Topic").objects.create(
                    run=run, position=position, text=review, status=status
                )
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    from research.runs.models import Run, Topic

    Run.objects.create(blueprint="quick", definition={}, model="offline")  # without the columns
    kept = {
        (topic.text, topic.position): (topic.review, topic.review_note, topic.reviewed_at)
        for topic in Topic.objects.all()
    }
    carried, untouched = ("approved", "Good.", now), ("unreviewed", "", None)
    assert kept == {
        ("approved", 1): carried,
        ("approved", 2): carried,
        ("approved", 3): untouched,
        **{("unreviewed", position): untouched for position in (1, 2, 3)},
    }
    assert Topic.objects.filter(reviewed_by=person).count() == 2
