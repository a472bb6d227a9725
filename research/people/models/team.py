"""Teams, and who is in them and as what."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from research.people.exceptions import LastManager, PersonalTeam, TeamExists


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
        return team

    def _free_slug(self, name: str) -> str:
        base = slugify(name)[:40] or "person"
        slug, number = base, 2
        while self.filter(slug=slug).exists():
            slug, number = f"{base}-{number}", number + 1
        return slug


def _quota(help_text: str) -> "models.PositiveBigIntegerField[int | None, int | None]":
    return models.PositiveBigIntegerField(
        null=True, blank=True, help_text=f"{help_text} Empty: no limit."
    )


class Team(models.Model):
    """Those who see the same runs and documents."""

    slug = models.SlugField(unique=True)
    is_personal = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    crews_at_once = _quota("Crews at work or in line at the same time.")
    topics_a_day = _quota("Topics that are started, or asked for again, from midnight UTC on.")
    tokens_a_month = _quota("Tokens of topics that were started since the month began, UTC.")
    usd_a_month = models.DecimalField(
        "USD a month",
        null=True,
        blank=True,
        max_digits=14,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0))],
        help_text="Empty: no limit. Only models whose price is known can then be run.",
    )

    objects = TeamManager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("team", args=[self.slug])

    @property
    def has_quotas(self) -> bool:
        quotas = (self.crews_at_once, self.topics_a_day, self.tokens_a_month, self.usd_a_month)
        return any(quota is not None for quota in quotas)

    def add(self, user: Any, role: str) -> "Membership":
        """Makes somebody a member, or changes what they are."""
        member, _ = self.memberships.update_or_create(user=user, defaults={"role": Role(role)})
        return member

    @transaction.atomic
    def change_role(self, user: Any, role: Role) -> None:
        """Gives a member another role. Raises LastManager and PersonalTeam."""
        if role is not Role.MANAGER:
            self._refuse_without(user)
        self.memberships.filter(user=user).update(role=role)

    @transaction.atomic
    def remove(self, user: Any) -> None:
        """Takes somebody out of the team. Raises LastManager and PersonalTeam."""
        self._refuse_without(user)
        self.memberships.filter(user=user).delete()

    def _refuse_without(self, user: Any) -> None:
        """Unless another manager stays; the team's row keeps two from going at the same time."""
        team = Team.objects.select_for_update(no_key=True).get(pk=self.pk)
        if team.is_personal:
            raise PersonalTeam(team=team)
        managers = set(team.memberships.filter(role=Role.MANAGER).values_list("user", flat=True))
        if managers == {user.pk}:
            raise LastManager(name=user.get_username(), team=team)


class Membership(models.Model):
    """One person in one team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)

    class Meta:
        ordering = ["team", "user"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_role_per_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}: {self.role}"
