"""What one crew does, written down as it happens: events, outputs, sources, tokens."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from research.claims.claim import Claim
from research.crews.reporter import FinishedTask
from research.crews.tools.sources import Seen
from research.engine.store import Change, Store
from research.kinds import PARTIAL, Kind
from research.runs.events import publish
from research.runs.models import NewEvent, Source, TaskResult, Topic, digest_of
from research.runs.rows import insert, row_of
from research.text.cleaning import clean

PARTIAL_SECONDS = 0.1  # what is being written is pushed this often, and never stored
PARTIAL_LENGTH = 4000  # characters of its end that are shown


class Journal:
    """A `research.crews.reporting.Reporter`; its methods may be called in any thread."""

    def __init__(self, topic: Topic, store: Store) -> None:
        self._topic = topic
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()  # the loop's
        self._tasks = list(topic.run.definition["tasks"])
        self._unstored: list[asyncio.Future[Any]] = []  # outputs on their way to the database
        self.charge: Callable[[int, int], None] | None = None  # hears of tokens, too
        self._is_open = True
        self._text = ""
        self._push: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """The crew is at its end: what an abandoned tool still tells is not written down."""
        self._is_open = False
        self._restart_text()

    def event(self, kind: str, **data: Any) -> None:
        if not self._is_open:
            return
        if kind.startswith("llm."):
            self._on_loop(self._restart_text)
        event = self._topic.event(kind, **data)
        self._note(lambda: [event])

    def task_finished(self, finished: FinishedTask) -> None:
        now = timezone.now()
        result = TaskResult(
            topic=self._topic,
            attempt=self._topic.attempt,
            index=self._tasks.index(finished.name),
            name=finished.name,
            agent=finished.agent,
            output=clean(finished.output),
            reasoning=clean(finished.reasoning),
            first_output=clean(finished.first),
            dropped=[_dropped(claim) for claim in finished.dropped] or None,
            started_at=now - timedelta(seconds=finished.seconds),
            finished_at=now,
        )
        keep = partial(result.keep, finished.is_incomplete)
        self._unstored.append(self._store.change(keep, self._topic.pk))

    async def kept(self) -> None:
        while self._unstored:
            storing = self._unstored[0]
            await asyncio.shield(storing)
            if storing in self._unstored:
                self._unstored.remove(storing)

    def spent(self, prompt: int, completion: int, is_estimated: bool = False) -> None:
        if prompt or completion:
            if self.charge:
                self.charge(prompt, completion)
            used = (prompt, completion, is_estimated)
            self._note(partial(_add_tokens, self._topic.pk, *used))

    def seen(self, source: Seen, is_new: bool) -> None:
        """A tool has shown a source, or more of it."""
        if not self._is_open:
            return
        if is_new:
            row = Source(
                topic=self._topic,
                number=source.number,
                title=source.title,
                url=source.url,
                text=source.text,
                digest=digest_of(source.text),
                origin=source.origin,
            )
            told = {"number": source.number, "title": source.title, "url": source.url}
            self._note(_saving(row, self._topic.event(Kind.SOURCE_FOUND, **told)))
        else:
            self._note(partial(_grow, self._topic.pk, source))

    def writing(self, text: str) -> None:
        self._on_loop(self._write_on, text)

    def _note(self, change: Change) -> None:
        """Stores a change of the topic without waiting for it."""
        self._store.note(change, self._topic.pk)

    def _on_loop(self, do: Callable[..., None], *args: str) -> None:
        """Calls `do` on the crew's event loop: at once from there, else as soon as it is free."""
        if threading.get_ident() == self._thread:
            do(*args)
        else:
            self._loop.call_soon_threadsafe(do, *args)

    def _restart_text(self) -> None:
        self._text = ""
        if self._push:
            self._push.cancel()
            self._push = None

    def _write_on(self, text: str) -> None:
        self._text = (self._text + text)[-PARTIAL_LENGTH:]
        if self._push is None:
            self._push = self._loop.call_later(PARTIAL_SECONDS, self._show)

    def _show(self) -> None:
        self._push = None
        frame = {
            "kind": PARTIAL,
            "topic": self._topic.position,
            "data": {"text": self._text},
        }
        publish(self._topic.run_id, {"passing": frame})


def _dropped(claim: Claim) -> dict[str, str]:
    return {"text": claim.text, "verdict": claim.verdict.value, "reason": claim.reason}


def _saving(row: Source, *events: NewEvent) -> Callable[[], list[NewEvent]]:
    def save() -> list[NewEvent]:
        insert(Source, [row_of(row)])
        return list(events)

    return save


# By hand: Django takes ten times as long to put it together, for every model call.
ADD_TOKENS = """
UPDATE research_topic
SET prompt_tokens = prompt_tokens + %s, completion_tokens = completion_tokens + %s,
    model_calls = model_calls + 1, tokens_estimated = tokens_estimated OR %s
WHERE id = %s
"""


def _add_tokens(pk: int, prompt: int, completion: int, is_estimated: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ADD_TOKENS, [prompt, completion, is_estimated, pk])


def _grow(pk: int, seen: Seen) -> None:
    Source.objects.filter(topic=pk, number=seen.number).update(
        text=seen.text, digest=digest_of(seen.text), origin=seen.origin
    )
