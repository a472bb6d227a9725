"""The one question what a caller may see, asked of every set of rows that belong to a team."""

from typing import Any, Self, cast

from django.db.models import Q

from research.people.caller import Caller
from research.people.models import Team


class OfTeam:
    """A QuerySet of rows with a `team`; subclasses say by what path where it is another row's."""

    team_path = "team"
    site_is_shared = False
    """Whether rows of no team are everybody's to see, as the library's sample is."""

    def visible_to(self, caller: Caller) -> Self:
        """Those that the caller may see; the others are as if they were not there."""
        rows: Any = self
        if caller.sees_all:
            return cast(Self, rows.all())
        theirs = Q(**{f"{self.team_path}__in": caller.teams})
        if self.site_is_shared:
            theirs |= Q(**{f"{self.team_path}__isnull": True})
        return cast(Self, rows.filter(theirs))


class NamedInTeam(OfTeam):
    """A QuerySet of rows with a name, which belong to a team, or to the site and are everybody's.

    A team's own takes the place of the site's of the same name.
    """

    site_is_shared = True

    def usable_by(self, team: Team | None) -> Self:
        """What names stand for in the team: its own, and those of the site beside them."""
        rows: Any = self
        own = rows.filter(team=team)
        if team is None:
            return cast(Self, own)
        names = own.order_by().values("name")
        return cast(Self, own | rows.filter(team=None).exclude(name__in=names))
