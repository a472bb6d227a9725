"""The engine's database thread outlives what a change raises, and tells its caller."""

import pytest
from django.db import InterfaceError, transaction

from research.engine.store import Store
from research.runs.models import Topic
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_change_that_fails_leaves_its_neighbours_and_the_thread_alone(
    topics: list[Topic],
) -> None:
    gone, kept = topics

    def remove() -> None:
        with transaction.atomic():
            gone.run.delete()

    def fail() -> None:
        raise KeyError("a mistake of ours")

    store = Store()
    try:
        await store.change(remove)
        wrong = store.change(fail)
        without_run = store.change(lambda: [gone.event("task.started", task="t")])
        right = store.change(lambda: [kept.event("task.started", task="t")])
        with pytest.raises(KeyError, match="mistake"):
            await wrong
        with pytest.raises(gone.run.DoesNotExist):
            await without_run
        assert await right
        assert await store.read(lambda: kept.run.events.count()) == 2
    finally:
        await store.close()


async def test_what_went_through_beside_a_failure_is_not_made_again(topics: list[Topic]) -> None:
    topic, _ = topics
    broken = iter([InterfaceError("connection already closed")])

    def fail() -> None:
        raise KeyError("a mistake of ours")

    def break_off_once() -> None:
        for error in broken:
            raise error

    store = Store()
    try:
        told = store.change(lambda: [topic.event("task.started", task="t")])
        wrong = store.change(fail)
        await store.change(break_off_once)
        assert await told
        with pytest.raises(KeyError):
            await wrong
        count = topic.run.events.filter(kind="task.started").count
        assert await store.read(count) == 1
    finally:
        await store.close()


async def test_a_connection_that_broke_is_tried_again(topics: list[Topic]) -> None:
    broken = iter([InterfaceError("connection already closed")])

    def change() -> None:
        for error in broken:
            raise error

    store = Store()
    try:
        assert await store.change(change) is None
    finally:
        await store.close()


@pytest.fixture
def topics() -> list[Topic]:
    """One of each of two runs."""
    return [Submission.check(["a"], model="offline").submit().topics.get() for _ in range(2)]
