"""The form and the history: async views, which query and render in a thread of the request's own.

So rendering two hundred reports holds up neither the WebSockets nor the other pages.
"""

from collections.abc import Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from research.exceptions import ResearchError
from research.people.caller import Caller, caller_in
from research.people.exceptions import UnknownTeam
from research.people.models import Role, Team
from research.runs.belongings import keep_columns, may_manage, refuse_unless_manager
from research.runs.models import Run, RunQuerySet, Topic
from research.runs.paging import Cursor, page_of
from research.runs.submission import MAX_TOPIC_LENGTH, Submission
from research.web.pages.finds import finds_in
from research.web.pages.forms import HistoryFilter, SubmissionForm
from research.web.pages.quotas import teams_to_choose
from research.web.pages.rows import RowsForm
from research.web.setup import strip

RECENT_RUNS = 8
PAGE_SIZE = 25  # runs on a page of the history
TOPICS_IN_A_ROW = 3  # of a run that is listed

_render = sync_to_async(render)  # a template runs the queries of what it shows


@require_http_methods(["GET", "HEAD", "POST"])
async def home(request: HttpRequest) -> HttpResponse:
    """The form, and the runs that were started last."""
    form = await sync_to_async(_form)(request)
    caller = caller_in(request)
    status = 200
    if form.is_bound and await sync_to_async(form.is_valid)():
        try:
            return await _start(request, form)
        except ResearchError as error:  # of its team: a quota is spent, or it is not theirs
            form.add_error(None, str(error))
            status = error.status
    if form.errors and status == 200:
        status = 400
    context = {
        "form": form,
        "columns": form.columns,
        "rows": form.rows,
        "max_topics": settings.RESEARCH_MAX_TOPICS,
        "max_length": MAX_TOPIC_LENGTH,
        "parts": await sync_to_async(strip.parts)(caller),
        "env_file": settings.ENV_FILE,
        "examples": strip.EXAMPLES,
        "teams": await sync_to_async(teams_to_choose)(caller),
        "team": form.team,
        "may_keep": may_manage(caller, form.team),
        "recent": await sync_to_async(_recent)(caller),
    }
    return await _render(request, "research/home.html", context, status=status)


@require_safe
async def estimate(request: HttpRequest) -> HttpResponse:
    """What `?model=&blueprint=&team=` costs, for a form in which somebody has just chosen them."""

    def form() -> SubmissionForm:
        try:
            team = caller_in(request).team(request.GET.get("team") or None)
        except UnknownTeam as error:
            raise Http404(str(error)) from None
        return SubmissionForm(request.GET, team=team)

    return await _render(request, "research/_estimate.html", {"form": await sync_to_async(form)()})


@require_POST
async def rows(request: HttpRequest) -> HttpResponse:
    """The form's part about rows, for what was pasted or chosen just now."""
    rows = RowsForm(request.POST, request.FILES)
    return await _render(request, "research/_rows.html", {"rows": rows})


def _form(request: HttpRequest) -> SubmissionForm:
    if request.method != "POST":
        return SubmissionForm(team=_chosen_team(request, request.GET.get("team")))
    team = _chosen_team(request, request.POST.get("team"))
    if "step" in request.POST:
        return SubmissionForm.at_step(request.POST, request.FILES, team)
    return SubmissionForm(request.POST, request.FILES, team=team)


def _chosen_team(request: HttpRequest, slug: str | None) -> Team | None:
    """Their own in place of one that they are not in: what was typed stays, and is refused."""
    caller = caller_in(request)
    try:
        return caller.team(slug or None)
    except UnknownTeam:
        return caller.team(None)


async def _start(request: HttpRequest, form: SubmissionForm) -> HttpResponse:
    submission = form.submission
    caller = caller_in(request)
    run = await sync_to_async(_submitted)(form, caller, request.POST.get("team") or None)
    for note in _left_out(submission):
        messages.info(request, note)
    return redirect(run)


def _submitted(form: SubmissionForm, caller: Caller, team_slug: str | None) -> Run:
    """Raises UnknownTeam, NotAllowed, BadInput and QuotaSpent."""
    team = caller.team(team_slug)
    caller.refuse_unless(Role.MEMBER, team.pk if team else None)
    name = form.cleaned_data["keep_columns"]
    if name:
        refuse_unless_manager(caller, team, "keep columns")
    run = form.submission.submit(caller=caller.username)
    if name:
        keep_columns(caller, team, name, form.columns.columns)
    return run


def _left_out(submission: Submission) -> Iterator[str]:
    """What of the form's lines did not become a topic, or not as it was typed."""
    if number := submission.unmarked:
        marks, were = f"list mark{pluralize(number)}", pluralize(number, "was,were")
        yield f"The {marks} of {number} line{pluralize(number)} {were} taken off."
    if number := submission.unturned:
        lines = f"{number} line{pluralize(number)}"
        yield f"Invisible characters that reorder text were removed from {lines}."
    if number := len(submission.duplicates):
        merged = ", ".join(f"“{topic}”" for topic in dict.fromkeys(submission.duplicates))
        yield f"{number} duplicate{pluralize(number, ' was,s were')} merged: {merged}."
    if number := submission.blank:
        yield f"{number} blank line{pluralize(number, ' was,s were')} left out."


@require_safe
async def history(request: HttpRequest) -> HttpResponse:
    """All runs, newest first, searched and filtered."""
    caller = caller_in(request)
    return await _render(request, "research/history.html", await _found(request.GET, caller))


@sync_to_async
def _found(query: QueryDict, caller: Caller) -> dict[str, Any]:
    form = HistoryFilter(query, Run.objects.visible_to(caller))
    form.full_clean()  # a field that cannot be read shows its error, and the others still filter
    wanted = {name: value for name, value in form.cleaned_data.items() if value}
    is_filtered = bool(wanted)
    words = wanted.pop("q", "")
    runs: RunQuerySet = Run.objects.visible_to(caller).matching(words).filter(**wanted)
    page = page_of(
        _listed(runs),
        PAGE_SIZE,
        before=_cursor(query.get("before")),
        after=_cursor(query.get("after")),
    )
    finds = finds_in(page.runs, words)
    for run in page.runs:
        run.finds = finds.get(run.pk, [])  # type: ignore[attr-defined]  # for the template
    return {"form": form, "page": page, "is_filtered": is_filtered}


def _recent(caller: Caller) -> list[Run]:
    return page_of(_listed(Run.objects.visible_to(caller)), RECENT_RUNS).runs


def _listed(runs: RunQuerySet) -> RunQuerySet:
    """Runs with what their row in a list shows beside their counts."""
    topics = Topic.objects.filter(position__lte=TOPICS_IN_A_ROW).defer("result")
    first = Prefetch("topics", topics, to_attr="first_topics")
    return runs.defer("definition").prefetch_related(first)


def _cursor(text: str | None) -> Cursor | None:
    if not text:
        return None
    try:
        return Cursor.parse(text)
    except ValueError:
        raise Http404("There is no such page of the history.") from None
