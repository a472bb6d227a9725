"""Why somebody could not sign in by a provider."""

from research.exceptions import ResearchError


class ProviderAway(ResearchError):
    """{name} does not answer. Try again in some minutes, or sign in with a password."""

    status = 503


class SiteRefused(ResearchError):
    """{name} does not let this site in. An administrator should look at RESEARCH_OIDC_SECRET."""

    status = 502


class BadIdentity(ResearchError):
    """What {name} answered cannot be believed: {reason}. Tell an administrator of this site."""

    status = 502


class Denied(ResearchError):
    """You were not signed in: the sign-in was stopped at {name}."""

    status = 403


class Lost(ResearchError):
    """This sign-in has ended: it took too long, or was begun in another browser. Begin again."""

    status = 400


class AddressTaken(ResearchError):
    """Another account here has your e-mail address. Sign in to that one, then connect {name}."""

    status = 409
