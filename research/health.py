"""For whoever watches over the process: does it live, and can it do its work?"""

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.http import HttpRequest, HttpResponse, JsonResponse

from research import launch
from research import metrics as numbers
from researchsite.databases import complaint


async def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


async def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything a run needs answers, else 503 with what does not."""
    checks = {
        "database": await sync_to_async(complaint)() or "ok",
        "channel_layer": await _channel_layer(),
        "engine": await sync_to_async(launch.engine().state)(),
    }
    ready = all(answer == "ok" for answer in checks.values())
    answer = JsonResponse(
        {"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503
    )
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django logs every 5xx as error
    return answer


async def metrics(request: HttpRequest) -> HttpResponse:
    """The site's numbers, and its engine's, in Prometheus' text format."""

    def page() -> bytes:
        return numbers.page(launch.engine().metrics())

    return HttpResponse(await sync_to_async(page)(), content_type=numbers.CONTENT_TYPE)


async def _channel_layer() -> str:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "ready.check"})
    await layer.receive(channel)
    return "ok"
