"""For whoever watches over the process: does it live, and can it do its work?"""

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from research import launch


async def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


async def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything a run needs answers, else 503 with what does not."""
    checks = {
        "database": await sync_to_async(_database)(),
        "channel_layer": await _channel_layer(),
        "engine": await sync_to_async(_engine)(),
    }
    ready = all(answer == "ok" for answer in checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503
    )


def _engine() -> str:
    return "ok" if launch.answers() else "the engine does not answer"


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        return f"the database does not answer: {error}"
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "the database lacks migrations: run manage.py migrate"
    return "ok"


async def _channel_layer() -> str:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "ready.check"})
    await layer.receive(channel)
    return "ok"
