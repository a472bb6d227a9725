"""Why a key or an address is not kept."""

from research.exceptions import BadInput, ResearchError, SealBroken


class BadValue(BadInput):
    """{variable} cannot be used: {reason}."""


class NoValue(BadInput):
    """{variable} is missing. Type it in."""


class KeySealed(SealBroken, BadInput):
    """The key of {title} was stored under another SECRET_KEY. Type it in again on /setup/."""

    code = "seal_broken"


class NotKept(ResearchError):
    """Nothing was stored. {reason}"""


class NoAnswer(ResearchError):
    """{title} does not answer. {reason}"""

    status = 409


class TrialsBusy(ResearchError):
    """Other keys are being tried just now. Try again in a minute."""

    status = 503


class TrialFailed(ResearchError):
    """The key could not be tried: {reason}"""

    status = 503
