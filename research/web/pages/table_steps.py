"""The steps between a pilot and the whole table: look, change the columns, start the rest."""

import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import aget_object_or_404, redirect, render
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_http_methods, require_POST

from research.exceptions import ResearchError
from research.people.caller import caller_in
from research.runs import table
from research.runs.belongings import keep_columns, may_manage, refuse_unless_manager
from research.runs.models import Run
from research.runs.table_comparison import comparison_of
from research.web.pages.columns import ColumnsForm

_render = sync_to_async(render)


@require_POST
async def start_rest(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Starts the rows that wait behind a pilot."""
    run = await aget_object_or_404(Run, pk=run_id)
    try:
        number = await sync_to_async(_started)(request, run)
    except ResearchError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{number} row{pluralize(number)} started.")
    return redirect(run)


@require_POST
async def compare(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Has one more crew write what stands out in the table, and shows it at work."""
    run = await aget_object_or_404(Run.objects.select_related("team"), pk=run_id)

    def begin() -> Run:
        submission = comparison_of(run, request.POST.get("model", "").strip() or None)
        return submission.submit(caller=caller_in(request).username, team=run.team)

    try:
        return redirect(await sync_to_async(begin)())
    except ResearchError as error:
        messages.error(request, str(error))
        return redirect("table", run_id)


def _started(request: HttpRequest, run: Run) -> int:
    return table.start_waiting(run, by=caller_in(request).username)


@require_http_methods(["GET", "HEAD", "POST"])
async def change_columns(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Shows a run's columns as they can be changed; what is new or changed is asked of its rows."""
    run = await aget_object_or_404(Run.objects.select_related("team"), pk=run_id)
    context = await sync_to_async(_change)(request, run)
    if not context:
        return redirect(run)
    return await _render(request, "research/columns.html", context, status=context["status"])


def _change(request: HttpRequest, run: Run) -> dict[str, Any] | None:
    """What the page shows; None: the columns are changed."""
    caller, team = caller_in(request), run.team
    error, status = "", 200
    if request.method != "POST":
        columns = ColumnsForm.showing(run.columns, team)
    elif "step" in request.POST:
        columns = ColumnsForm.at_step(request.POST, team)
    else:
        columns, status = ColumnsForm.from_data(request.POST, team), 400
        if columns.is_valid():
            try:
                name = request.POST.get("keep_columns", "").strip()
                if name:
                    refuse_unless_manager(caller, team, "keep columns")
                table.change_columns(run, columns.columns, by=caller.username)
                if name:
                    keep_columns(caller, team, name, columns.columns)
            except ResearchError as refusal:
                error, status = str(refusal), refusal.status
            else:
                return None
    columns.is_open = True
    return {
        "run": run,
        "columns": columns,
        "error": error,
        "status": status,
        "name": request.POST.get("keep_columns", ""),
        "may_keep": may_manage(caller, team),
    }
