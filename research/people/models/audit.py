"""Who did what to a team: kept when it is done, and never changed."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from research.people.models.team import Team


class Act(StrEnum):
    """What can be done; its words are in WORDS."""

    TEAM_MADE = "team.made"
    TEAM_DELETED = "team.deleted"
    MEMBER_ADDED = "member.added"
    MEMBER_REMOVED = "member.removed"
    MEMBER_LEFT = "member.left"
    ROLE_CHANGED = "role.changed"
    INVITATION_MADE = "invitation.made"
    INVITATION_USED = "invitation.used"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    QUOTA_CHANGED = "quota.changed"
    TOKEN_MADE = "token.made"  # noqa: S105 not a secret
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 not a secret
    SHARE_MADE = "share.made"
    SHARES_ENDED = "shares.ended"
    BLUEPRINT_MADE = "blueprint.made"
    BLUEPRINT_CHANGED = "blueprint.changed"
    BLUEPRINT_DELETED = "blueprint.deleted"
    COLUMNS_KEPT = "columns.kept"
    COLUMNS_DELETED = "columns.deleted"


WORDS: dict[str, str] = {
    Act.TEAM_MADE: "made the team",
    Act.TEAM_DELETED: "deleted the team",
    Act.MEMBER_ADDED: "added {who} as {role}",
    Act.MEMBER_REMOVED: "removed {who}, who was {role}",
    Act.MEMBER_LEFT: "left, having been {role}",
    Act.ROLE_CHANGED: "made {who} {role}, who was {before}",
    Act.INVITATION_MADE: "made an invitation as {role}, good for {days} days",
    Act.INVITATION_USED: "joined as {role}, invited by {who}",
    Act.INVITATION_WITHDRAWN: "withdrew the invitation as {role} that {who} had made",
    Act.QUOTA_CHANGED: "changed the quota {what} from {before} to {after}",
    Act.TOKEN_MADE: "made the token {token}… ({scope}) for {who}",
    Act.TOKEN_REVOKED: "revoked the token {token}… of {who}",
    Act.SHARE_MADE: "shared {what} until {until}",
    Act.SHARES_ENDED: "ended the links to {what}",
    Act.BLUEPRINT_MADE: "made the blueprint {name}",
    Act.BLUEPRINT_CHANGED: "changed the blueprint {name}",
    Act.BLUEPRINT_DELETED: "deleted the blueprint {name}",
    Act.COLUMNS_KEPT: "kept the columns {name}",
    Act.COLUMNS_DELETED: "deleted the columns {name}",
}
COMMAND = "a command"  # who does what nobody does who is signed in


class AuditManager(models.Manager["AuditEntry"]):
    def keep(self, team: "Team | None", act: Act, by: str, **data: Any) -> None:
        """Writes down what was done; `data` are what its words name."""
        name = team.slug if team else ""
        self.create(team=team, team_name=name, kind=act, by=by or COMMAND, data=data)


class AuditEntry(models.Model):
    """One act; it outlives its team and the account of who did it."""

    team = models.ForeignKey(
        "people.Team", models.SET_NULL, null=True, editable=False, related_name="audit"
    )
    team_name = models.CharField(max_length=50, editable=False, help_text="As it was called then.")
    kind = models.CharField(max_length=30, editable=False)
    by = models.CharField(max_length=150, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    data = models.JSONField(default=dict, editable=False)

    objects = AuditManager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["team", "-at"], name="audit_of_team")]  # its page
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.by} {self.words}"

    @property
    def words(self) -> str:
        """`added ann as viewer`."""
        return WORDS[self.kind].format_map(self.data)
