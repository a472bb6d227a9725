"""Teams, their members, the tokens of programs, and the links that bring in others."""

from research.people.models.invitation import Invitation
from research.people.models.team import Membership, Role, Team
from research.people.models.token import PREFIX, Scope, Token, digest_of

__all__ = [
    "PREFIX",
    "Invitation",
    "Membership",
    "Role",
    "Scope",
    "Team",
    "Token",
    "digest_of",
]
