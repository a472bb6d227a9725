"""What deleted runs had used of their team's quotas: it counts on."""

from decimal import Decimal

from django.db import models
from django.utils import timezone

from research.people.models import Team


class DeletedUse(models.Model):
    """What of one deletion counted when it was made: topics of that day, the rest of that month."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    deleted_at = models.DateTimeField(default=timezone.now)
    topics = models.PositiveIntegerField()
    token_count = models.PositiveBigIntegerField()
    usd = models.DecimalField(max_digits=14, decimal_places=6, default=Decimal(0))
    unpriced = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["team", "deleted_at"], name="deleted_use")]  # uses_of

    def __str__(self) -> str:
        return f"{self.topics} topics of {self.team}"
