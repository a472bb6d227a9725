"""Exports that a page starts, follows and fetches: files that take a while."""

import uuid
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import aget_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from research.exceptions import BadInput, NotFound, ResearchError
from research.runs.models import Run
from research.web.export.builds import Build, builds
from research.web.export.endpoint import answer, begin
from research.web.export.formats import FORMATS, Format


@require_POST
async def start(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Starts to write the `format` of a run or, with `topic`, of one of its topics."""
    return await _told(lambda: _shown(_begin(run_id, request.POST)), status=202)


@require_safe
async def follow(request: HttpRequest, run_id: uuid.UUID, build_id: str) -> HttpResponse:
    """How far a file is."""
    await aget_object_or_404(Run.objects.only("pk"), pk=run_id)
    return await _told(lambda: _shown(_build(run_id, build_id)))


@require_safe
async def fetch(request: HttpRequest, run_id: uuid.UUID, build_id: str) -> HttpResponse:
    """The file, once it is ready."""
    await aget_object_or_404(Run.objects.only("pk"), pk=run_id)  # it may be deleted by now
    try:
        return await sync_to_async(lambda: answer(_ready(run_id, build_id)))()
    except ResearchError as error:
        return JsonResponse(error.as_json(), status=error.status)


def _begin(run_id: uuid.UUID, fields: QueryDict) -> Build:
    position = fields.get("topic") or None
    if position and not position.isdecimal():
        raise BadInput(reason="topic: it is a topic's position.")
    chosen = _format(fields.get("format", ""))
    return begin(chosen, str(run_id), int(position) if position else None, True)


def _format(name: str) -> Format:
    if name not in FORMATS or not FORMATS[name].is_built:
        raise BadInput(reason=f"format: there is none {name[:40]!r} that takes a while to write.")
    return FORMATS[name]


def _build(run_id: uuid.UUID, build_id: str) -> Build:
    if build := builds.get(str(run_id), build_id):
        return build
    raise NotFound(thing="export", name=build_id[:40])


def _ready(run_id: uuid.UUID, build_id: str) -> Build:
    build = _build(run_id, build_id)
    if not build.ended.done():
        raise NotFound(thing="file yet of the export", name=build_id[:40])
    return build


def _shown(build: Build) -> dict[str, Any]:
    place = reverse("follow-export", args=[build.run.id, build.id])
    return {
        "place": place,
        "file": reverse("fetch-export", args=[build.run.id, build.id]),
        "label": FORMATS[build.format].label,
        "state": build.state,
        "done": build.done,
        "total": build.total,
        "warning": build.warning,
        "error": str(build.error) if build.error else "",
    }


async def _told(tell: Callable[[], dict[str, Any]], status: int = 200) -> JsonResponse:
    try:
        return JsonResponse(await sync_to_async(tell)(), status=status)
    except ResearchError as error:
        return JsonResponse(error.as_json(), status=error.status)
