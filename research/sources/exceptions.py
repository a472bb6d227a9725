"""Why a search engine or a page gave nothing: the docstring is the message."""

from typing import Any, ClassVar

from research.exceptions import BadInput, ResearchError

MAX_PAUSE = 3600.0  # seconds, whatever an engine asks for


class EngineFailed(ResearchError):
    """{engine} did not answer."""

    seconds: ClassVar[float] = 30.0
    """For which no crew asks the engine again, if it does not say so itself."""

    def __init__(self, engine: str, retry_after: float | None = None, **details: Any) -> None:
        super().__init__(engine=engine, **details)
        wanted = self.seconds if retry_after is None else retry_after
        self.pause = min(max(wanted, 0.0), MAX_PAUSE)


class KeyRefused(EngineFailed):
    """{engine} refused its key: check {variable}, on /setup/ or in the environment."""

    seconds = 600.0


class OutOfCredit(EngineFailed):
    """{engine} is out of credit: top it up there, or name other engines in RESEARCH_SEARCH."""

    seconds = 600.0


class RateLimited(EngineFailed):
    """{engine} takes no more searches for now: its rate limit is used up."""

    seconds = 60.0


class Blocked(EngineFailed):
    """{engine} blocks searches from here: {reason}."""

    seconds = 900.0


class TooSlow(EngineFailed):
    """{engine} did not answer within {limit:g} s."""


class Unreachable(EngineFailed):
    """{engine} cannot be reached: {reason}."""


class HadAnError(EngineFailed):
    """{engine} had an error: status {status}."""


class Unreadable(EngineFailed):
    """{engine} answered with something that is not search results: {reason}."""


class SearchRefused(EngineFailed):
    """{engine} did not accept the search: {reason}."""

    seconds = 0.0  # others may be accepted


class Held(EngineFailed):
    """{engine} is not asked for {left} s: {reason}"""

    seconds = 0.0


class NoEngineAnswered(ResearchError):
    """No search engine answered. {reasons}"""


class NothingCovers(ResearchError):
    """None of the search engines here looks where this run may look. {reasons}"""


class PageRefused(ResearchError, ValueError):
    """{reason}"""


class NotAllowed(PageRefused):
    """{host} is not a place where this run may look: {reason}."""


class TooOld(PageRefused):
    """The page is of {published}, and this run asks for nothing before {since}."""


class AgainstRobots(PageRefused):
    """{host} does not want programs to read this page (its robots.txt)."""


class NeedsSignIn(PageRefused):
    """The page is only shown to people who sign in: its server answered with status {status}."""


class UnknownWhere(BadInput):
    """There is no place {name!r} to look in. There are: web, library, both."""


class NotASite(BadInput):
    """{name!r} is not a site. Write its domain, as in docs.python.org, or example.org/guide."""


class TooManySites(BadInput):
    """A run names at most {limit} sites, and these are {count}."""


class NotADate(BadInput):
    """{name!r} is not a day that was. Write it as in 2025-01-31."""


class NotALanguage(BadInput):
    """{name!r} is not a language. Write its code, as in en, de or pt-BR."""


class NoWebSearch(BadInput):
    """This run asks for the web, and {lack}. Look in the library, or in both without sites, day
    and language."""


class OnlyOfTheWeb(BadInput):
    """Sites, a day and a language say where to look on the web, and this run looks in the library
    only. Leave them out, or look on the web, too."""
