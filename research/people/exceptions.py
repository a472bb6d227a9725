"""What a caller is refused, and what cannot be made of teams and tokens."""

from research.exceptions import BadInput, ResearchError


class SignIn(ResearchError):
    """This site needs an account. Sign in, or send an API token as Authorization: Bearer."""

    status = 401


class BadToken(ResearchError):
    """The API token {reason}. Make another one on your account's page."""

    status = 401
    code = "sign_in"


class NoForm(ResearchError):
    """A browser's request needs the header X-CSRFToken of this site's pages; a program, a token."""

    status = 403
    code = "not_allowed"


class NotAllowed(ResearchError):
    """Your role does not allow this: {need}."""

    status = 403


class UnknownTeam(ResearchError):
    """There is no team {name!r}."""

    status = 404
    code = "not_found"


class BadRole(BadInput):
    """{text!r} names no member. Write USERNAME:viewer, USERNAME:member or USERNAME:manager."""


class LastManager(ResearchError):
    """{name} is the only manager of {team}. Make somebody else a manager first."""

    status = 409


class PersonalTeam(ResearchError):
    """{team} is the team of one person: it takes no other members, and stays."""

    status = 409


class TeamExists(BadInput):
    """There is a team {slug!r} already. Choose another name."""

    status = 409


class AlreadyMember(ResearchError):
    """You are in {team} already, as {role}. The link is kept for somebody else."""

    status = 409


class TeamInUse(ResearchError):
    """{team} cannot be deleted: {what}. {advice}"""

    status = 409


class TooManyMails(ResearchError):
    """You have mailed many invitations within an hour. Wait a while, or make a link without one."""

    status = 429


class NotMailed(ResearchError):
    """The mail server did not take the mail to {address}. Give its reader the link yourself."""

    status = 502
