"""For monitoring: does the process live, and can it do its work?"""

import asyncio
import functools
import time

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

from research.ops import metrics as numbers
from research.ops.database import complaint
from research.runs import engines
from research.runs.models import Topic
from research.text.redaction import redact
from research.web.gate import may_see_details

LAYER_SECONDS = 2.0  # for a message through the channel layer and back
CACHE_SECONDS = 1.0  # for which topics are not counted again


async def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


async def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything a run needs answers, else 503; what does not is told to scrapers only."""
    checks = {
        "database": await sync_to_async(complaint)() or "ok",
        "channel_layer": await _channel_layer(),
        "engine": await sync_to_async(engines.engine().state)(),
    }
    ready = all(answer == "ok" for answer in checks.values())
    told = {"status": "ok" if ready else "unavailable"}
    if await sync_to_async(may_see_details)(request, has_database=checks["database"] == "ok"):
        told |= checks
    answer = JsonResponse(told, status=200 if ready else 503)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django logs every 5xx as error
    return answer


async def metrics(request: HttpRequest) -> HttpResponse:
    """The site's numbers, and its engine's, in Prometheus' text format."""
    page = await sync_to_async(numbers.page)(web_numbers())
    return HttpResponse(page, content_type=numbers.CONTENT_TYPE)


def web_numbers() -> numbers.Shown:
    """What a web process shows: its own numbers, its engine's, and topics by status."""
    return numbers.Shown("web", lambda: engines.engine().metrics(), count_topics)


def count_topics() -> dict[str, int]:
    """Status → how many topics have it; counted once a second at most."""
    return _counted(int(time.monotonic() / CACHE_SECONDS))


@functools.lru_cache(maxsize=1)
def _counted(moment: int) -> dict[str, int]:
    return Topic.objects.counts()


async def _channel_layer() -> str:
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(LAYER_SECONDS):
            channel = await layer.new_channel()
            await layer.send(channel, {"type": "ready.check"})
            await layer.receive(channel)
    except (RedisError, OSError) as error:  # a TimeoutError is an OSError
        return f"the channel layer does not answer: {redact(str(error)) or 'it takes too long'}"
    return "ok"
