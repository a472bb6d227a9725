"""A person's own page: their teams and their API tokens."""

from typing import Any

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from research.exceptions import BadInput, ResearchError
from research.people.caller import caller_in
from research.people.models import Membership, Scope, Team, Token

MAX_DAYS = 3650


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def account(request: HttpRequest) -> HttpResponse:
    """Shows teams and tokens; makes a token, whose text is shown this once, or revokes one."""
    return await sync_to_async(_account)(request)


def _account(request: HttpRequest) -> HttpResponse:
    caller = caller_in(request)
    members = Membership.objects.filter(user=caller.user).select_related("team")
    if not members:
        raise Http404("Nobody signs in to this site.")
    own = Token.objects.filter(user=caller.user).select_related("team")
    made = error = ""
    if request.method == "POST":
        try:
            made = _change(request, own, [member.team for member in members])
        except ResearchError as refusal:
            error = str(refusal)
        if not (made or error):
            return redirect("account")
    context = {"caller": caller, "members": members, "tokens": own.all(), "made": made}
    status = 400 if error else 200
    return render(request, "research/account.html", context | {"error": error}, status=status)


def _change(request: HttpRequest, own: Any, teams: list[Team]) -> str:
    """The text of a token that was made; empty where one was revoked."""
    fields = request.POST
    if key := fields.get("revoke"):
        if token := own.filter(pk=key if key.isdigit() else 0).first():
            token.revoke()
        return ""
    team = next((team for team in teams if team.slug == fields.get("team")), None)
    if team is None or fields.get("scope") not in Scope.values:
        raise BadInput(reason="choose a team of yours, and what the token may do.")
    said = fields.get("days", "").strip()
    if said and not (said.isdecimal() and 0 < int(said) <= MAX_DAYS):
        raise BadInput(reason=f"the days are a whole number from 1 to {MAX_DAYS}.")
    days = int(said) if said else None
    name = " ".join(fields.get("name", "").split())[:80]
    _, text = Token.objects.make(request.user, team, fields["scope"], days, name)
    return text
