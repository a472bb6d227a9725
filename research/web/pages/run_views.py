"""The pages of one run: its topics as a list, one topic by itself, and what can be done with them.

As in `views`, queries and templates run in a thread of the request's own.
"""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import aget_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from research.exceptions import BadInput, NotFinished, NotFound, QuotaSpent, StillAtWork
from research.people.caller import caller_in
from research.runs import control, deletion
from research.runs.allowance import Allowance
from research.runs.models import MAX_SEQ, Review, Run, Status, Topic
from research.web.pages.cells import cells_of
from research.web.pages.lines import SORTS, Line, lines_of, listed, positions_in
from research.web.pages.rendering import TOP_HEADING
from research.web.pages.reports import Report, report_of, reports_of
from research.web.pages.summary import shared_causes, summary_of
from research.web.pages.work import work_of

ALL = "all"  # of `?open=`: every report on one page, as for paper and without a script
RETRY = "retry"  # a verdict: rejected, and to be done again
AGAIN = 5  # later runs of the same topics that are named
DENSE = 24  # lanes of a timeline that have room for names

_render = sync_to_async(render)  # a template runs the queries of what it shows


@require_safe
async def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """One run, complete as of now; the page's script follows it from `last_seq` on.

    `?status=` shows the topics of a state, `?sort=` sorts them, `?open=3,7` opens some.
    """
    run = await aget_object_or_404(Run, pk=run_id)
    return await _render(request, "research/run.html", await _page(run, request.GET))


@require_safe
async def run_lines(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The run's summary and the lines at `?positions=3,7`, for a page that is open."""
    run = await aget_object_or_404(Run, pk=run_id)
    positions = positions_in(request.GET.get("positions", ""))
    return await _render(request, "research/_lines.html", await _changes(run, positions))


@sync_to_async
def _page(run: Run, query: QueryDict) -> dict[str, Any]:
    topics = list(listed(run.topics.all()))
    sort, wanted = query.get("sort", ""), query.get("open", "")
    lines = _opened(lines_of(run, topics, sort), topics, wanted)
    return {
        **_overview(run),
        "lines": lines,
        "left_out": _left_out(lines, wanted),
        "first": topics[0].text if topics else "",
        "again": run.again.newest_first().only("created_at")[:AGAIN],
        "is_dense": len(topics) > DENSE,
        "open": wanted,
        "shown": query.get("status", "") if query.get("status") in Status.values else "",
        "sort": sort if sort in SORTS else "",
        "sorts": {name: label for name, (label, _) in SORTS.items()},
    }


def _opened(
    lines: list[Line], topics: list[Topic], wanted: str
) -> list[tuple[Line, Report | None]]:
    """Lines with the reports that the page already holds; a run's only topic is open anyway."""
    if len(topics) > 1 and wanted != ALL:
        positions = positions_in(wanted)
        topics = [topic for topic in topics if topic.position in positions]
    reports = reports_of(topics, has_steps=wanted != ALL) if topics else {}
    return [(line, reports.get(line.topic.position)) for line in lines]


def _left_out(lines: list[tuple[Line, Report | None]], wanted: str) -> list[int]:
    """The positions of reports that were wanted, and are too much for this page."""
    positions = positions_in(wanted)
    missing = [line.topic.position for line, report in lines if report is None]
    return sorted(p for p in missing if wanted == ALL or p in positions)


@sync_to_async
def _changes(run: Run, positions: set[int]) -> dict[str, Any]:
    topics = list(listed(run.topics.filter(position__in=positions)))
    return {**_overview(run), "lines": [(line, None) for line in lines_of(run, topics)]}


def _overview(run: Run) -> dict[str, Any]:
    return {
        "run": run,
        "summary": summary_of(run),
        "causes": shared_causes(run),
        "now": timezone.now(),
    }


@require_safe
async def topic(request: HttpRequest, run_id: uuid.UUID, position: int) -> HttpResponse:
    """One topic by itself: its report, its sources, and the steps to it."""
    context = await _own_page(run_id, position)
    return await _render(request, "research/topic.html", context)


@require_safe
async def topic_report(request: HttpRequest, run_id: uuid.UUID, position: int) -> HttpResponse:
    """A topic's report, for the list of a run in which it was opened."""
    context = await _report(run_id, position)
    return await _render(request, "research/_report.html", context)


@sync_to_async
def _own_page(run_id: uuid.UUID, position: int) -> dict[str, Any]:
    topic, context = _shown(run_id, position, top_heading=2)  # under the page's own
    others = topic.run.topics.only("run", "position", "text")
    beside = {
        each.position - position: each for each in others if abs(each.position - position) == 1
    }
    return {
        **context,
        "work": work_of(topic),
        "cells": cells_of(topic),
        "total": len(others),
        "previous": beside.get(-1),
        "next": beside.get(1),
        "now": timezone.now(),
    }


@sync_to_async
def _report(run_id: uuid.UUID, position: int) -> dict[str, Any]:
    return _shown(run_id, position)[1]


def _shown(
    run_id: uuid.UUID, position: int, top_heading: int = TOP_HEADING
) -> tuple[Topic, dict[str, Any]]:
    """A topic with its line and report. Raises Http404."""
    topics = listed(Topic.objects.filter(run=run_id)).select_related("run")
    topic = topics.filter(position=min(position, MAX_SEQ)).first()
    if topic is None:
        raise Http404("There is no such topic.")
    (line,) = lines_of(topic.run, [topic])
    return topic, {"run": topic.run, "line": line, "report": report_of(topic, top_heading)}


# What a person changes ----------------------------------------------------------------------


@require_POST
async def cancel(
    request: HttpRequest, run_id: uuid.UUID, position: int | None = None
) -> HttpResponse:
    """Cancels a run, or one of its topics, and shows the run again."""
    positions = {position} if position else None

    def change(run: Run) -> None:
        control.cancel(run, positions, by=caller_in(request).username)

    return await _change(request, run_id, position, change)


@require_POST
async def retry(
    request: HttpRequest, run_id: uuid.UUID, position: int | None = None
) -> HttpResponse:
    """Retries a run, or one of its topics, with the budget that stands beside the button.

    The field `positions` names the topics of a run that are meant, as in `3,7`; else all are.
    """
    positions = {position} if position else positions_in(request.POST.get("positions", ""))

    def change(run: Run) -> None:
        allowance, by = _allowance(request.POST), caller_in(request).username
        control.retry(run, positions or None, allowance, by=by)

    return await _change(request, run_id, position, change)


@require_POST
async def review(request: HttpRequest, run_id: uuid.UUID, position: int) -> HttpResponse:
    """Keeps the verdict on a topic; `retry` rejects it and queues it again, with the note."""
    person = await request.auser()
    verdict, note = request.POST.get("verdict", ""), request.POST.get(f"note-{position}")

    def change(run: Run) -> None:
        state = Review.REJECTED if verdict == RETRY else _state_of(verdict)
        control.review(run, state, person, note, {position})
        if verdict == RETRY:
            control.retry(run, {position}, by=caller_in(request).username)

    return await _change(request, run_id, position, change)


def _state_of(verdict: str) -> Review:
    try:
        return Review(verdict)
    except ValueError:
        raise BadInput(reason="a verdict is approved, rejected or unreviewed.") from None


@require_POST
async def rename(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Gives a run the name that was typed; an empty one takes its name away."""
    change = partial(control.rename, name=request.POST.get("name", ""))
    return await _change(request, run_id, None, change)


@require_POST
async def star(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Stars a run, or takes its star away."""
    change = partial(control.star, starred=bool(request.POST.get("starred")))
    return await _change(request, run_id, None, change)


@require_http_methods(["GET", "HEAD", "POST"])
async def delete(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Asks whether a run shall be deleted, and deletes it."""
    run = await aget_object_or_404(Run, pk=run_id)
    if request.method != "POST":
        topics = [topic async for topic in run.topics.only("text")]
        context = {"run": run, "first": topics[0].text, "total": len(topics)}
        return await _render(request, "research/delete.html", context)
    try:
        await sync_to_async(deletion.delete)(run)
    except StillAtWork as error:
        messages.error(request, str(error))
        return redirect(run)
    messages.success(request, "The run is deleted.")
    return redirect("history")


def _allowance(fields: QueryDict) -> Allowance:
    """What stands beside the button that retries."""
    return Allowance.parse(fields.get("token_budget"), fields.get("money_budget"))


async def _change(
    request: HttpRequest, run_id: uuid.UUID, position: int | None, change: Callable[[Run], None]
) -> HttpResponse:
    """Changes a run; answers a script with nothing or a sentence, a browser with the run's page."""
    run = await aget_object_or_404(Run, pk=run_id)
    refusal, status = "", 204
    try:
        await sync_to_async(change)(run)
    except (BadInput, NotFinished, QuotaSpent) as error:
        refusal = str(error)
        status = 429 if isinstance(error, QuotaSpent) else 400
    except NotFound as error:
        raise Http404(str(error)) from None
    if request.headers.get("x-requested-with") == "fetch":  # actions.js
        return HttpResponse(refusal, status=status, content_type="text/plain; charset=utf-8")
    if refusal:
        messages.error(request, refusal)
    place = f"#topic-{position}" if position else ""
    return redirect(run.get_absolute_url() + place)
