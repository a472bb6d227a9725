"""What has been used of each limit in the last minute, counted over all worker processes.

The strategy is the moving window of `limits`: no minute, wherever it begins, has more than the
limit. The other strategies let up to twice as much through: a fixed window around its edge, a
sliding counter after a late burst. A provider that counts strictly answers that with 429. A moving
window keeps an entry for every unit that is used; so tokens are counted in coarser units.
"""

import logging
from collections.abc import Sequence

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from research.engine.limits.clock import Clock
from research.runs.models import Limit

UNITS = 10_000  # a limit on tokens is counted in at most this many units, rounded up
SHORTEST = 0.01  # seconds before it is worth asking again
REDIS_TIMEOUT = 1.0  # seconds for one question
REDIS_AWAY = 5.0  # seconds until Redis is asked again

logger = logging.getLogger(__name__)


class Windows:
    """Takes from limits, in Redis where there is one, else in this process.

    `period` is the length of the limits' minute in seconds. While Redis does not answer, every
    process keeps the limits by itself.
    """

    def __init__(self, redis_url: str, period: int, clock: Clock) -> None:
        self._period, self._clock = period, clock
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared: MovingWindowRateLimiter | None = None
        self._pool: ConnectionPool | None = None
        self._away_until: float | None = None
        if redis_url:
            self._pool = ConnectionPool.from_url(
                redis_url,
                socket_timeout=REDIS_TIMEOUT,
                socket_connect_timeout=REDIS_TIMEOUT,
                retry=Retry(NoBackoff(), 0),  # a call that waits asks again anyway
            )
            storage = RedisStorage(
                "async+redis://",  # the pool has the address
                wrap_exceptions=True,
                implementation="redispy",  # the client that channels-redis brings as well
                key_prefix="research:governor",
                connection_pool=self._pool,  # type: ignore[arg-type] # its documentation allows it, its types do not
            )
            self._shared = MovingWindowRateLimiter(storage)

    async def take(self, costs: Sequence[tuple[Limit, int]]) -> float:
        """Takes every cost and returns 0; or takes none and returns seconds until the next try.

        A cost above its whole limit is taken from an empty window, and fills it.
        """
        if self._shared and self._clock.monotonic() >= (self._away_until or 0.0):
            try:
                seconds = await self._take(self._shared, costs)
            except StorageError as error:
                if self._away_until is None:
                    logger.warning(
                        "Redis does not answer (%s): until it does, each process keeps the "
                        "rate limits by itself.",
                        error.storage_error,
                    )
                self._away_until = self._clock.monotonic() + REDIS_AWAY
            else:
                if self._away_until is not None:
                    logger.info("Redis answers again: rate limits hold over all processes.")
                    self._away_until = None
                return seconds
        return await self._take(self._own, costs)

    async def _take(
        self, limiter: MovingWindowRateLimiter, costs: Sequence[tuple[Limit, int]]
    ) -> float:
        wanted = []
        seconds = 0.0
        # 1. All must have room before anything is taken, for nothing can be given back.
        for limit, cost in costs:
            unit = -(-limit.amount // UNITS) if limit.what == "tokens" else 1
            item = RateLimitItemPerSecond(limit.amount // unit, self._period, limit.what)
            units = min(-(-cost // unit), item.amount)
            window = await limiter.get_window_stats(item, limit.scope)
            if window.remaining < units:
                seconds = max(seconds, SHORTEST, window.reset_time - self._clock.time() + SHORTEST)
            wanted.append((item, limit.scope, units))
        if seconds:
            return seconds
        # 2. Each is taken atomically. Another process that was faster costs a look more, and what
        # has been taken before it: less is let through then, never more.
        for item, scope, units in wanted:
            if not await limiter.hit(item, scope, cost=units):
                return SHORTEST
        return 0.0

    async def close(self) -> None:
        if self._pool:
            await Redis(connection_pool=self._pool).aclose()
            await self._pool.aclose()
