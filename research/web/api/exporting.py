"""`GET /api/runs/<id>/export`: a run, or one of its topics, as a file to take away."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Literal

from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from ninja import Router

from research.exceptions import NotFound, RunNotFinished
from research.runs.models import MAX_SEQ, Claim, Run, Source, Topic
from research.web.api.export import as_json
from research.web.api.export_csv import as_csv
from research.web.api.export_markdown import as_markdown
from research.web.api.schemas import ErrorOut

REFUSALS = dict.fromkeys((400, 404, 409, 503), ErrorOut)
Format = Literal["md", "csv", "json"]

router = Router()


@router.get("/api/runs/{run_id}/export", response=REFUSALS)
async def export(
    request: HttpRequest,
    run_id: str,
    format: Format,
    topic: int | None = None,
    partial: bool = False,
) -> HttpResponse:
    """A run as `md`, `csv` or `json`, or one of its topics.

    One that has not ended is answered with 409, unless `partial=1` asks for what there is.
    """
    return await sync_to_async(_answer)(run_id, format, topic, partial)


def _answer(run_id: str, format: Format, position: int | None, partial: bool) -> HttpResponse:
    run = _run(run_id, position)
    if run.is_open and not partial:
        raise RunNotFinished(status=run.status)
    kind, write = _FORMATS[format]
    name = f"research-{run.pk}" + (f"-{position}" if position is not None else "")
    return HttpResponse(
        write(run),
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{format}"'},
    )


def _run(run_id: str, position: int | None) -> Run:
    """The run with all that is exported of it. Raises NotFound."""
    topics = Topic.objects.select_related("reviewed_by", "run")
    if position is not None:
        topics = topics.filter(position=min(max(position, -1), MAX_SEQ))
    claims = Claim.objects.current().select_related("decided_by")
    run = Run.objects.filter(pk=_uuid(run_id)).prefetch_related(
        Prefetch("topics", topics),
        Prefetch("topics__claims", claims),
        Prefetch("topics__sources", Source.objects.order_by("topic_id", "number")),
        "topics__task_results",
    )
    if not (found := run.first()):
        raise NotFound(thing="run", name=run_id)
    if not found.topics.all():
        raise NotFound(thing="topic", name=position)
    return found


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(thing="run", name=text) from None


def _as_json_text(run: Run) -> Iterator[str]:
    yield json.dumps(as_json(run), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


_FORMATS: dict[Format, tuple[str, Callable[[Run], Iterator[str]]]] = {
    "md": ("text/markdown", as_markdown),
    "csv": ("text/csv", as_csv),
    "json": ("application/json", _as_json_text),
}
