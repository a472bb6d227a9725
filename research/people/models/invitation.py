"""Invitations to a team: a signed link that one person can use once."""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from research.people.exceptions import AlreadyMember, PersonalTeam
from research.people.models.audit import Act, AuditEntry
from research.people.models.team import Membership, Role, Team

SALT = "research.invitation"


class InvitationManager(models.Manager["Invitation"]):
    @transaction.atomic
    def make(self, team: Team, role: Role, days: int, by: str) -> "Invitation":
        """Raises PersonalTeam."""
        if team.is_personal:
            raise PersonalTeam(team=team)
        expires = timezone.now() + timedelta(days=days)
        AuditEntry.objects.keep(team, Act.INVITATION_MADE, by, role=role, days=days)
        return self.create(team=team, role=role, expires_at=expires, made_by=by)

    def open(self) -> "models.QuerySet[Invitation]":
        """Those that can still be used."""
        return self.filter(used_at=None, expires_at__gt=timezone.now())

    def signed(self, secret: str) -> "Invitation | None":
        """The one that a link stands for, while it can be used."""
        try:
            key = signing.loads(secret, salt=SALT)
        except signing.BadSignature:
            return None
        return self.open().select_related("team").filter(pk=key).first()


class Invitation(models.Model):
    """One link into a team; deleted, it leads nowhere."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    made_by = models.CharField(max_length=150, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_by = models.CharField(max_length=150, blank=True, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationManager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.team} as {self.role}, until {self.expires_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("join-team", args=[signing.dumps(self.pk, salt=SALT)])

    @transaction.atomic
    def accept(self, user: Any) -> Membership | None:
        """Makes somebody a member; None where somebody else was faster. Raises AlreadyMember."""
        if member := self.team.memberships.filter(user=user).first():
            raise AlreadyMember(team=self.team, role=member.role)
        name, now = user.get_username(), timezone.now()
        still = Invitation.objects.open().filter(pk=self.pk)
        if not still.update(used_at=now, used_by=name):
            return None
        act = Act.INVITATION_USED
        AuditEntry.objects.keep(self.team, act, name, role=self.role, who=self.made_by)
        return self.team.memberships.create(user=user, role=self.role)

    @transaction.atomic
    def withdraw(self, by: str) -> None:
        """Deletes it, so that its link leads nowhere."""
        act = Act.INVITATION_WITHDRAWN
        AuditEntry.objects.keep(self.team, act, by, role=self.role, who=self.made_by)
        self.delete()
