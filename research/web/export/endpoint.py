"""`GET /api/runs/<id>/export`: a run, or one of its topics, as a file to take away."""

import asyncio

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from ninja import Router

from research.web.api.schemas import ErrorOut
from research.web.export.builds import Build, builds
from research.web.export.formats import FORMATS, Format, Name
from research.web.export.taking import find, take

REFUSALS = dict.fromkeys((400, 404, 409, 413, 500, 503), ErrorOut)

router = Router()


@router.get("/api/runs/{run_id}/export", response=REFUSALS)
async def export(
    request: HttpRequest,
    run_id: str,
    format: Name,
    topic: int | None = None,
    partial: bool = False,
) -> HttpResponse:
    """A run, or one of its topics, as a document, a table, JSON, or its sources as references.

    One that has not ended is answered with 409, unless `partial=1` asks for what there is; the
    file then says what is not finished. `html`, `docx`, `pdf` and `xlsx` are written in a process
    of their own: the answer waits for it, and is 503 while too many are waiting.
    """
    chosen = FORMATS[format]
    if chosen.is_built:
        build = await sync_to_async(begin)(chosen, run_id, topic, partial)
        await asyncio.shield(asyncio.wrap_future(build.ended))  # others may wait for it too
        return await sync_to_async(answer)(build)
    return await sync_to_async(_written)(chosen, run_id, topic, partial)


def begin(format: Format, run_id: str, position: int | None, partial: bool) -> Build:
    """A build of the run as it is now; raises what keeps it from being taken away."""
    run = find(run_id, position, partial)
    return builds.start(take(run), format.name, format.file_name(str(run.pk), position))


def answer(build: Build) -> HttpResponse:
    """The file of a build; waits for it, and raises what kept it from being written."""
    return _file(FORMATS[build.format], build.name, build.content())


def _written(format: Format, run_id: str, position: int | None, partial: bool) -> HttpResponse:
    run = find(run_id, position, partial)
    content = "".join(format.text_of(run)).encode("utf-8", "replace")
    return _file(format, format.file_name(str(run.pk), position), content)


def _file(format: Format, name: str, content: bytes) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=format.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
