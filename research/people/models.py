"""Teams, who is in them and as what, and the tokens by which programs come in."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify

PREFIX = "rsk_"  # of every token, so that scanners for leaked secrets know one
SHOWN = 12  # first characters of a token that are kept, to tell it from others
USED_SECONDS = 60  # a token's last use is written down this often


class Role(models.TextChoices):
    """What a member may do, from less to more."""

    VIEWER = "viewer"
    MEMBER = "member"
    MANAGER = "manager"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class Scope(models.TextChoices):
    """What a token may be used for."""

    READ = "read"
    WRITE = "write"


class TeamManager(models.Manager["Team"]):
    @transaction.atomic
    def personal_of(self, user: Any) -> "Team":
        """The team that everyone has for themselves; made when it is first asked for."""
        team = self.filter(is_personal=True, memberships__user=user).first()
        if team is None:
            team = self.create(slug=self._free_slug(user.get_username()), is_personal=True)
            team.memberships.create(user=user, role=Role.MANAGER)
        return team

    def _free_slug(self, name: str) -> str:
        base = slugify(name)[:40] or "person"
        slug, number = base, 2
        while self.filter(slug=slug).exists():
            slug, number = f"{base}-{number}", number + 1
        return slug


class Team(models.Model):
    """Those who see the same runs and documents."""

    slug = models.SlugField(unique=True)
    is_personal = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TeamManager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def add(self, user: Any, role: str) -> "Membership":
        """Makes somebody a member, or changes what they are."""
        member, _ = self.memberships.update_or_create(user=user, defaults={"role": Role(role)})
        return member


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


class TokenManager(models.Manager["Token"]):
    def make(
        self,
        user: Any,
        team: Team,
        scope: str = Scope.WRITE,
        days: int | None = None,
        name: str = "",
    ) -> tuple["Token", str]:
        """A new token, and its text, which is told this once and kept as a hash."""
        text = PREFIX + secrets.token_urlsafe(32)
        expires = timezone.now() + timedelta(days=days) if days is not None else None
        token = self.create(
            user=user,
            team=team,
            scope=Scope(scope),
            name=name,
            shown=text[:SHOWN],
            digest=digest_of(text),
            expires_at=expires,
        )
        return token, text

    def valid(self, text: str) -> "Token | None":
        """The token with that text, if it can be used; its use is written down."""
        if not text.startswith(PREFIX):
            return None
        token = self.select_related("user").filter(digest=digest_of(text)).first()
        if token is None or not token.is_valid:
            return None
        token.use()
        return token


class Token(models.Model):
    """An API token of one person for one team."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    team = models.ForeignKey(Team, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80, blank=True)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.WRITE)
    shown = models.CharField(max_length=SHOWN, editable=False, help_text="How it begins.")
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, editable=False)

    objects = TokenManager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.shown}… of {self.user}"

    @property
    def is_valid(self) -> bool:
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not is_over and self.user.is_active

    def use(self) -> None:
        """Writes down that it was used, once a minute at most."""
        now = timezone.now()
        if self.used_at is None or (now - self.used_at).total_seconds() > USED_SECONDS:
            Token.objects.filter(pk=self.pk).update(used_at=now)

    def revoke(self) -> None:
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])


def digest_of(text: str) -> str:
    """A token's SHA-256 in hexadecimal digits: it is long and random, so no salt is needed."""
    return hashlib.sha256(text.encode()).hexdigest()
