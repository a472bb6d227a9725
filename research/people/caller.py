"""Who asks: a person by session or by token, and what they may see and do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from research.people.exceptions import NotAllowed, UnknownTeam
from research.people.models import Membership, Role, Scope, Team, Token

REVIEW = "research.review"  # the permission to decide on claims and results
NEEDS = {
    Role.VIEWER: "it needs a viewer of the team",
    Role.MEMBER: "it needs a member of the team",
    Role.MANAGER: "it needs a manager of the team",
}


@dataclass(frozen=True)
class Caller:
    """Somebody who is signed in. `roles` are those in their teams, by the team's key."""

    user: Any
    is_administrator: bool = False
    roles: Mapping[int, Role] = field(default_factory=dict)
    may_write: bool = True
    """A token may be for reading only."""
    by_token: bool = False
    home: int | None = None
    """The team for which a request acts that names none."""
    sees_all: bool = False

    @property
    def may_review(self) -> bool:
        """Whether they have the permission; most requests do not ask."""
        return self.is_administrator or bool(self.user.has_perm(REVIEW))

    @property
    def username(self) -> str:
        return str(self.user.get_username())

    @property
    def teams(self) -> list[int]:
        return list(self.roles)

    def sees(self, team: int | None) -> bool:
        """Whether what belongs to the team is theirs to see; None: the site's, or nobody's."""
        return self.sees_all or team in self.roles

    def refuse_unless(self, role: Role, team: int | None) -> None:
        """Raises NotAllowed unless they have that role, or more, in the team."""
        if not self.may_write and role is not Role.VIEWER:
            raise NotAllowed(need="the token is for reading only")
        if self.is_administrator:
            return
        own = self.roles.get(team) if team is not None else None
        if own is None or own.rank < role.rank:
            raise NotAllowed(need=NEEDS[role])

    def refuse_unless_reviewer(self, team: int | None) -> None:
        """Raises NotAllowed unless they may review what belongs to the team."""
        if not self.may_write:
            raise NotAllowed(need="the token is for reading only")
        if not (self.is_administrator or (self.may_review and team in self.roles)):
            raise NotAllowed(need="it needs the permission to review")

    def team(self, slug: str | None) -> Team | None:
        """The team to act for. Raises UnknownTeam for one that they are not in."""
        if slug is None:
            return None if self.home is None else Team.objects.filter(pk=self.home).first()
        found = Team.objects.named(slug)
        if not self.sees(found.pk):
            raise UnknownTeam(name=slug[:60])
        return found


def everyone(user: Any) -> Caller:
    """The person at this machine, where nobody signs in."""
    return Caller(user, is_administrator=True, sees_all=True)


def caller_of(user: Any, token: Token | None = None) -> Caller:
    """A signed-in person; with a token, for its team only. One query, whatever they are in."""
    memberships = Membership.objects.filter(user=user).order_by()
    if token:
        memberships = memberships.filter(team=token.team_id)
    rows = list(memberships.values_list("team", "role", "team__is_personal"))
    roles = {team: Role(role) for team, role, _ in rows}
    home = token.team_id if token else next((team for team, _, own in rows if own), None)
    if home is None:  # the first time that they come
        home = Team.objects.personal_of(user).pk
        roles[home] = Role.MANAGER
    return Caller(
        user=user,
        is_administrator=user.is_superuser,
        roles=roles,
        by_token=token is not None,
        may_write=token is None or token.scope == Scope.WRITE,
        home=home,
        sees_all=user.is_superuser,
    )


def readers_of(caller: Caller) -> frozenset[int] | None:
    """The teams whose documents the caller finds, beside the site's; None: all documents."""
    return None if caller.sees_all else frozenset(caller.teams)


def member_team(caller: Caller) -> int | None:
    """The team that what the caller adds belongs to. Raises NotAllowed."""
    caller.refuse_unless(Role.MEMBER, caller.home)
    return caller.home


def caller_in(request: Any) -> Caller:
    """Who a request is by, as the gate has found out (`research.web.gate`)."""
    caller: Caller = request.caller
    return caller
