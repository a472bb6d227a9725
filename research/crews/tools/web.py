"""The web as the crew of one topic sees it: where its run may look, and what others have read."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from research.library.reading import WebPage
from research.sources.loop import there
from research.sources.pages import pages
from research.sources.web_search import Found, web_search
from research.sources.where import ANYWHERE, Where
from research.text.cleaning import MAX_TEXT, cut

SOFT_HYPHEN = "\u00ad"


def _quiet(**told: object) -> None:
    """Nobody hears it."""


@dataclass
class Web:
    """What a topic's tools reach of the web; `run` tells whose pages are shared."""

    where: Where = ANYWHERE
    run: str = ""
    tell: Callable[..., None] = _quiet
    """As `research.sources.web_search.Tell`."""
    _told: set[tuple[str, str]] = field(default_factory=set)

    async def search(self, text: str, most: int) -> Found:
        """Raises NoEngineAnswered and NothingCovers."""
        return await there(web_search.search(text, self.where, most, self._tell_once))

    async def read(self, url: str) -> WebPage:
        """Raises PageRefused."""
        page = await there(pages.read(url, self.run, self.where))
        text = page.text.replace(SOFT_HYPHEN, "")  # nobody sees it, and it divides words
        return replace(page, text=cut(text, MAX_TEXT))

    def _tell_once(self, engine: str, reason: str, **more: object) -> None:
        """A refusal that goes on is news once."""
        if reason != "held" or (engine, reason) not in self._told:
            self._told.add((engine, reason))
            self.tell(engine=engine, reason=reason, **more)
