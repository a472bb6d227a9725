"""run_topic: the one coroutine that takes a topic from the queue to its end, in any engine."""

import asyncio
import logging
from functools import partial
from itertools import count, takewhile

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

    Does nothing when somebody else has claimed the topic. When it is cancelled, its open model call
    is closed; the topic is then cancelled, if that was asked for, or goes back to the queue because
    the engine stops. Its finished tasks are not run again.
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
        await asyncio.shield(store.change(topic.let_go))
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
    finally:
        journal.close()


def _left_behind(topic: Topic) -> tuple[list[str], list[Seen]]:
    """What earlier workers and attempts have left: outputs of finished tasks, and all sources.

    A task's inputs are the topic, the blueprint, which a run keeps, and the outputs before it; so
    the first tasks, up to one that never finished, stand as they are.
    """
    finished = dict(topic.task_results.order_by("attempt").values_list("index", "output"))
    outputs = [finished[index] for index in takewhile(finished.__contains__, count())]
    sources = topic.sources.order_by("number")
    return outputs, [Seen(s.number, s.title, s.url, s.text) for s in sources]


def _too_long() -> str:
    return (
        f"The topic took longer than {settings.RESEARCH_TOPIC_TIMEOUT:g} s. "
        "Raise RESEARCH_TOPIC_TIMEOUT or ask something smaller."
    )
