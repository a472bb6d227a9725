"""What the MCP server offers. The shapes are the API's, and so are the rules on who may do what.

The gate has found out who asks; a run in a tool's arguments is looked up among those that the
caller sees, since no address names it.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field

from research.exceptions import NotFound
from research.live.callers import scope_of, sees, while_seen
from research.live.follow import follow
from research.people.caller import caller_in
from research.runs.models import MAX_SEQ, Run, RunQuerySet, Topic
from research.web.api import library, routes
from research.web.api.lookup import as_uuid, no_run
from research.web.api.schemas import (
    RunOut,
    SubmissionIn,
    SubmittedOut,
    TopicDetail,
    with_topics,
)

LONGEST_WAIT = 50  # seconds; proxies and clients give up on an answer after a minute


class StartIn(SubmissionIn):
    model_config = ConfigDict(extra="forbid")

    idempotency_key: str | None = None
    """The same key answers with the same run."""


class RunNamed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    run_id: str
    wait_seconds: int = Field(
        default=0,
        ge=0,
        le=LONGEST_WAIT,
        description="Answer when the run has ended, or after so many seconds.",
    )


class TopicNamed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    run_id: str
    position: int = Field(description="The topic's place in the run, from 1.")


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")

    q: str = Field(description="What to search for.")
    limit: int = Field(default=10, ge=1, le=library.MOST_HITS)
    origin: library.Origin = "all"


async def start_research(request: HttpRequest, asked: StartIn) -> SubmittedOut:
    """Starts a run, a crew of agents for each topic, and answers at once with the run's id.

    Follow it by get_run, with wait_seconds. Topics are texts; or send rows, and columns to fill in.
    """
    _, started = await routes.create_run(request, asked, asked.idempotency_key)
    return started


async def get_run(request: HttpRequest, asked: RunNamed) -> RunOut:
    """A run: its status, and each topic's status, result, sources and error."""
    run = await sync_to_async(_visible(request, asked.run_id).first)()
    if run is None:
        raise no_run(asked.run_id)
    if asked.wait_seconds:
        watcher = scope_of(request)
        await _end_of(run, asked.wait_seconds, watcher)
        if not await sees(watcher, run.pk):
            raise no_run(asked.run_id)

    def shown() -> RunOut:
        run = with_topics(_visible(request, asked.run_id)).first()
        if run is None:  # it has been deleted meanwhile
            raise no_run(asked.run_id)
        return RunOut.of(run)

    return await sync_to_async(shown)()


async def get_topic(request: HttpRequest, asked: TopicNamed) -> TopicDetail:
    """A topic: its result, its sources, and each claim with its verdict and the passages behind it.

    Numbers in brackets in the result are those of its sources.
    """

    def shown() -> TopicDetail:
        run = _visible(request, asked.run_id).first()
        if run is None:
            raise no_run(asked.run_id)
        position = min(max(asked.position, 0), MAX_SEQ)
        topics = Topic.objects.select_related("run", "reviewed_by")
        topic = topics.filter(run=run, position=position).first()
        if topic is None:
            raise NotFound(thing="topic", name=asked.position)
        return TopicDetail.of(topic)

    return await sync_to_async(shown)()


async def search_library(request: HttpRequest, asked: Query) -> library.HitsOut:
    """Searches the documents of this site as its crews do: the best passages first."""
    return await library.search_library(request, asked.q, asked.limit, asked.origin)


def _visible(request: HttpRequest, run_id: str) -> RunQuerySet:
    """The run, if the caller may see it. Raises NotFound for what is no run's id."""
    return Run.objects.visible_to(caller_in(request)).filter(pk=as_uuid(run_id))


async def _end_of(run: Run, seconds: int, watcher: dict[str, Any]) -> None:
    frames = while_seen(follow(run.pk, run.last_seq), watcher, run.pk)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), aclosing(frames):
            async for _ in frames:
                pass


@dataclass(frozen=True)
class Tool:
    """A tool: what it takes and gives, and what does it."""

    takes: type[BaseModel]
    gives: type[BaseModel]
    call: Callable[[HttpRequest, Any], Awaitable[BaseModel]]
    only_reads: bool = True

    @property
    def name(self) -> str:
        return self.call.__name__

    @property
    def description(self) -> str:
        return inspect.getdoc(self.call) or ""


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(StartIn, SubmittedOut, start_research, only_reads=False),
        Tool(RunNamed, RunOut, get_run),
        Tool(TopicNamed, TopicDetail, get_topic),
        Tool(Query, library.HitsOut, search_library),
    )
}
