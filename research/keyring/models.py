"""What administrators have typed in, sealed, and who did what."""

import json
from collections.abc import Mapping

from django.db import models, transaction
from django.utils import timezone

from research.keyring.current import Tried
from research.text.sealed import seal

SHOWN = 4  # last characters of a key that are shown
LONG = 12  # characters of a key of which some may be shown
MOST_MODELS = 500


class What(models.TextChoices):
    """What was done to a connection."""

    STORED = "stored"
    REPLACED = "replaced"
    DELETED = "deleted"
    TRIED = "tried"
    FAILED = "tried, and failed"


class ConnectionManager(models.Manager["Connection"]):
    @transaction.atomic
    def store(
        self,
        service: str,
        values: Mapping[str, str],
        shown: Mapping[str, str],
        tried: Tried,
        by: str,
    ) -> "Connection":
        """Keeps what was typed in for a service, in the place of what was there.

        `shown` is what of the values may be shown again, by variable.
        """
        known = self.filter(service=service).exclude(sealed="").exists()
        now = timezone.now()
        connection, _ = self.update_or_create(
            service=service,
            defaults={
                "sealed": seal(json.dumps(dict(values))),
                "shown": dict(shown),
                "model": tried.model,
                "listed": list(tried.models)[:MOST_MODELS],
                "trouble": "",
                "stored_by": by,
                "stored_at": now,
                "tried_at": now,
            },
        )
        Change.objects.create(service=service, what=What.REPLACED if known else What.STORED, by=by)
        return connection

    @transaction.atomic
    def note_trial(self, service: str, tried: Tried, by: str) -> None:
        """Keeps how a service answered whose key is here, or in the environment."""
        told = {"trouble": tried.trouble, "tried_at": timezone.now()}
        if tried.trouble:  # of the environment's, which may be another at the next start
            self.exclude(sealed="").filter(service=service).update(**told)
        else:
            told |= {"model": tried.model, "listed": list(tried.models)[:MOST_MODELS]}
            self.update_or_create(service=service, defaults=told)
        what = What.FAILED if tried.trouble else What.TRIED
        Change.objects.create(service=service, what=what, by=by)

    @transaction.atomic
    def remove(self, service: str, by: str) -> None:
        """Forgets what was typed in for a service."""
        number, _ = self.filter(service=service).delete()
        if number:
            Change.objects.create(service=service, what=What.DELETED, by=by)


class Connection(models.Model):
    """How a provider or a search engine is reached: by its key, its address, or both."""

    service = models.CharField(max_length=40, unique=True)
    sealed = models.TextField(blank=True, editable=False)
    """Values by variable as JSON, sealed; empty where they are the environment's."""
    shown = models.JSONField(default=dict, editable=False)
    model = models.CharField(max_length=200, blank=True, editable=False)
    listed = models.JSONField(default=list, editable=False)
    """Names of the models that it says it has."""
    trouble = models.TextField(blank=True, editable=False)
    stored_by = models.CharField(max_length=150, blank=True, editable=False)
    stored_at = models.DateTimeField(null=True, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)

    objects = ConnectionManager()

    class Meta:
        ordering = ["service"]

    def __str__(self) -> str:
        return self.service


class Change(models.Model):
    """What somebody did to a connection."""

    service = models.CharField(max_length=40, editable=False)
    what = models.CharField(max_length=20, choices=What, editable=False)
    by = models.CharField(max_length=150, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.service} {self.what} by {self.by}"


def shown(key: str) -> str:
    """What of a key may be shown again."""
    return f"…{key[-SHOWN:]}" if len(key) >= LONG else "…"
