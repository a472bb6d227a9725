"""Links by which people without an account read a run, or one of its topics."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from research.people.models import Act, AuditEntry
from research.runs.models.run import Run


class ShareManager(models.Manager["Share"]):
    @transaction.atomic
    def make(self, run: Run, position: int | None, days: int, by: str) -> "tuple[Share, str]":
        """A new link, and its secret, which is told this once and kept as a hash."""
        secret = secrets.token_urlsafe(24)
        expires = timezone.now() + timedelta(days=days)
        share = self.create(
            run=run, position=position, digest=_digest(secret), expires_at=expires, made_by=by
        )
        what = f"topic {position} of the run {run.pk}" if position else f"the run {run.pk}"
        until = f"{expires:%Y-%m-%d}"
        AuditEntry.objects.keep(run.team, Act.SHARE_MADE, by, what=what, until=until)
        return share, secret

    def valid(self, secret: str) -> "Share | None":
        """The link with that secret, while it holds."""
        now = timezone.now()
        held = self.filter(digest=_digest(secret), expires_at__gt=now, ended_at=None)
        return held.select_related("run").first()

    @transaction.atomic
    def end(self, run: Run, by: str) -> int:
        """Ends all links to the run; returns how many there were."""
        ended = self.filter(run=run, ended_at=None).update(ended_at=timezone.now())
        if ended:
            AuditEntry.objects.keep(run.team, Act.SHARES_ENDED, by, what=f"the run {run.pk}")
        return ended


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
