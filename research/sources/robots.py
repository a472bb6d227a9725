"""What a site wants programs to keep away from: its robots.txt, as RFC 9309 has it."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

NAME = "Research"  # by which a robots.txt may call this site
FRESH = 3600.0  # seconds
MOST = 1000  # sites remembered
MAX_BYTES = 500 * 1024

Get = Callable[[str], Awaitable[tuple[int, bytes]]]
"""The status and the first MAX_BYTES of what is at an address; raises what a fetch raises."""


class Robots:
    """The rules of sites, each asked for once an hour; of one event loop."""

    def __init__(self) -> None:
        self._rules: OrderedDict[str, tuple[float, asyncio.Task[Protego | None]]] = OrderedDict()

    async def allows(self, url: str, get: Get) -> bool:
        """Whether the site lets programs read the page."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        asked_at, rules = self._rules.get(site, (0.0, None))
        if rules is None or rules.cancelled() or time.monotonic() - asked_at > FRESH:
            rules = asyncio.create_task(_rules(f"{site}/robots.txt", get))
            self._rules[site] = time.monotonic(), rules
            while len(self._rules) > MOST:
                self._rules.popitem(last=False)
        found = await asyncio.shield(rules)
        return found is None or found.can_fetch(url, NAME)


async def _rules(url: str, get: Get) -> Protego | None:
    """A site's rules; None: it has none."""
    try:
        status, body = await get(url)
    except (ValueError, OSError, TimeoutError):
        return None  # what stands in the way of this stands in the way of the page, which says it
    if status >= 500:
        return Protego.parse("User-agent: *\nDisallow: /")
    if status != 200:
        return None
    return Protego.parse(body.decode("utf-8", "replace"))
