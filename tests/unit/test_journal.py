"""What a finished task put out is stored before the crew asks a model again."""

import asyncio

import pytest

from research.crews.model_calls import ModelCalls, Request
from research.crews.reporter import FinishedTask
from research.crews.reporting import Translator
from research.engine.journal import Journal
from research.engine.store import Store
from research.runs.models import TaskResult, Topic
from research.runs.submission import Submission


def new_topic() -> Topic:
    return Submission.check(["bees"], model="offline").submit().topics.select_related("run").get()


@pytest.mark.django_db(transaction=True)
async def test_an_output_is_stored_before_the_next_call() -> None:
    topic = await asyncio.to_thread(new_topic)
    store = Store()
    journal = Journal(topic, store)
    calls = ModelCalls(Translator(journal, "offline"))
    name = next(iter(topic.run.definition["tasks"]))
    stored: list[int] = []

    async def ask() -> None:
        stored.append(await asyncio.to_thread(TaskResult.objects.count))

    journal.task_finished(FinishedTask(name, "Analyst", "what it found", 1.0))
    await calls.make(Request(name, "Analyst", 10), ask)
    await store.close()
    assert stored == [1]


@pytest.mark.django_db(transaction=True)
async def test_a_call_waits_for_nothing_when_all_is_stored() -> None:
    topic = await asyncio.to_thread(new_topic)
    store = Store()
    kept = Journal(topic, store).kept()
    with pytest.raises(StopIteration):  # it comes to its end without a turn of the loop
        kept.send(None)
    await store.close()
