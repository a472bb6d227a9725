"""The desk and a claim by itself; as other pages, they query and render in a thread of their own.

Who reaches the site may review, as by the API: until accounts exist, that is one person.
"""

from dataclasses import replace
from itertools import zip_longest
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from research.exceptions import BadInput, NotFound, ResearchError
from research.people.caller import Caller, caller_in
from research.runs import control
from research.runs.desk import page_of, shown
from research.runs.models import Claim, Decision, Run
from research.web.review.cards import cards_of
from research.web.review.forms import DeskFilter

PAGE_SIZE = 20  # claims
SCRIPT = "fetch"  # who asks, in X-Requested-With: review.js

_render = sync_to_async(render)  # a template runs the queries of what it shows


@require_safe
async def desk(request: HttpRequest) -> HttpResponse:
    """Claims that need a person, worst first; or, with `?state=decided`, the last decided ones."""
    return await _render(request, "review/desk.html", await _desk(request.GET, caller_in(request)))


@sync_to_async
def _desk(query: QueryDict, caller: Caller) -> dict[str, Any]:
    form = DeskFilter(query, caller)
    runs = Run.objects.visible_to(caller)
    try:
        page = page_of(form.wanted, PAGE_SIZE, query.get("after", ""), query.get("before", ""))
    except ValueError:
        raise Http404("There is no such page of the desk.") from None
    return {
        "form": form,
        "wanted": form.wanted,
        "run": runs.filter(pk=form.wanted.run).first() if form.wanted.run else None,
        "page": page,
        "cards": zip_longest(cards_of(page.claims), [claim.pk for claim in page.claims[1:]]),
        "back": query.urlencode(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
async def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim by itself; a POST decides on it, and goes back to the desk that it came from."""
    person = await request.auser()
    found, problem = await sync_to_async(_decided)(claim_id, request, person)
    status = problem.status if problem else 200
    if request.headers.get("x-requested-with") == SCRIPT:
        return await _show(request, found, problem, "review/_claim.html", status)
    if request.method == "POST" and problem is None:
        messages.success(request, _told(found))
        return redirect(_back(request.POST))
    return await _show(request, found, problem, "review/claim.html", status)


def _decided(
    claim_id: int, request: HttpRequest, person: Any
) -> tuple[Claim, ResearchError | None]:
    """The claim as it is once the decision was kept, and why it was not. Raises Http404."""
    problem = None
    try:
        if request.method == "POST":
            _decide(_claim(claim_id), request.POST, person)
    except NotFound:
        raise Http404("There is no such claim.") from None
    except ResearchError as error:
        problem = error
    return _claim(claim_id), problem


def _decide(claim: Claim, fields: QueryDict, person: Any) -> None:
    try:
        decision = Decision(fields.get("decision", "?"))
    except ValueError:
        raise BadInput(reason="a decision is accepted, rejected or corrected.") from None
    correction, topic = "", claim.topic
    if decision == Decision.CORRECTED:
        correction = fields.get("correction", "").replace("\r\n", "\n")  # as browsers send it
    control.decide(
        topic.run, topic.position, claim.index, decision, person, correction, fields.get("seen")
    )


def _claim(claim_id: int) -> Claim:
    """Raises Http404."""
    found = shown(Claim.objects.filter(pk=claim_id)).first()
    if found is None:
        raise Http404("There is no such claim.")
    return found


@sync_to_async
def _show(
    request: HttpRequest, claim: Claim, problem: ResearchError | None, template: str, status: int
) -> HttpResponse:
    [card] = cards_of([claim])
    typed = request.POST.get("correction", "") if problem else ""
    context = {
        "card": replace(card, problem=str(problem or ""), typed=typed),
        "back": request.POST.get("back", ""),
        "next": request.POST.get("next", ""),
    }
    return render(request, template, context, status=status)


def _told(claim: Claim) -> str:
    text = claim.text if len(claim.text) <= 80 else f"{claim.text[:79]}…"
    return f"“{text}” is {claim.decision or 'open again'}."


def _back(fields: QueryDict) -> str:
    """The desk that a decision came from, at the claim that comes next."""
    query, following = QueryDict(fields.get("back", "")).urlencode(), fields.get("next", "")
    place = f"#claim-{following}" if following.isdecimal() else ""
    return f"{reverse('review')}{'?' if query else ''}{query}{place}"
