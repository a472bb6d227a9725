"""`GET /api/me`: who a request is by."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from research.people.caller import caller_in
from research.people.models import Scope, Team
from research.web.api.schemas import ErrorOut

router = Router()


class InTeam(BaseModel):
    slug: str
    role: str


class MeOut(BaseModel):
    """The caller, the teams that they act for, and whether they may write."""

    username: str
    teams: list[InTeam]
    scope: str


@router.get("/api/me", response={200: MeOut, 401: ErrorOut})
async def me(request: HttpRequest) -> MeOut:
    """Who the session or the token belongs to."""

    def found() -> MeOut:
        caller = caller_in(request)
        teams = Team.objects.in_bulk(caller.teams)
        return MeOut(
            username=caller.username,
            teams=[InTeam(slug=teams[key].slug, role=role) for key, role in caller.roles.items()],
            scope=Scope.WRITE if caller.may_write else Scope.READ,
        )

    return await sync_to_async(found)()
