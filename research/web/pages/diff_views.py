"""The pages on which a run is set beside another one."""

import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import aget_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from research.runs.comparison.candidates import candidates_for
from research.runs.comparison.runs import compare_runs
from research.runs.models import Run
from research.web.pages.comparing import SideBySide
from research.web.pages.lines import positions_in

_render = sync_to_async(render)


@require_safe
async def choose(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The runs with which one can be compared; `?other=` leads to one of them."""
    run = await aget_object_or_404(Run, pk=run_id)
    try:
        other = uuid.UUID(request.GET.get("other", ""))
    except ValueError:
        return await _render(request, "research/diff_choose.html", await _choice(run))
    return redirect("diff", run_id, other)


@require_safe
async def diff(request: HttpRequest, run_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """Two runs side by side, the topics with the weightiest changes first; `?topic=3` alone."""
    run = await aget_object_or_404(Run, pk=run_id)
    other = await aget_object_or_404(Run, pk=other_id)
    asked = request.GET.get("topic", "")
    position = next(iter(positions_in(asked)), 0) if asked else None
    return await _render(request, "research/diff.html", await _diff(run, other, position))


@sync_to_async
def _choice(run: Run) -> dict[str, Any]:
    return {"run": run, "first": _first(run), "candidates": candidates_for(run)}


@sync_to_async
def _diff(run: Run, other: Run, position: int | None) -> dict[str, Any]:
    comparison = compare_runs(run, other, position)
    if position is not None and not comparison.topics:
        raise Http404("There is no such topic.")
    return {
        "run": run,
        "other": other,
        "before": comparison.before,
        "after": comparison.after,
        "first": _first(run),
        "shown": SideBySide(comparison, is_whole=position is None),
        "position": position,
    }


def _first(run: Run) -> str:
    """The first topic, which stands for a run without a name."""
    return run.topics.values_list("text", flat=True).first() or ""
