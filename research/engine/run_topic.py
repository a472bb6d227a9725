"""run_topic: the one coroutine that takes a claimed topic to its end, in any engine."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count, takewhile

from django.conf import settings

from research.crews.checking import Checked
from research.crews.definition import Definition
from research.crews.failures import explain
from research.crews.filling import Filled, Row
from research.crews.model_calls import Gate, Gates
from research.crews.run import Assignment, run_crew
from research.crews.tools.mcp import Remote
from research.crews.tools.sources import Seen, SourceBook
from research.crews.tools.web import Web
from research.engine.journal import Journal
from research.engine.limits.budget import Budget
from research.engine.limits.governor import Governor
from research.engine.limits.turns import Run
from research.engine.store import Store
from research.exceptions import UnreadableBlueprint
from research.kinds import Kind
from research.library.index.contract import Readers
from research.ops.logs import bind
from research.ops.metrics import CREWS
from research.runs.findings import Basis, basis_of
from research.runs.mcp import note_change, remote_tools
from research.runs.models import Finding, NewEvent, Topic
from research.tables.cell import Cell

LONG = 20_000  # characters of a result, for which other crews should not wait

logger = logging.getLogger(__name__)


async def run_topic(topic: Topic, store: Store, governor: Governor) -> None:
    """Runs the crew of a topic that was claimed for this worker, and stores how it ended.

    When it is cancelled, its open model call is closed; the topic is then cancelled, if that was
    asked for, or goes back to the queue because the engine stops. Its finished tasks are not run
    again.
    """
    journal = Journal(topic, store)
    limit = asyncio.timeout(settings.RESEARCH_TOPIC_TIMEOUT)
    try:
        # 1. Run.
        bind(run=topic.run_id, topic=topic.position, worker=topic.worker)
        async with limit:
            with CREWS.track_inprogress():
                result = await _run(topic, store, governor, journal, limit)
    # 2. Store how it ended.
    except asyncio.CancelledError:
        await asyncio.shield(store.change(topic.let_go, topic.pk))
        raise
    except Exception as error:  # noqa: BLE001 whatever stops a crew is its own topic's failure
        if limit.expired():
            kind, message = "topic_timeout", _too_long()
        else:
            kind, message = explain(error)
        logger.warning("The topic failed: %s", message)
        await store.change(partial(topic.fail, kind, message), topic.pk)
    else:
        await store.change(result.succeed(topic), topic.pk)
    finally:
        journal.close()


async def _run(
    topic: Topic, store: Store, governor: Governor, journal: Journal, limit: asyncio.Timeout
) -> "Result":
    """The output of the crew's last task, and what it rests on."""
    try:
        definition = Definition.model_validate(topic.run.definition)
    except ValueError as error:
        raise UnreadableBlueprint(reason=str(error)) from None
    is_given = topic.run.compares_id is not None
    is_fresh = topic.attempt == 1 and not topic.is_resumed and not is_given
    left = LeftBehind() if is_fresh else await store.read(partial(_left_behind, topic))
    others = await store.read(topic.other_rows) if topic.run.is_table else ()
    budget = Budget(topic, store, journal.event)
    run = Run(topic.run_id, topic.run.team_id, topic.priority)
    turns = governor.gate(run, topic.run.model, journal.event)
    journal.charge = turns.spent
    book = SourceBook(left.sources, journal.seen, _readers(topic))
    row = replace(_row(topic, left.cells), others=others)
    tell = partial(journal.event, Kind.SEARCH_TROUBLE)
    web = Web(topic.run.look, str(topic.run_id), tell)
    checked = await run_crew(
        Assignment(
            topic.text,
            definition,
            topic.run.model,
            left.outputs,
            topic.feedback,
            row,
            web,
            await _remote(topic, definition, store),
            is_given,
        ),
        book,
        journal,
        OffTheClock(limit, Gates(budget, turns)),
    )
    if isinstance(checked, Filled) and checked.is_empty:
        return Result(checked, Basis(Finding.NOTHING_FOUND, 0))
    if len(checked.text) < LONG:
        return Result(checked, basis_of(checked.text, book.numbered()))
    return Result(checked, await asyncio.to_thread(basis_of, checked.text, book.numbered()))


async def _remote(topic: Topic, definition: Definition, store: Store) -> Remote:
    """The tools of MCP servers that it may use. Raises UnknownTool and ToolNotAllowed."""
    if not definition.mcp_tools:
        return Remote()
    tools = await store.read(partial(remote_tools, definition, topic.run.team_id))
    return Remote(
        tools, lambda tool, change: store.note(partial(note_change, tool, change), topic.pk)
    )


@dataclass(frozen=True)
class Result:
    """What a crew put out, and what it rests on."""

    checked: Checked
    basis: Basis

    def succeed(self, topic: Topic) -> Callable[[], list[NewEvent]]:
        """The change that ends the topic with it."""
        checked = self.checked
        cells = checked.cells if isinstance(checked, Filled) else ()
        return partial(
            topic.succeed, checked.text, *self.basis, checked.claims, checked.note, cells
        )


class OffTheClock:
    """A gate at which the topic's time stands still: many topics on a small plan wait long."""

    def __init__(self, limit: asyncio.Timeout, gate: Gate) -> None:
        self._limit, self._gate = limit, gate

    @contextlib.asynccontextmanager
    async def admit(self, tokens: int) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        left = (self._limit.when() or loop.time()) - loop.time()
        self._limit.reschedule(None)
        async with contextlib.AsyncExitStack() as passed:
            try:
                await passed.enter_async_context(self._gate.admit(tokens))
            finally:
                self._limit.reschedule(loop.time() + left)
            yield


@dataclass(frozen=True)
class LeftBehind:
    """What earlier workers and attempts have left of a topic."""

    outputs: list[str] = field(default_factory=list)
    sources: list[Seen] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)


def _left_behind(topic: Topic) -> LeftBehind:
    """Outputs of finished tasks, all sources, and the cells of the row.

    A task's inputs are the topic, the blueprint, which a run keeps, and the outputs before it; so
    the first tasks, up to one that never finished, stand as they are. Those of a result that was
    rejected do not.
    """
    results = topic.task_results.filter(attempt__gte=topic.anew_from).order_by("attempt")
    finished = dict(results.values_list("index", "output"))
    outputs = [finished[index] for index in takewhile(finished.__contains__, count())]
    sources = topic.sources.order_by("number")
    seen = [Seen(s.number, s.title, s.url, s.text, s.origin) for s in sources]
    cells = topic.cells.all() if topic.run.is_table else ()
    return LeftBehind(outputs, seen, [cell.found for cell in cells])


def _readers(topic: Topic) -> Readers:
    """Whose documents the topic's crew may find: its team's and the site's."""
    if not settings.RESEARCH_ACCOUNTS:
        return None
    return frozenset(filter(None, [topic.run.team_id]))


def _row(topic: Topic, cells: Sequence[Cell]) -> Row:
    """What the topic is in its run's table; its inputs alone where that has no columns."""
    columns = topic.run.table_columns
    asked = [c for c in columns if topic.asked is None or c.name in topic.asked]
    names = {column.name for column in asked}
    kept = tuple(cell for cell in cells if cell.column not in names)
    return Row(topic.inputs, columns, tuple(asked), kept)


def _too_long() -> str:
    return (
        f"The topic took longer than {settings.RESEARCH_TOPIC_TIMEOUT:g} s. "
        "Raise RESEARCH_TOPIC_TIMEOUT or ask something smaller."
    )
