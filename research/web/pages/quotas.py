"""What teams have left, where one submits and on a team's own page, and what managers allow."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator

from research.people.caller import Caller
from research.people.models import QUOTAS, Limits, Role, Team
from research.runs.quota import Quota, amount, quotas_of, uses_of
from research.text.money import plain

LARGEST = 2**63 - 1  # that the database keeps
LABELS = {
    "crews_at_once": "Crews at once",
    "topics_a_day": "Topics a day",
    "tokens_a_month": "Tokens a month",
    "usd_a_month": "USD a month",
}


class QuotasForm(forms.Form):
    """What a team's managers allow; valid, `limits` are it. Administrators may allow less."""

    def __init__(self, team: Team, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        for name in QUOTAS:
            most = getattr(team.most, name)
            self.fields[name] = _field(name, most)
            own = getattr(team.own, name)
            self.initial[name] = plain(own) if isinstance(own, Decimal) else own
            if most is not None:
                self.fields[name].help_text = f"Administrators allow {amount(most)}."

    @property
    def limits(self) -> Limits:
        return Limits(**self.cleaned_data)


def _field(name: str, most: Any) -> forms.Field:
    options: dict[str, Any] = {"required": False, "min_value": 0, "label": LABELS[name]}
    field: forms.Field
    if name == "usd_a_month":
        field = forms.DecimalField(max_digits=14, decimal_places=6, **options)
    else:
        field = forms.IntegerField(max_value=LARGEST, **options)
    if most is not None:
        message = f"Administrators allow {amount(most)} at most."
        field.validators.append(MaxValueValidator(most, message=message))
    return field


def teams_to_choose(caller: Caller) -> list[tuple[Team, list[Quota]]]:
    """The teams for which somebody may submit, their own first, with their quotas."""
    roles = caller.roles.items()
    keys = [key for key, role in roles if role.rank >= Role.MEMBER.rank]
    return with_quotas(list(Team.objects.filter(pk__in=keys).order_by("-is_personal", "slug")))


def with_quotas(teams: list[Team]) -> list[tuple[Team, list[Quota]]]:
    """Teams with their quotas, in two queries if any of them has one."""
    uses = uses_of(limited) if (limited := [team for team in teams if team.limits]) else {}
    return [(team, quotas_of(team, uses[team.pk]) if team.pk in uses else []) for team in teams]
