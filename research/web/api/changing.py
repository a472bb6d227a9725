"""What requests that change a run have in common: a budget they may name, and their answer."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest

from research.people.caller import caller_in
from research.runs.allowance import Allowance
from research.runs.models import Run
from research.web.api.lookup import find_run
from research.web.api.schemas import RetryIn, RunOut, with_topics


def allowance_in(body: RetryIn | None) -> Allowance | None:
    """The budget that a request names, if it does. Raises BadInput."""
    return body.budget.allowance() if body and body.budget else None


async def after(
    run_id: str,
    change: Callable[..., object],
    *arguments: Any,
    request: HttpRequest | None = None,
) -> RunOut:
    """The run as it is after `change(run, *arguments)`; of a request, `by` says who asks."""

    def changed() -> RunOut:
        run = find_run(run_id)
        change(run, *arguments, **({"by": caller_in(request).username} if request else {}))
        return RunOut.of(with_topics(Run.objects.filter(pk=run.pk)).get())

    return await sync_to_async(changed)()
