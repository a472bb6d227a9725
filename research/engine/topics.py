"""run_topic: the one coroutine that takes a topic from the queue to its end, in any engine."""

import asyncio
import logging
from functools import partial

from django.conf import settings

from research.crews.blueprints import Definition
from research.crews.errors import explain
from research.crews.run import Assignment, run_crew
from research.crews.sources import Seen, SourceBook
from research.engine.journal import Journal
from research.engine.store import Store
from research.models import Topic

logger = logging.getLogger(__name__)


async def run_topic(topic: Topic, store: Store) -> None:
    """Claims a queued topic, runs its crew and stores how it ended.

    Does nothing when somebody else has claimed the topic. When the engine stops, the topic goes
    back to the queue, and its finished tasks are not run again.
    """
    # 1. Claim.
    if await store.change(topic.claim) is None:
        return
    # 2. Run.
    journal = Journal(topic, store)
    is_fresh = topic.attempt == 1 and topic.started_at is None
    outputs, known = ([], []) if is_fresh else await store.read(partial(_left_behind, topic))
    assignment = Assignment(
        topic=topic.text,
        definition=Definition.model_validate(topic.run.definition),
        model=topic.run.model,
        outputs=outputs,
    )
    book = SourceBook(known, journal.seen)
    try:
        async with asyncio.timeout(settings.RESEARCH_TOPIC_TIMEOUT) as limit:
            result = await run_crew(assignment, book, journal)
    # 3. Store how it ended.
    except asyncio.CancelledError:
        await asyncio.shield(store.change(topic.put_back))
        raise
    except Exception as error:  # noqa: BLE001 whatever stops a crew is its own topic's failure
        if limit.expired():
            kind, message = "topic_timeout", _too_long()
        else:
            kind, message = explain(error)
        logger.warning("Topic %s of run %s failed: %s", topic.position, topic.run_id, message)
        await store.change(partial(topic.fail, kind, message))
    else:
        await store.change(partial(topic.succeed, result))


def _left_behind(topic: Topic) -> tuple[list[str], list[Seen]]:
    """What an earlier worker has left: the outputs of its finished tasks, and all sources."""
    finished = topic.task_results.filter(attempt=topic.attempt).order_by("index")
    sources = topic.sources.order_by("number")
    return (
        list(finished.values_list("output", flat=True)),
        [Seen(s.number, s.title, s.url, s.text) for s in sources],
    )


def _too_long() -> str:
    return (
        f"The topic took longer than {settings.RESEARCH_TOPIC_TIMEOUT:g} s. "
        "Raise RESEARCH_TOPIC_TIMEOUT or ask something smaller."
    )
