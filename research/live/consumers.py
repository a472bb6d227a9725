"""The WebSocket of a run's watchers."""

import asyncio
import uuid
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error

from research.live.callers import SEEN_AGAIN, caller_in, sees, still_sees
from research.live.follow import follow, ping
from research.ops.outages import will_pass

SIGN_IN = 4401
NO_LONGER = 4403
UNKNOWN_RUN = 4404
MAX_DIGITS = 20  # of an `after`


class RunConsumer(AsyncWebsocketConsumer):
    """Sends `?after=N`'s events and the live ones, one JSON frame each, then closes with 1000."""

    channel_layer_alias = ""  # no channel of its own: `follow` has one

    async def connect(self) -> None:
        self.sending: asyncio.Task[None] | None = None
        self.watching: asyncio.Task[None] | None = None
        await self.accept()
        run_id = _uuid(self.scope["url_route"]["kwargs"].get("run_id", ""))
        if run_id is None or not await sees(self.scope, run_id):
            known = await caller_in(self.scope)
            await self.close(SIGN_IN if known is None else UNKNOWN_RUN)
            return
        if settings.RESEARCH_ACCOUNTS:
            self.watching = asyncio.create_task(self._watch(run_id))
        self.sending = asyncio.create_task(self._send_events(run_id, _after(self.scope)))

    async def disconnect(self, code: int) -> None:
        for task in (self.sending, self.watching):
            if task:
                task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Watchers have nothing to say; what they send is ignored."""

    async def _watch(self, run_id: uuid.UUID) -> None:
        """Closes the socket of somebody who may not see the run any more."""
        while True:
            await asyncio.sleep(SEEN_AGAIN)
            if not await self._still_sees(run_id):
                break
        if self.sending:
            self.sending.cancel()
        await self.close(NO_LONGER)

    async def _still_sees(self, run_id: uuid.UUID) -> bool:
        try:
            return await still_sees(self.scope, run_id)
        except Error as error:
            if not will_pass(error):
                raise
            return True  # nothing new is told either, until the database is back

    async def _send_events(self, run_id: uuid.UUID, after: int) -> None:
        await self.send(ping().text)  # at once: the line works in both directions
        async for line in follow(run_id, after):
            await self.send(line.text)
        await self.close(1000)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _after(scope: dict[str, Any]) -> int:
    """The `after` of the query string; what is not a number counts as 0."""
    text = parse_qs(scope["query_string"].decode("latin-1")).get("after", ["0"])[0]
    return int(text[:MAX_DIGITS]) if text.isdecimal() else 0
