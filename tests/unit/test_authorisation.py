"""Every address and every socket, for everybody: who is let in, and what the others are told.

The rows are written by hand, not taken from the gate's rules. An address without a row fails.
"""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from research.library import documents
from research.live.routing import websocket_urlpatterns
from research.people.models import Invitation, Role, Team, Token
from research.runs import engines
from research.runs.models import Blueprint, Run, Status
from research.runs.submission import Submission
from researchsite.asgi import application
from tests.support.patience import patient

PEOPLE = ("nobody", "outsider", "viewer", "member", "manager", "administrator")
IN, SIGN_IN, HIDDEN, FORBIDDEN = "let in", "asked to sign in", "not there", "not allowed"
Outcomes = dict[str, str]


def outcomes(*told: str) -> Outcomes:
    return dict(zip(PEOPLE, told, strict=True))


OPEN = outcomes(IN, IN, IN, IN, IN, IN)
SIGNED_IN = outcomes(SIGN_IN, IN, IN, IN, IN, IN)
TEAM_READS = outcomes(SIGN_IN, HIDDEN, IN, IN, IN, IN)
MEMBERS = outcomes(SIGN_IN, HIDDEN, FORBIDDEN, IN, IN, IN)
MANAGERS = outcomes(SIGN_IN, HIDDEN, FORBIDDEN, FORBIDDEN, IN, IN)
REVIEWERS = outcomes(SIGN_IN, HIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, IN)


def nowhere(told: Outcomes) -> Outcomes:
    """For who would be let in, if there were such a thing."""
    return {person: HIDDEN if each == IN else each for person, each in told.items()}


ADMINISTRATORS = outcomes(SIGN_IN, *4 * [FORBIDDEN], IN)
OWN_TEAM = outcomes(SIGN_IN, IN, FORBIDDEN, IN, IN, IN)  # an outsider acts for another team
CHANGES_TEMPLATES = outcomes(SIGN_IN, IN, FORBIDDEN, FORBIDDEN, IN, IN)
RUN = "runs/<uuid:run_id>/"
API_RUN = "api/runs/<run_id>"

# For reading, and for a change (POST, or the method that is named).
ROWS: dict[str, tuple[Outcomes, Outcomes]] = {
    "": (SIGNED_IN, MEMBERS),  # for Acme
    "rows/": (SIGNED_IN, SIGNED_IN),
    "estimate/": (SIGNED_IN, SIGNED_IN),
    "runs/": (SIGNED_IN, SIGNED_IN),
    **{
        RUN + rest: (TEAM_READS, MEMBERS)
        for rest in (
            "", "lines/", "cancel/", "retry/", "name/", "star/", "again/", "diff/",
            "diff/<uuid:other_id>/", "delete/", "rest/", "comparison/", "columns/", "table/",
            "table/rows/", "table/columns/", "<int:position>/", "<int:position>/report/",
            "<int:position>/cancel/", "<int:position>/retry/",
        )
    },
    **{
        RUN + rest: (nowhere(TEAM_READS), nowhere(MEMBERS))
        for rest in ("table/columns/<int:number>/", "table/<int:position>/<int:number>/")
    },
    RUN + "exports/": (TEAM_READS, TEAM_READS),
    **{
        RUN + rest: (nowhere(TEAM_READS), TEAM_READS)
        for rest in ("exports/<str:build_id>/", "exports/<str:build_id>/file/")
    },
    RUN + "<int:position>/review/": (TEAM_READS, REVIEWERS),
    "review/": (ADMINISTRATORS, ADMINISTRATORS),
    "review/<int:claim_id>/": (REVIEWERS, REVIEWERS),
    "first/<str:secret>/": (nowhere(OPEN), nowhere(OPEN)),
    "setup/": (ADMINISTRATORS, ADMINISTRATORS),
    "account/": (SIGNED_IN, SIGNED_IN),
    "teams/": (SIGNED_IN, SIGNED_IN),
    "teams/<slug:slug>/": (TEAM_READS, MANAGERS),
    "teams/<slug:slug>/leave/": (TEAM_READS, TEAM_READS),
    "teams/<slug:slug>/record/": (MANAGERS, MANAGERS),
    "teams/<slug:slug>/blueprints/": (TEAM_READS, MANAGERS),
    "teams/<slug:slug>/blueprints/<slug:name>/": (TEAM_READS, MANAGERS),
    "join/<str:secret>/": (SIGNED_IN, SIGNED_IN),
    "s/<str:secret>/": (nowhere(OPEN), OPEN),
    "mcp": (SIGNED_IN, SIGNED_IN),
    "healthz": (OPEN, OPEN),
    "readyz": (OPEN, OPEN),
    "metrics": (ADMINISTRATORS, ADMINISTRATORS),
    "library/": (SIGNED_IN, SIGNED_IN),
    "library/<int:pk>/": (TEAM_READS, MEMBERS),
    "library/<int:pk>/delete/": (TEAM_READS, MEMBERS),
    "favicon.ico": (OPEN, OPEN),
    "api/openapi.json": (SIGNED_IN, SIGNED_IN),
    "api/docs": (SIGNED_IN, SIGNED_IN),
    "research": (SIGNED_IN, OWN_TEAM),
    "api/runs": (SIGNED_IN, OWN_TEAM),
    **{
        API_RUN + rest: (TEAM_READS, MEMBERS)
        for rest in (
            "", "/events", "/cancel", "/retry", "/again", "/diff/<other_id>", "/columns", "/rest",
            "/comparison", "/share", "/topics/<position>",
            "/topics/<position>/cancel",
            "/topics/<position>/retry", "/topics/<position>/values/<column>",
        )
    },
    **{
        API_RUN + rest: (TEAM_READS, nowhere(MEMBERS))
        for rest in (
            "/columns/<path:column>/retry", "/topics/<position>/values/<path:column>/retry",
        )
    },
    API_RUN + "/topics/<position>/sources/<number>": (nowhere(TEAM_READS), MEMBERS),
    API_RUN + "/export": (TEAM_READS, TEAM_READS),
    API_RUN + "/topics/<position>/claims/<index>": (TEAM_READS, REVIEWERS),
    API_RUN + "/topics/<position>/review": (TEAM_READS, REVIEWERS),
    "api/check": (SIGNED_IN, SIGNED_IN),
    "api/me": (SIGNED_IN, SIGNED_IN),
    "api/library": (SIGNED_IN, OWN_TEAM),
    "api/library/search": (SIGNED_IN, SIGNED_IN),
    "api/library/archive": (SIGNED_IN, OWN_TEAM),
    "api/library/<document_id>": (TEAM_READS, MEMBERS),
    "api/column-templates": (SIGNED_IN, CHANGES_TEMPLATES),
    "api/column-templates/<path:name>": (SIGNED_IN, SIGNED_IN),  # its DELETE: test_belongings
}  # fmt: skip
LOCAL = ("admin/", "accounts/")  # Django's and django-allauth's own, with a test of their own
FOR_PROGRAMS = ("api/", "mcp", "metrics", "research")
BODIES: dict[str, dict[str, Any]] = {
    "": {"topics": "bees", "model": "offline", "blueprint": "quick", "team": "acme"},
    "api/runs": {"topics": ["bees"], "model": "offline"},
    "api/column-templates": {"name": "mine", "columns": [{"name": "Price", "ask": "Its price?"}]},
}


def routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_every_address_has_a_row() -> None:
    known = {route for route in routes() if not route.startswith(LOCAL)}
    assert known == ROWS.keys()


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)
    monkeypatch.setattr(engines.engine(), "trouble", lambda: "")
    monkeypatch.setattr(engines.engine(), "state", lambda: "ok")
    monkeypatch.setattr(engines.engine(), "metrics", lambda: "")


@pytest.fixture
def acme(db: None) -> Team:
    """A team with a person for each role, and two people who are not in it."""
    acme, other = Team.objects.create(slug="acme"), Team.objects.create(slug="other")
    for name in PEOPLE[1:]:
        user = User.objects.create_user(name, is_superuser=name == "administrator")
        is_in_it = name in list(Role)
        (acme if is_in_it else other).add(user, name if is_in_it else "manager")
    return acme


@pytest.fixture
def named(acme: Team) -> dict[str, str]:
    """What the parts of addresses stand for: things of Acme's."""
    run = Submission.check(["bees"], model="offline").submit(caller="member", team=acme)
    run.topics.update(status=Status.SUCCEEDED, result="Bees hum.")
    Run.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED)
    claim = run.topics.get().claims.create(
        attempt=1,
        index=0,
        text="Bees hum.",
        start=0,
        end=9,
        verdict="uncited",
        found="uncited",
        rank=1,
    )
    document = documents.add_bytes("bees.txt", b"Zorblax bees live in amber.", team=acme.pk)
    blueprint = Blueprint.objects.create(
        name="ours", team=acme, definition=Blueprint.objects.get(name="quick").definition
    )
    invitation = Invitation.objects.make(acme, Role.VIEWER, 3, "manager").get_absolute_url()
    return {
        "run_id": str(run.pk), "other_id": str(run.pk), "position": "1", "number": "1",
        "build_id": uuid.uuid4().hex, "claim_id": str(claim.pk), "index": "0", "column": "Price",
        "slug": acme.slug, "name": blueprint.name, "secret": invitation.split("/")[-2],
        "pk": str(document.document.pk), "document_id": str(document.document.pk),
    }  # fmt: skip


def _filled(route: str, named: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: named[part[1]], route)


def by_token(person: str) -> Client:
    """For Acme, or for the person's other team."""
    if person == "nobody":
        return Client()
    user = User.objects.get(username=person)
    membership = user.memberships.filter(team__is_personal=False).get()
    _, text = Token.objects.make(user, membership.team)
    return Client(headers={"Authorization": f"Bearer {text}"})


def by_session(person: str) -> Client:
    client = Client()
    if person != "nobody":
        client.force_login(User.objects.get(username=person))
    return client


def outcome(client: Client, route: str, method: str, path: str) -> str:
    """What came of a request, all that it changed undone."""
    sent: dict[str, Any] = {}
    if method == "post":
        sent["data"] = BODIES.get(route, {})
        if "library" in route:
            sent["data"] = {"file": SimpleUploadedFile("new.txt", b"Bees hum in the clover.")}
        elif route.startswith(FOR_PROGRAMS):
            sent["content_type"] = "application/json"
    with transaction.atomic():
        answer = getattr(client, method)(f"/{path}", **sent)
        transaction.set_rollback(True)
    if answer.status_code == 302 and answer["location"].startswith("/accounts/login/"):
        return SIGN_IN
    return {401: SIGN_IN, 403: FORBIDDEN, 404: HIDDEN}.get(answer.status_code, IN)


def test_everybody_is_let_in_where_they_may(
    named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Template, "render", lambda *_: "")  # what pages look like is others' matter
    programs = {person: by_token(person) for person in PEOPLE}
    people = {person: by_session(person) for person in PEOPLE}
    wrong = {}
    for route, expected in ROWS.items():
        path = _filled(route, named)
        for method, told in zip(("get", "post"), expected, strict=True):
            clients = programs if route.startswith(FOR_PROGRAMS) else people
            found = {
                person: outcome(client, route, method, path) for person, client in clients.items()
            }
            if found != told:
                wrong[method, route] = {
                    person: f"{found[person]}, expected: {told[person]}"
                    for person in PEOPLE
                    if found[person] != told[person]
                }
    assert wrong == {}


SOCKETS: dict[str, dict[str, int | None]] = {  # the code that closes it; None: it stays open
    "": dict.fromkeys(PEOPLE, 4404) | {"nobody": 4401},  # any other address
    "ws/runs/<str:run_id>/": dict.fromkeys(PEOPLE[2:]) | {"nobody": 4401, "outsider": 4404},
}


def test_every_socket_has_a_row() -> None:
    assert {str(pattern.pattern) for pattern in websocket_urlpatterns} == SOCKETS.keys()


@pytest.mark.django_db(transaction=True)
async def test_watchers_are_let_in_where_they_may(named: dict[str, str]) -> None:
    for route, expected in SOCKETS.items():
        path = _filled(route or "elsewhere/", named)
        assert {person: await _closed_with(person, path) for person in PEOPLE} == expected


async def _closed_with(person: str, path: str) -> int | None:
    client = await sync_to_async(by_token)(person)
    token = client.defaults.get("HTTP_AUTHORIZATION", "")
    headers = [(b"host", b"testserver"), (b"authorization", token.encode())]
    socket = WebsocketCommunicator(application, f"/{path}", headers=headers)
    assert (await socket.connect(timeout=patient(10)))[0]
    frame = await socket.receive_output(timeout=patient(10))
    await socket.disconnect(timeout=patient(10))
    return frame.get("code")
