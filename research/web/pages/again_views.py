"""The page on which a run is run again: all its topics or some, as it was or otherwise."""

import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import aget_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from research.exceptions import ResearchError
from research.people.caller import caller_in
from research.runs.again import again
from research.runs.allowance import Allowance
from research.runs.models import RETRIABLE, Review, Run, Topic
from research.runs.submission import Submission
from research.text.money import plain
from research.web.pages.crew_form import FIELD_OF, CrewForm
from research.web.pages.lines import positions_in

_render = sync_to_async(render)


class AgainForm(CrewForm):
    """Which topics of a run, and with what; valid, it has a `submission` to submit.

    An empty blueprint is the run's own, as the run kept it.
    """

    submission: Submission

    def __init__(self, run: Run, chosen: set[int], data: QueryDict | None = None) -> None:
        usd = "" if run.money_budget is None else plain(run.money_budget)
        initial = {
            "blueprint": "",
            "model": run.model,
            "token_budget": run.token_budget,
            "money_budget": usd,
        }
        super().__init__(data, initial=initial)
        self.run, self.chosen, self.team = run, chosen, run.team

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        is_all = self.chosen == set(self.run.topics.values_list("position", flat=True))
        try:
            self.submission = again(
                self.run,
                None if is_all else self.chosen,  # the rows behind a pilot belong to all
                cleaned["model"],
                cleaned["blueprint"],
                Allowance.parse(cleaned["token_budget"], cleaned["money_budget"]),
            )
        except ResearchError as error:
            self.add_error(FIELD_OF.get(type(error)), str(error))
        return cleaned

    def has_options(self) -> bool:
        return any(
            self[name].value() or self[name].errors for name in ("token_budget", "money_budget")
        )

    def estimated_blueprint(self) -> str:
        return super().estimated_blueprint() or self.run.blueprint


@require_http_methods(["GET", "HEAD", "POST"])
async def run_again(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Shows what of a run can be run again, `?topics=3,7` chosen; a POST starts the new run."""
    run = await aget_object_or_404(Run.objects.select_related("team"), pk=run_id)
    form = await sync_to_async(_form)(request, run)
    status = 400 if form.errors else 200
    if request.method == "POST" and not form.errors:
        try:
            new = await sync_to_async(_submitted)(request, form)
        except ResearchError as error:  # of its team: a quota is spent, or a tool is not theirs
            form.add_error(None, str(error))
            status = error.status
        else:
            number = len(form.submission.rows)
            messages.success(request, f"{number} of its topics run again, in this run.")
            return redirect(new)
    return await _render(request, "research/again.html", await _context(run, form), status=status)


def _submitted(request: HttpRequest, form: AgainForm) -> Run:
    return form.submission.submit(caller=caller_in(request).username)


def _form(request: HttpRequest, run: Run) -> AgainForm:
    if request.method == "POST":
        form = AgainForm(run, positions_in(",".join(request.POST.getlist("topics"))), request.POST)
        form.full_clean()
        return form
    if "topics" in request.GET:
        return AgainForm(run, positions_in(request.GET["topics"]))
    return AgainForm(run, set(run.topics.values_list("position", flat=True)))


@sync_to_async
def _context(run: Run, form: AgainForm) -> dict[str, Any]:
    topics = list(run.topics.defer("result"))
    return {"run": run, "form": form, "topics": topics, "groups": _groups(topics)}


def _groups(topics: list[Topic]) -> dict[str, str]:
    """What can be chosen at once, by its name: positions with commas between."""
    groups = {
        "all": topics,
        "none": [],
        "failed or cancelled": [topic for topic in topics if topic.status in RETRIABLE],
        "rejected": [topic for topic in topics if topic.review == Review.REJECTED],
    }
    return {
        name: ",".join(str(topic.position) for topic in group)
        for name, group in groups.items()
        if group or name == "none"
    }
