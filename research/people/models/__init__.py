"""Teams, their members, tokens of programs, links that bring in others, and who did what."""

from research.people.models.audit import Act, AuditEntry
from research.people.models.invitation import Invitation
from research.people.models.team import QUOTAS, Limits, Membership, Role, Team
from research.people.models.token import PREFIX, Scope, Token, bearer_in, digest_of

__all__ = [
    "PREFIX",
    "QUOTAS",
    "Act",
    "AuditEntry",
    "Invitation",
    "Limits",
    "Membership",
    "Role",
    "Scope",
    "Team",
    "Token",
    "bearer_in",
    "digest_of",
]
