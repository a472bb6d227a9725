"""`POST /api/runs/<id>/again`: an old run's topics in a new run."""

from typing import Annotated

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from ninja import Header, Router

from research.people.caller import caller_in
from research.runs.again import again
from research.runs.models import Run
from research.web.api.lookup import find_run, valid_key
from research.web.api.schemas import AgainIn, AgainOut, ErrorOut, places_of, with_topics

REFUSALS = dict.fromkeys((400, 404, 422, 429, 503), ErrorOut)

router = Router()


@router.post("/api/runs/{run_id}/again", response={202: AgainOut, **REFUSALS})
async def run_again(
    request: HttpRequest,
    run_id: str,
    body: AgainIn | None = None,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> tuple[int, AgainOut]:
    """Queues an old run's topics as a new run, whose `again_of` is the old one.

    Without a blueprint it has the old run's, as that run kept it. The same Idempotency-Key answers
    with the same run.
    """
    return 202, await sync_to_async(_again)(request, run_id, body or AgainIn(), idempotency_key)


def _again(request: HttpRequest, run_id: str, body: AgainIn, key: str | None) -> AgainOut:
    allowance = body.budget.allowance() if body.budget else None
    old = find_run(run_id)
    submission = again(old, body.topics, body.model, body.blueprint, allowance)
    caller = caller_in(request)
    run = submission.submit(valid_key(key), caller.username)
    new = with_topics(Run.objects.filter(pk=run.pk)).get()
    return AgainOut.of(new, **places_of(new, request))
