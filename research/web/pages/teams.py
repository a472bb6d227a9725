"""Teams: those that one is in, the members of one, and the links that bring in others."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from asgiref.sync import sync_to_async
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from research.exceptions import BadInput, ResearchError
from research.people.caller import Caller, caller_in
from research.people.exceptions import TooManyMails
from research.people.models import AuditEntry, Invitation, Membership, Role, Scope, Team, Token
from research.runs.belongings import may_manage
from research.runs.deletion import delete_team
from research.runs.use import use_by_day
from research.web.links import public_url
from research.web.pages.quotas import QuotasForm, with_quotas
from research.web.pages.row_key import row_key
from research.web.pages.tokens import make_token, revoke_token
from research.web.pages.use_plots import plots_of
from research.web.signing_in.mail import send_invitation

PAGES = ["GET", "HEAD", "POST"]
MAX_DAYS = 365  # that an invitation is good for
LATEST = 5  # acts that the page shows; the others have a page of their own

View = Callable[..., HttpResponse]


def where_people_sign_in(view: View) -> Any:
    """A page that is not there where nobody signs in; it is worked out in a thread."""

    @wraps(view)
    async def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.RESEARCH_ACCOUNTS:
            raise Http404("Nobody signs in to this site.")
        return await sync_to_async(view)(request, *args, **kwargs)

    return answer


class TeamForm(forms.Form):
    """A new team."""

    slug = forms.SlugField(
        max_length=40,
        error_messages={"invalid": "A name has letters, digits, hyphens and underscores only."},
    )


class InvitationForm(forms.Form):
    """A link for one person more."""

    role = forms.ChoiceField(choices=Role, initial=Role.MEMBER)
    days = forms.IntegerField(min_value=1, max_value=MAX_DAYS, initial=7)
    email = forms.EmailField(required=False)


@require_http_methods(PAGES)
@where_people_sign_in
def teams(request: HttpRequest) -> HttpResponse:
    """The teams that one is in; a POST makes another one, whose manager one is."""
    caller = caller_in(request)
    form = TeamForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            team = Team.objects.found(form.cleaned_data["slug"].lower(), caller.user)
        except ResearchError as error:
            form.add_error("slug", str(error))
        else:
            return redirect(team)
    own = Membership.objects.filter(user=caller.user, team__in=caller.teams)
    members = own.select_related("team")
    context = {"members": members.annotate(size=Count("team__memberships")), "form": form}
    return render(request, "people/teams.html", context, status=400 if form.errors else 200)


@require_http_methods(PAGES)
@where_people_sign_in
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """A team with its members, use and tokens; its managers change it, by the `do` of a POST."""
    caller = caller_in(request)
    shown = get_object_or_404(Team, slug=slug)
    fields, status = request.POST, 200
    more: dict[str, Any] = {"form": InvitationForm(), "limits": QuotasForm(shown)}
    if request.method == "POST":
        if fields.get("do") == "invite":
            more["form"] = InvitationForm(fields)
        if fields.get("do") == "quotas":
            more["limits"] = QuotasForm(shown, fields)
        try:
            if fields.get("do") == "token":
                more["made"] = make_token(caller, shown, fields)
            elif fields.get("do") == "invite":
                _invite(request, shown, more["form"])
                return redirect(shown)
            else:
                return redirect(_change(caller, shown, fields, more["limits"]))
        except ResearchError as refusal:
            more["error"], status = str(refusal), refusal.status
    return render(request, "people/team.html", _shown(request, shown) | more, status=status)


@require_POST
@where_people_sign_in
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes the caller out of a team."""
    left, user = get_object_or_404(Team, slug=slug), caller_in(request).user
    try:
        left.remove(user, by=user.get_username())
    except ResearchError as error:
        messages.error(request, str(error))
        return redirect(left)
    messages.success(request, f"You have left {left}.")
    return redirect("teams")


@require_http_methods(PAGES)
@where_people_sign_in
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Says where an invitation leads, and takes who accepts it there."""
    invitation = Invitation.objects.signed(secret)
    if invitation is None:
        return render(request, "people/spent.html", status=404)
    try:
        if request.method == "POST" and invitation.accept(caller_in(request).user) is None:
            return render(request, "people/spent.html", status=404)
    except ResearchError as error:
        messages.info(request, str(error))
        return redirect(invitation.team)
    if request.method == "POST":
        return redirect(invitation.team)
    return render(request, "people/join.html", {"invitation": invitation})


def _shown(request: HttpRequest, team: Team) -> dict[str, Any]:
    caller = caller_in(request)
    own, manages = caller.roles.get(team.pk), may_manage(caller, team)
    invitations = Invitation.objects.open().filter(team=team) if manages else ()
    days = use_by_day(team)
    return {
        "team": team,
        "members": team.memberships.select_related("user").order_by("user__username"),
        "invitations": [
            (each, public_url(request, each.get_absolute_url())) for each in invitations
        ],
        "roles": Role.values,
        "own": own,
        "quotas": with_quotas([team])[0][1],
        "plots": plots_of(days),
        "days": [day for day in reversed(days) if day.topics],
        "first_day": days[0].day,
        "manages": manages,
        "tokens": team.tokens.select_related("user", "team") if manages else (),
        "scopes": Scope.values,
        "entries": AuditEntry.objects.filter(team=team)[:LATEST] if manages else (),
        "caller": caller,
    }


def _invite(request: HttpRequest, team: Team, form: InvitationForm) -> None:
    """Makes a link, and mails it to the address that is named, if one is.

    Raises BadInput, PersonalTeam, TooManyMails, and NotMailed once there is a link.
    """
    if not form.is_valid():
        wrong = "an e-mail address or none" if "email" in form.errors else f"1 to {MAX_DAYS} days"
        raise BadInput(reason=f"choose a role, and {wrong}.")
    role, address = Role(form.cleaned_data["role"]), form.cleaned_data["email"]
    is_mailed = address and settings.RESEARCH_SENDS_MAIL
    if is_mailed and not ratelimit.consume(request, action="invite"):
        raise TooManyMails
    by = caller_in(request).username
    made = Invitation.objects.make(team, role, form.cleaned_data["days"], by)
    if is_mailed:
        url = public_url(request, made.get_absolute_url())
        told = {"by": by, "team": team, "role": role, "url": url, "until": made.expires_at}
        send_invitation(address, **told)
        messages.success(request, f"The invitation is on its way to {address}.")


def _change(caller: Caller, team: Team, fields: QueryDict, limits: QuotasForm) -> Any:
    """Does what a button says, and returns where to go. Raises what stands in the way."""
    match fields.get("do"):
        case "role":
            if fields.get("role") not in Role.values:
                raise BadInput(reason="a role is viewer, member or manager.")
            member = _member(team, fields)
            team.change_role(member.user, Role(str(fields["role"])), caller.username)
        case "remove":
            team.remove(_member(team, fields).user, caller.username)
        case "withdraw":
            open_ones = Invitation.objects.open().filter(team=team)
            if found := open_ones.filter(pk=row_key(fields.get("invitation", ""))).first():
                found.withdraw(caller.username)
        case "quotas":
            if not limits.is_valid():
                raise BadInput(reason="see the quotas below; none was changed.")
            team.limit(limits.limits, caller.username)
        case "revoke":
            tokens = Token.objects.filter(team=team).select_related("team", "user")
            revoke_token(caller, tokens, fields.get("token", ""))
        case "delete":
            if fields.get("slug", "").strip() != team.slug:
                raise BadInput(reason=f"to delete the team, write its name: {team}.")
            delete_team(team, caller.username)
            return "teams"
        case _:
            raise BadInput(reason="there is no such change.")
    return team


def _member(team: Team, fields: QueryDict) -> Membership:
    """Raises BadInput for somebody who has left."""
    key = row_key(fields.get("member", ""))
    found = team.memberships.select_related("user").filter(pk=key).first()
    if found is None:
        raise BadInput(reason=f"{team} has no such member any more.")
    return found
