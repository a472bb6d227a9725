"""Events of one run from several writers at once."""

import threading

import pytest
from django.db import connections, transaction

from research.runs.events import record
from research.runs.models import Event
from research.runs.submission import Submission


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_no_gap_and_no_repeat() -> None:
    run = Submission.check([f"topic {n}" for n in range(8)], model="offline").submit()
    topics = list(run.topics.all())

    def write(topic) -> None:
        for _ in range(25):
            with transaction.atomic():
                record([topic.event("task.started", task="t")])
        connections.close_all()

    writers = [threading.Thread(target=write, args=[topic]) for topic in topics]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    seqs = list(Event.objects.filter(run=run).values_list("seq", flat=True))
    assert seqs == list(range(1, 8 + 8 * 25 + 1))
