"""The gate: who a request is by, and whether they may do what its address stands for.

Every address goes through here, and one that no rule covers is answered as if it were not there
(tests/unit/test_gate.py walks through all of them). What stands behind asks `visible_to` for what
it lists, and nothing for the object in its address, which was asked for here. Where nobody signs
in, everyone is the person at this machine.
"""

import hmac
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, cast
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from ninja.utils import check_csrf

from research.exceptions import NotFound, ResearchError
from research.library.models import MAX_ID, Document
from research.people.caller import Caller, caller_of, everyone
from research.people.exceptions import NoForm, NotAllowed, SignIn
from research.people.models import Role, Token, bearer_in
from research.runs.models import Claim, Run
from research.web.middleware import OnTheLoop, local_user

SAFE = ("GET", "HEAD", "OPTIONS")


class Need(Enum):
    """What an address asks of its caller."""

    NOTHING = auto()
    PROBE = auto()
    """Nothing, and the database may be away."""
    SIGN_IN = auto()
    PERSON = auto()
    """To be signed in as a person: a token that leaks is not to leave others behind."""
    READ = auto()
    """To see its runs, whatever the method."""
    RUN = auto()
    """To see its runs; to change one, to be a member of its team."""
    REVIEW = auto()
    """To see the run or claim; to decide, the permission to review."""
    DOCUMENT = auto()
    """To see it; to change it, to be a member of its team; the site's are the administrators'."""
    TEAM = auto()
    """To be in the team; to change it, to be its manager."""
    MANAGER = auto()
    """To be the team's manager, whatever the method."""
    IN_TEAM = auto()
    """To be in the team, whatever the method."""
    STAFF = auto()
    SCRAPE = auto()
    """The scrape token, or an administrator."""


RULES: tuple[tuple[re.Pattern[str], Need], ...] = tuple(
    (re.compile(pattern), need)
    for pattern, need in (
        (r"(healthz|readyz)$", Need.PROBE),
        (r"(accounts/|favicon\.ico$|first/|s/)", Need.NOTHING),
        (r"metrics$", Need.SCRAPE),
        (r"mcp$", Need.READ),  # its tools ask for what they do
        (r"(admin/|setup/$)", Need.STAFF),
        (r"review/(<int:claim_id>/)?$", Need.REVIEW),
        (r"(api/)?runs/<[^>]*run_id>/.*(review/?|claims/<[^>]*>)$", Need.REVIEW),
        (r"(api/)?runs/<[^>]*run_id>/export", Need.READ),
        (r"(api/)?runs/<[^>]*run_id>", Need.RUN),
        (r"(library/<int:pk>|api/library/<)", Need.DOCUMENT),
        (r"api/column-templates", Need.SIGN_IN),  # of a team that the request names
        (r"(runs/|api/runs|research|estimate/|rows/.*)?$", Need.SIGN_IN),
        (r"(library/$|api/library$|api/library/(search|archive)$)", Need.SIGN_IN),
        (r"api/(check|me|docs|openapi\.json|exports?.*)$", Need.SIGN_IN),
        (r"account/$", Need.PERSON),
        (r"(teams/|join/<[^>]*>/)$", Need.SIGN_IN),
        (r"teams/<slug:slug>/leave/$", Need.IN_TEAM),
        (r"teams/<slug:slug>/record/$", Need.MANAGER),
        (r"teams/<slug:slug>/(blueprints/(<slug:name>/)?)?$", Need.TEAM),
    )
)


def need_of(route: str) -> Need | None:
    """What a route of Django's asks for; None: nobody has said."""
    return next((need for pattern, need in RULES if pattern.match(route)), None)


class Gate(OnTheLoop):
    """Sets `request.caller`, and refuses what the caller may not see or do."""

    def process_request(self, request: HttpRequest) -> None:
        if not settings.RESEARCH_ACCOUNTS:
            user = cast(Any, SimpleLazyObject(local_user))
            request.user = user
            request.auser = sync_to_async(local_user)
            request.caller = everyone(user)  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        if settings.RESEARCH_ACCOUNTS:  # what one person was shown stays in no shared browser
            response.headers["Cache-Control"] = "no-store"
        return response

    async def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        route = request.resolver_match.route if request.resolver_match else ""
        if not settings.RESEARCH_ACCOUNTS:
            if route.startswith("accounts/"):
                raise Http404("Nobody signs in to this site.")
            return None
        try:
            return await self._admit(request, route, kwargs)
        except ResearchError as error:
            return _refused(request, route, error)

    async def _admit(
        self, request: HttpRequest, route: str, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        need = need_of(route)
        if need is Need.PROBE:
            return None
        if need is Need.NOTHING:
            await sync_to_async(_recognise)(request)
            return None
        if need is Need.SCRAPE and _may_scrape(request):
            return None
        return await sync_to_async(_admit_caller)(request, need, route, kwargs)


def _admit_caller(
    request: HttpRequest, need: Need | None, route: str, kwargs: Mapping[str, Any]
) -> HttpResponse | None:
    """All that asks the database, in one hop to a thread. Raises ResearchError."""
    token = _token(request)
    caller = _caller(request, token)
    user = caller.user

    async def auser() -> Any:
        return user

    request.caller, request.user, request.auser = caller, user, auser  # type: ignore[attr-defined]
    is_safe = request.method in SAFE
    if token is not None:
        # A token is not sent by a browser for another site's page.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    elif _is_api(route) and not is_safe and not _has_form_token(request):
        raise NoForm
    _check(Asked(caller, need, is_safe), kwargs)
    return None


def _has_form_token(request: HttpRequest) -> bool:
    try:
        return check_csrf(request) is None
    except (MultiPartParserError, SuspiciousOperation):  # a form that cannot be read has none
        return False


@dataclass(frozen=True)
class Asked:
    """What somebody wants of an address."""

    caller: Caller
    need: Need | None
    is_safe: bool


def _check(asked: Asked, kwargs: Mapping[str, Any]) -> None:
    """Raises NotFound for what the caller may not see, NotAllowed for what they may not do."""
    caller, is_safe = asked.caller, asked.is_safe
    match asked.need:
        case Need.SIGN_IN:
            if not is_safe and not caller.may_write:
                raise NotAllowed(need="the token is for reading only")
        case Need.PERSON:
            if caller.by_token:
                raise NotAllowed(need="it needs a person who has signed in, not a token")
        case Need.TEAM | Need.IN_TEAM | Need.MANAGER:
            own = caller.team(str(kwargs["slug"]))
            if not is_safe or asked.need is Need.MANAGER:
                role = Role.VIEWER if asked.need is Need.IN_TEAM else Role.MANAGER
                caller.refuse_unless(role, own.pk if own else None)
        case Need.READ:
            _team_of(caller, kwargs)
        case Need.RUN | Need.REVIEW:
            team = _team_of(caller, kwargs)
            if asked.need is Need.REVIEW and not (is_safe and kwargs.keys() & {"run_id"}):
                caller.refuse_unless_reviewer(caller.home if team is ANY else team)
            elif not is_safe:
                caller.refuse_unless(Role.MEMBER, team)
        case Need.DOCUMENT:
            team = _document_team(caller, kwargs)
            if not is_safe:
                caller.refuse_unless(Role.MEMBER, team)
        case Need.STAFF | Need.SCRAPE:
            if not caller.is_administrator:
                raise NotAllowed(need="it needs an administrator")
            if not is_safe and not caller.may_write:
                raise NotAllowed(need="the token is for reading only")
        case _:
            raise NotFound(thing="page", name="")


ANY = -1  # of an address that names no run: a desk over all of them


def _team_of(caller: Caller, kwargs: Mapping[str, Any]) -> int | None:
    """The team of the run, or of each run, in an address. Raises NotFound."""
    if claim := kwargs.get("claim_id"):
        found = Claim.objects.filter(pk=claim).values_list("topic__run", flat=True).first()
        return _run_team(caller, found)
    names = [value for name, value in kwargs.items() if name in ("run_id", "other", "other_id")]
    teams = [_run_team(caller, name) for name in names]
    return teams[0] if teams else ANY


def _run_team(caller: Caller, name: Any) -> int | None:
    try:
        key = name if isinstance(name, uuid.UUID) else uuid.UUID(str(name))
    except ValueError:
        raise NotFound(thing="run", name=str(name)[:40]) from None
    found = Run.objects.visible_to(caller).filter(pk=key).values_list("team").first()
    if found is None:
        raise NotFound(thing="run", name=str(name)[:40])
    return cast("int | None", found[0])


def _document_team(caller: Caller, kwargs: Mapping[str, Any]) -> int | None:
    key = str(next(iter(kwargs.values()), ""))
    documents = Document.objects.visible_to(caller)
    is_number = key.isascii() and key.isdigit() and int(key) <= MAX_ID
    found = documents.filter(pk=int(key)).values_list("team").first() if is_number else None
    if found is None:
        raise NotFound(thing="document", name=str(key)[:40])
    return cast("int | None", found[0])


def _token(request: HttpRequest) -> str | None:
    return bearer_in(request.headers.get("authorization", ""))


def _caller(request: HttpRequest, text: str | None) -> Caller:
    """Raises SignIn and BadToken."""
    if text is not None:
        token = Token.objects.valid(text)
        return caller_of(token.user, token)
    if not request.user.is_authenticated:
        raise SignIn
    return caller_of(request.user)


def _recognise(request: HttpRequest) -> None:
    """Sets the caller of a page that asks nothing of them, if they are signed in."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        request.caller = caller_of(request.user)  # type: ignore[attr-defined]


def _may_scrape(request: HttpRequest) -> bool:
    wanted, given = settings.RESEARCH_SCRAPE_TOKEN, _token(request)
    return bool(wanted and given and hmac.compare_digest(wanted.encode(), given.encode()))


def may_see_details(request: HttpRequest, has_database: bool) -> bool:
    """Whether a probe is told what is wrong: it may be a scraper's, or an administrator's."""
    if not settings.RESEARCH_ACCOUNTS or _may_scrape(request):
        return True
    token = _token(request)
    if not has_database or not (token or settings.SESSION_COOKIE_NAME in request.COOKIES):
        return False
    try:
        return _caller(request, token).is_administrator
    except ResearchError:
        return False


def _is_api(route: str) -> bool:
    return route.startswith("api/") or route in ("research", "mcp")


def _refused(request: HttpRequest, route: str, error: ResearchError) -> HttpResponse:
    if _is_api(route) or route == "metrics":
        headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
        return JsonResponse(error.as_json(), status=error.status, headers=headers)
    if error.status == 401:
        place = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('account_login')}?{place}")
    if error.status == 404:
        raise Http404(str(error))
    return HttpResponse(render_to_string("403.html", {"error": error}), status=error.status)
