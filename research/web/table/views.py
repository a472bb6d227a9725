"""The pages of a run's table: all of it, rows that have changed, one cell, one column.

What a script asks for is a part of such a page, which works by itself as well. As other pages,
they query and render in a thread of their own.
"""

import uuid
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from research.exceptions import ResearchError
from research.people.caller import caller_in
from research.runs import cells, table
from research.runs.allowance import Allowance
from research.runs.cells import Change
from research.runs.estimate import forecast_again
from research.runs.models import Run, Topic
from research.web.pages.columns import ColumnForm
from research.web.pages.lines import positions_in
from research.web.pages.summary import shared_causes
from research.web.table.drawing import draw
from research.web.table.plots import plot_of, plottable
from research.web.table.proofs import Proof, proof_of
from research.web.table.shown import SIGN, STATES, WORDS, Table, table_of

SCRIPT = "fetch"  # who asks, in X-Requested-With
PAGES = ("GET", "HEAD", "POST")

SAID = ("correction", "note")


@require_safe
@sync_to_async
def show(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The table, complete as of now; the page's script follows the run from `last_seq` on."""
    run = get_object_or_404(Run, pk=run_id)
    whole = table_of(run)
    context = {
        **_overview(whole, request.GET),
        "rows": draw(whole, whole.rows),
        "states": [(state, SIGN[state], WORDS.get(state, state)) for state in STATES],
        "first": whole.rows[0].topic.text if whole.rows else "",
    }
    return render(request, "research/table/table.html", context)


@require_safe
@sync_to_async
def rows(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The summary and the rows at `?positions=3,7`, for a page that is open."""
    run = get_object_or_404(Run, pk=run_id)
    whole = table_of(run)
    positions = positions_in(request.GET.get("positions", ""))
    changed = [row for row in whole.rows if row.topic.position in positions]
    context = {**_overview(whole, request.GET), "rows": draw(whole, changed)}
    return render(request, "research/table/_rows.html", context)


def _overview(whole: Table, query: QueryDict) -> dict[str, Any]:
    choices = plottable(whole.columns)
    asked = query.get("plot", "")
    plotted = int(asked) if asked.isdecimal() and int(asked) in choices else next(iter(choices), 0)
    columns = [
        (number, column, whole.lacking(number))
        for number, column in enumerate(whole.columns, start=1)
    ]
    return {
        "run": whole.run,
        "table": whole,
        "counts": [(SIGN[s], WORDS.get(s, s), s, n) for s, n in whole.counts.items()],
        "done": sum(not row.topic.is_open for row in whole.rows),
        "causes": shared_causes(whole.run),
        "plot": plot_of(whole, plotted) if plotted else None,
        "plotted": plotted,
        "plots": choices,
        "columns": columns,
        "lacking": any(lacking for _, _, lacking in columns),
        "comparison": whole.run.comparisons.newest_first().first(),
        "now": timezone.now(),
    }


# One cell -----------------------------------------------------------------------------------


@require_http_methods(PAGES)
async def cell(request: HttpRequest, run_id: uuid.UUID, position: int, number: int) -> HttpResponse:
    """A cell's proof, and what a person says of it.

    A POST keeps a correction (`do=correct`), takes it back (`do=restore`), keeps a note (`do=note`)
    or asks for the cell again (`do=again`).
    """
    person = await request.auser()

    def answer() -> HttpResponse:
        topics = Topic.objects.select_related("run").defer("result")
        topic = get_object_or_404(topics, run=run_id, position=position)
        proof = _proof(topic, number)
        if request.method != "POST":
            return _panel(request, "_cell.html", {"proof": proof})
        try:
            told = _change(proof, request.POST, person)
        except ResearchError as error:
            typed = {name: request.POST[name] for name in SAID if name in request.POST}
            refused = proof_of(topic, number, str(error), **typed)
            return _panel(request, "_cell.html", {"proof": refused}, error.status)
        if _is_script(request):
            topic.refresh_from_db(fields=["status", "asked"])
            return _panel(request, "_cell.html", {"proof": _proof(topic, number), "told": told})
        messages.success(request, told)
        return redirect(proof.url)

    return await sync_to_async(answer)()


def _proof(topic: Topic, number: int) -> Proof:
    """Raises Http404."""
    proof = proof_of(topic, number)
    if proof is None:
        raise Http404("There is no such column.")
    return proof


def _change(proof: Proof, fields: QueryDict, person: Any) -> str:
    """Does what a button says, and returns what is to be told of it."""
    run, position, column = proof.run, proof.topic.position, proof.column.name
    do = fields.get("do", "")
    if do == "again":
        table.retry_cell(run, position, column, _allowance(fields), by=person.get_username())
        return "The cell is asked for again."
    said = {name: fields.get(name, "").replace("\r\n", "\n") for name in SAID}  # as browsers do
    changes: dict[str, tuple[Change, str]] = {
        "correct": ({"correction": said["correction"]}, "The correction stands."),
        "restore": ({"correction": None}, "The correction is taken back."),
        "note": ({"note": said["note"]}, "The note is kept."),
    }
    if do not in changes:
        raise Http404("There is no such change.")
    change, told = changes[do]
    cells.amend(run, position, column, change, person, fields.get("seen"))
    return told


def _allowance(fields: QueryDict) -> Allowance:
    """What stands beside the button that asks again."""
    return Allowance.parse(fields.get("token_budget"), fields.get("money_budget"))


# Columns ------------------------------------------------------------------------------------


@require_http_methods(PAGES)
@sync_to_async
def column(request: HttpRequest, run_id: uuid.UUID, number: int) -> HttpResponse:
    """Asks whether all cells of a column that have no value shall be asked for again; does so."""
    run = get_object_or_404(Run, pk=run_id)
    whole = table_of(run)
    if not 0 < number <= len(whole.columns):
        raise Http404("There is no such column.")
    asked, lacking = whole.columns[number - 1], whole.lacking(number)

    def retry() -> str:
        count = table.retry_missing(
            run, asked.name, _allowance(request.POST), by=caller_in(request).username
        )
        return f"{count} cell{pluralize(count)} of “{asked.name}” asked for again."

    context = {
        "run": run,
        "column": asked,
        "number": number,
        "lacking": lacking,
        "forecast": forecast_again(run, lacking),
    }
    return _ask(request, run, "_column.html", context, retry)


@require_http_methods(PAGES)
@sync_to_async
def add_column(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """A form for one column more, which all rows are then asked for."""
    run = get_object_or_404(Run, pk=run_id)
    form = ColumnForm(request.POST if request.method == "POST" else None, prefix="column")
    count = run.topics.count()

    def add() -> str:
        asked = (form.column() if form.is_valid() else None) or {"name": ""}
        table.add_columns(run, [asked], _allowance(request.POST), by=caller_in(request).username)
        return f"“{asked['name']}” is asked of {count} row{pluralize(count)}."

    context = {"run": run, "column": form, "count": count, "forecast": forecast_again(run, count)}
    return _ask(request, run, "_add_column.html", context, add)


def _ask(
    request: HttpRequest, run: Run, part: str, context: dict[str, Any], do: Callable[[], str]
) -> HttpResponse:
    """Shows what is about to be asked and what it takes; does it when that is confirmed."""
    if request.method != "POST":
        return _panel(request, part, context)
    try:
        told = do()
    except ResearchError as error:
        return _panel(request, part, context | {"problem": str(error)}, error.status)
    if _is_script(request):
        return HttpResponse(told, content_type="text/plain; charset=utf-8")
    messages.success(request, told)
    return redirect("table", run.pk)


def _panel(
    request: HttpRequest, part: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A part of a page for a script, and a page of its own for a browser."""
    if _is_script(request):
        return render(request, f"research/table/{part}", context, status=status)
    run = context["proof"].run if "proof" in context else context["run"]
    page = context | {"part": f"research/table/{part}", "run": run}
    return render(request, "research/table/panel.html", page, status=status)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("x-requested-with") == SCRIPT
