"""The tokens by which programs come in."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from research.people.exceptions import BadToken
from research.people.models.audit import Act, AuditEntry
from research.people.models.team import Team

PREFIX = "rsk_"  # of every token, so that scanners for leaked secrets know one
SHOWN = 12  # first characters of a token that are kept, to tell it from others
MAX_DAYS = 3650  # that a token is good for, if it ends at all
USED_SECONDS = 60  # a token's last use is written down this often


class Scope(models.TextChoices):
    """What a token may be used for."""

    READ = "read"
    WRITE = "write"


class TokenManager(models.Manager["Token"]):
    @transaction.atomic
    def make(
        self,
        user: Any,
        team: Team,
        scope: str = Scope.WRITE,
        days: int | None = None,
        name: str = "",
        by: str | None = None,
    ) -> tuple["Token", str]:
        """A new token, and its text, which is told this once and kept as a hash.

        `by` whom it is made, if not by the user.
        """
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
        token.tell_of(Act.TOKEN_MADE, user.get_username() if by is None else by)
        return token, text

    def valid(self, text: str) -> "Token":
        """The token with that text; its use is written down. Raises BadToken."""
        token = self.select_related("user").filter(digest=digest_of(text)).first()
        if token is None or not text.startswith(PREFIX):
            raise BadToken(reason="is not one of this site's")
        if trouble := token.trouble:
            raise BadToken(reason=trouble)
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
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def trouble(self) -> str:
        """Why it cannot be used; empty if it can be."""
        if self.revoked_at:
            return "was revoked"
        if self.is_over:
            return "has expired"
        return "" if self.user.is_active else "is of an account that is not active"

    def use(self) -> None:
        """Writes down that it was used, once a minute at most."""
        now = timezone.now()
        if self.used_at is None or (now - self.used_at).total_seconds() > USED_SECONDS:
            Token.objects.filter(pk=self.pk).update(used_at=now)

    @transaction.atomic
    def revoke(self, by: str = "") -> None:
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
            self.tell_of(Act.TOKEN_REVOKED, by)

    def tell_of(self, act: Act, by: str) -> None:
        """Writes down what was done with it."""
        who = self.user.get_username()
        AuditEntry.objects.keep(self.team, act, by, token=self.shown, scope=self.scope, who=who)


def bearer_in(header: str) -> str | None:
    """The token in an Authorization header; the scheme may be written in any case."""
    scheme, _, text = header.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def digest_of(text: str) -> str:
    """A token's SHA-256 in hexadecimal digits: it is long and random, so no salt is needed."""
    return hashlib.sha256(text.encode()).hexdigest()
