"""A person's own page: their teams and their API tokens."""

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from research.exceptions import BadInput, ResearchError
from research.people.caller import caller_in
from research.people.models import Membership, Token
from research.web.pages.tokens import make_token, revoke_token


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
    own = Token.objects.filter(user=caller.user).select_related("team", "user")
    made, error, status = "", "", 200
    if request.method == "POST":
        if key := request.POST.get("revoke"):
            revoke_token(caller, own, key)
            return redirect("account")
        teams = {member.team.slug: member.team for member in members}
        try:
            team = teams.get(request.POST.get("team", ""))
            if team is None:
                raise BadInput(reason="choose a team of yours.")
            made = make_token(caller, team, request.POST)
        except ResearchError as refusal:
            error, status = str(refusal), refusal.status
    context = {"caller": caller, "members": members, "tokens": own.all(), "made": made}
    return render(request, "research/account.html", context | {"error": error}, status=status)
