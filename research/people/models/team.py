"""Teams, and who is in them and as what."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from research.people.exceptions import LastManager, PersonalTeam, TeamExists, UnknownTeam
from research.people.models.audit import Act, AuditEntry
from research.text.cleaning import printable

BY_GROUP = "OpenID Connect"  # who makes members of those in its groups


class Role(models.TextChoices):
    """What a member may do, from less to more."""

    VIEWER = "viewer"
    MEMBER = "member"
    MANAGER = "manager"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class TeamManager(models.Manager["Team"]):
    @transaction.atomic
    def personal_of(self, user: Any) -> "Team":
        """The team that everyone has for themselves; made when it is first asked for."""
        team = self.filter(is_personal=True, memberships__user=user).first()
        if team is None:
            team = self.create(slug=self._free_slug(user.get_username()), is_personal=True)
            team.memberships.create(user=user, role=Role.MANAGER)
        return team

    @transaction.atomic
    def found(self, slug: str, manager: Any) -> "Team":
        """A new team, whose first manager is who makes it. Raises TeamExists."""
        team, is_new = self.get_or_create(slug=slug)
        if not is_new:
            raise TeamExists(slug=slug)
        team.memberships.create(user=manager, role=Role.MANAGER)
        AuditEntry.objects.keep(team, Act.TEAM_MADE, manager.get_username())
        return team

    @transaction.atomic
    def follow_groups(self, user: Any, roles: Mapping[str, "Role"]) -> None:
        """Makes somebody's memberships by group those of `roles`, by slug.

        What was decided here, by a person or a command, stays as it is.
        """
        members = user.memberships.filter(by_group=True).select_related("team")
        for left in members.exclude(team__slug__in=roles):
            left.delete()
            left.team.tell_of(user, Role(left.role), None, BY_GROUP)
        for slug, role in roles.items():
            team, is_new = self.get_or_create(slug=slug)
            if is_new:
                AuditEntry.objects.keep(team, Act.TEAM_MADE, BY_GROUP)
            before = team.role_of(user)
            if team.is_personal or not (before is None or members.filter(team=team).exists()):
                continue
            team.memberships.update_or_create(user=user, defaults={"role": role, "by_group": True})
            team.tell_of(user, before, role, BY_GROUP)

    def named(self, slug: str) -> "Team":
        """Raises UnknownTeam."""
        team = self.filter(slug=printable(slug)).first()
        if team is None:
            raise UnknownTeam(name=slug[:60])
        return team

    def _free_slug(self, name: str) -> str:
        base = slugify(name)[:40] or "person"
        slug, number = base, 2
        while self.filter(slug=slug).exists():
            slug, number = f"{base}-{number}", number + 1
        return slug


@dataclass(frozen=True)
class Limits:
    """What a team may use; None: as much as there is."""

    crews_at_once: int | None = None
    topics_a_day: int | None = None
    tokens_a_month: int | None = None
    usd_a_month: Decimal | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in asdict(self).values())

    def within(self, most: "Limits") -> "Limits":
        """The lower one of each."""
        pairs = ((field, getattr(self, field), getattr(most, field)) for field in QUOTAS)
        return Limits(**{field: _lower(own, other) for field, own, other in pairs})


QUOTAS = tuple(field.name for field in fields(Limits))


def _lower(one: Any, other: Any) -> Any:
    known = [value for value in (one, other) if value is not None]
    return min(known) if known else None


def _quota(help_text: str) -> "models.PositiveBigIntegerField[int | None, int | None]":
    return models.PositiveBigIntegerField(
        null=True, blank=True, help_text=f"{help_text} Empty: no limit."
    )


def _usd(name: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(
        name,
        null=True,
        blank=True,
        max_digits=14,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0))],
        help_text="Empty: no limit. Only models whose price is known can then be run.",
    )


def _own() -> "models.PositiveBigIntegerField[int | None, int | None]":
    return models.PositiveBigIntegerField(null=True, blank=True, editable=False)


class Team(models.Model):
    """Those who see the same runs and documents."""

    slug = models.SlugField(unique=True)
    is_personal = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    crews_at_once = _quota("Crews at work or in line at the same time.")
    topics_a_day = _quota("Topics that are started, or asked for again, from midnight UTC on.")
    tokens_a_month = _quota("Tokens of topics that were started since the month began, UTC.")
    usd_a_month = _usd("USD a month")
    own_crews_at_once = _own()
    own_topics_a_day = _own()
    own_tokens_a_month = _own()
    own_usd_a_month = _usd("own USD a month")

    objects = TeamManager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("team", args=[self.slug])

    @property
    def most(self) -> Limits:
        """What administrators allow."""
        return Limits(**{field: getattr(self, field) for field in QUOTAS})

    @property
    def own(self) -> Limits:
        """What the team's managers allow."""
        return Limits(**{field: getattr(self, f"own_{field}") for field in QUOTAS})

    @property
    def limits(self) -> Limits:
        """What holds: the lower one of each."""
        return self.own.within(self.most)

    @transaction.atomic
    def limit(self, own: Limits, by: str) -> None:
        """Managers' quotas, in place of those before; those of administrators hold beside them."""
        team = Team.objects.select_for_update(no_key=True).get(pk=self.pk)
        before = team.own
        Team.objects.filter(pk=self.pk).update(
            **{f"own_{field}": getattr(own, field) for field in QUOTAS}
        )
        self.tell_of_quotas(before, own, by)

    def tell_of_quotas(self, before: Limits, after: Limits, by: str) -> None:
        """Writes down which have changed."""
        for field in QUOTAS:
            old, new = getattr(before, field), getattr(after, field)
            if old != new:
                what = field.replace("_", " ").replace("usd", "USD")
                AuditEntry.objects.keep(
                    self, Act.QUOTA_CHANGED, by, what=what, before=_said(old), after=_said(new)
                )

    @transaction.atomic
    def add(self, user: Any, role: str, by: str = "") -> "Membership":
        """Makes somebody a member, or changes what they are; `by` whom, if not by a command.

        Raises PersonalTeam.
        """
        if self.is_personal:
            raise PersonalTeam(team=self)
        before = self.role_of(user)
        member, _ = self.memberships.update_or_create(
            user=user, defaults={"role": Role(role), "by_group": False}
        )
        self.tell_of(user, before, Role(role), by)
        return member

    @transaction.atomic
    def change_role(self, user: Any, role: Role, by: str = "") -> None:
        """Gives a member another role. Raises LastManager and PersonalTeam."""
        if role is not Role.MANAGER:
            self._refuse_without(user)
        before = self.role_of(user)
        if self.memberships.filter(user=user).update(role=role, by_group=False):
            self.tell_of(user, before, role, by)

    @transaction.atomic
    def remove(self, user: Any, by: str = "") -> None:
        """Takes somebody out of the team. Raises LastManager and PersonalTeam."""
        self._refuse_without(user)
        before = self.role_of(user)
        if self.memberships.filter(user=user).delete()[0]:
            self.tell_of(user, before, None, by)

    def role_of(self, user: Any) -> Role | None:
        found = self.memberships.filter(user=user).values_list("role", flat=True).first()
        return Role(found) if found else None

    def tell_of(self, user: Any, before: Role | None, after: Role | None, by: str) -> None:
        """Writes down that somebody's role has changed; None: they are not in the team."""
        if before == after:
            return
        who = user.get_username()
        if before is None:
            AuditEntry.objects.keep(self, Act.MEMBER_ADDED, by, who=who, role=after)
        elif after is None:
            act = Act.MEMBER_LEFT if by == who else Act.MEMBER_REMOVED
            AuditEntry.objects.keep(self, act, by, who=who, role=before)
        else:
            AuditEntry.objects.keep(self, Act.ROLE_CHANGED, by, who=who, role=after, before=before)

    def _refuse_without(self, user: Any) -> None:
        """Unless another manager stays; the team's row keeps two from going at the same time."""
        team = Team.objects.select_for_update(no_key=True).get(pk=self.pk)
        if team.is_personal:
            raise PersonalTeam(team=team)
        managers = set(team.memberships.filter(role=Role.MANAGER).values_list("user", flat=True))
        if managers == {user.pk}:
            raise LastManager(name=user.get_username(), team=team)


def _said(quota: int | Decimal | None) -> str:
    if quota is None:
        return "none"
    return f"{quota.normalize():,f}" if isinstance(quota, Decimal) else f"{quota:,}"


class Membership(models.Model):
    """One person in one team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    by_group = models.BooleanField(
        default=False, help_text="By a group of the OpenID Connect provider, and ends with it."
    )

    class Meta:
        ordering = ["team", "user"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_role_per_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}: {self.role}"
