"""Share links: made and ended by the API, and the page that strangers read."""

from datetime import datetime
from typing import Annotated

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from research.exceptions import NotFound
from research.kinds import Kind
from research.people.caller import caller_in
from research.runs.events import record
from research.runs.models import NewEvent, Share
from research.web.api.lookup import find_run
from research.web.api.schemas import ErrorOut
from research.web.export.builds import builds
from research.web.export.taking import find, take
from research.web.links import public_url

REFUSALS = dict.fromkeys((400, 401, 403, 404, 503), ErrorOut)
PRIVATE = {  # whoever has the link may read it; nobody else is to learn of it
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

router = Router()


class ShareIn(BaseModel):
    """What to share, null: the whole run; and for how many days."""

    model_config = ConfigDict(extra="forbid")

    topic: int | None = None
    days: Annotated[int, Field(ge=1, le=365)] = 30


class ShareOut(BaseModel):
    """The link, which is told this once."""

    url: str
    expires_at: datetime


@router.post("/api/runs/{run_id}/share", response={201: ShareOut, **REFUSALS})
async def share(
    request: HttpRequest, run_id: str, body: ShareIn | None = None
) -> tuple[int, ShareOut]:
    """Makes a link by which people without an account read the run, or one topic of it."""

    def made() -> ShareOut:
        run, wanted = find_run(run_id), body or ShareIn()
        if wanted.topic and not run.topics.filter(position=wanted.topic).exists():
            raise NotFound(thing="topic", name=wanted.topic)
        by = caller_in(request).username
        with transaction.atomic():
            link, secret = Share.objects.make(run, wanted.topic, wanted.days, by)
            data = {"by": by, "until": link.expires_at.isoformat()}
            record([NewEvent(run.pk, Kind.RUN_SHARED, wanted.topic, data)])
        path = f"/s/{secret}/"
        return ShareOut(url=public_url(request, path), expires_at=link.expires_at)

    return 201, await sync_to_async(made)()


@router.delete("/api/runs/{run_id}/share", response={204: None, **REFUSALS})
async def unshare(request: HttpRequest, run_id: str) -> tuple[int, None]:
    """Ends all links to the run."""

    @transaction.atomic
    def ended() -> None:
        run, by = find_run(run_id), caller_in(request).username
        if Share.objects.end(run, by):
            record([NewEvent(run.pk, Kind.RUN_UNSHARED, data={"by": by})])

    await sync_to_async(ended)()
    return 204, None


@require_safe
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """The run as a document to read: no cost, no names, nothing to press."""
    link = Share.objects.valid(secret)
    if link is None:
        raise Http404("This link has ended, or never was one.")
    run = find(str(link.run_id), link.position, partial=True)
    build = builds.start(take(run, is_public=True), "html", "shared.html")
    build.ended.result()
    return HttpResponse(build.content(), content_type="text/html; charset=utf-8", headers=PRIVATE)
