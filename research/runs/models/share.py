"""Links by which people without an account read a run, or one of its topics."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from research.runs.models.run import Run


class ShareManager(models.Manager["Share"]):
    def make(self, run: Run, position: int | None, days: int, by: str) -> "tuple[Share, str]":
        """A new link, and its secret, which is told this once and kept as a hash."""
        secret = secrets.token_urlsafe(24)
        expires = timezone.now() + timedelta(days=days)
        share = self.create(
            run=run, position=position, digest=_digest(secret), expires_at=expires, made_by=by
        )
        return share, secret

    def valid(self, secret: str) -> "Share | None":
        """The link with that secret, while it holds."""
        now = timezone.now()
        held = self.filter(digest=_digest(secret), expires_at__gt=now, ended_at=None)
        return held.select_related("run").first()

    def end(self, run: Run) -> int:
        """Ends all links to the run; returns how many there were."""
        return self.filter(run=run, ended_at=None).update(ended_at=timezone.now())


class Share(models.Model):
    """One link; without a position it is to the whole run."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="shares")
    position = models.PositiveIntegerField(null=True)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its secret.")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ShareManager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.run}, until {self.expires_at:%Y-%m-%d}"


def _digest(secret: Any) -> str:
    return hashlib.sha256(str(secret).encode()).hexdigest()
