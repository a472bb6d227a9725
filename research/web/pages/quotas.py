"""What teams have left, where one submits and on a team's own page."""

from research.people.caller import Caller
from research.people.models import Role, Team
from research.runs.quota import Quota, quotas_of, uses_of


def teams_to_choose(caller: Caller) -> list[tuple[Team, list[Quota]]]:
    """The teams for which somebody may submit, their own first, with their quotas."""
    roles = caller.roles.items()
    keys = [key for key, role in roles if role.rank >= Role.MEMBER.rank]
    return with_quotas(list(Team.objects.filter(pk__in=keys).order_by("-is_personal", "slug")))


def with_quotas(teams: list[Team]) -> list[tuple[Team, list[Quota]]]:
    """Teams with their quotas, in two queries if any of them has one."""
    uses = uses_of(limited) if (limited := [team for team in teams if team.limits]) else {}
    return [(team, quotas_of(team, uses[team.pk]) if team.pk in uses else []) for team in teams]
