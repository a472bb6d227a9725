"""What one worker learns when a provider refuses a call for its rate, told to all workers."""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "research:refusals"
AWAY_SECONDS = 5.0  # until Redis is asked again

logger = logging.getLogger(__name__)


class Refusals:
    """Refusals told over Redis; while Redis is away, each worker meets its own.

    `hear(model, seconds)` is called for what other workers tell: the provider wants no calls of the
    model for that many seconds. Of one event loop, and used only there.
    """

    def __init__(
        self, redis_url: str, hear: Callable[[str, float], None], channel: str = CHANNEL
    ) -> None:
        self._redis = Redis.from_url(redis_url, socket_connect_timeout=1)
        self._hear, self._channel = hear, channel
        self._name = secrets.token_hex(8)
        self._tasks = {asyncio.create_task(self._listen())}

    def tell(self, model: str, seconds: float) -> None:
        task = asyncio.create_task(self._publish(model, seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._redis.aclose()

    async def _publish(self, model: str, seconds: float) -> None:
        told = {"from": self._name, "model": model, "seconds": seconds}
        try:
            await self._redis.publish(self._channel, json.dumps(told))
        except RedisError as error:
            logger.warning("Other workers do not hear of a refusal: %s", error)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(self._channel)
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            self._take(message["data"])
            except RedisError:
                await asyncio.sleep(AWAY_SECONDS)

    def _take(self, message: bytes) -> None:
        try:
            told = json.loads(message)
            sender, model, seconds = told["from"], str(told["model"]), float(told["seconds"])
        except (ValueError, TypeError, KeyError):
            logger.warning("A refusal was told in a way that is not understood: %.200r", message)
            return
        if sender != self._name and seconds > 0:
            self._hear(model, seconds)
