"""DuckDuckGo's pages, read by ddgs (https://pypi.org/project/ddgs/): it has no API.

ddgs answers a block with "no results"; here it is one.
"""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Any

from research.sources.engines.asking import SECONDS, Request, failure, is_captcha
from research.sources.engines.contract import Engine, Query, Result, result
from research.sources.exceptions import Blocked, TooSlow, Unreachable

REGIONS = {"en": "us-en", "": "wt-wt"}  # a language that is not here is its own country's


class DuckDuckGo(Engine):
    name, title = "duckduckgo", "DuckDuckGo"
    base = "https://html.duckduckgo.com"
    per_minute, at_once, spacing = 20, 1, 2.0  # beyond some dozens a minute it blocks

    async def search(self, query: Query) -> list[Result]:
        """In a thread: ddgs blocks, for as long as it is told at most."""
        found = await asyncio.to_thread(self._ask, query)
        return [each for each in self.results(found) if each][: query.most]

    def request(self, query: Query) -> Request:
        return Request(f"{self.address}/html/")

    def results(self, answer: Any) -> Iterable[Result | None]:
        for each in answer:
            yield result(each.title, each.href, each.body)

    def _ask(self, query: Query) -> list[Any]:
        from ddgs.engines.duckduckgo import Duckduckgo  # takes a while to load
        from ddgs.exceptions import DDGSException, TimeoutException

        title = self.title

        class Page(Duckduckgo):
            search_url = self.request(query).url

            def request(self, *args: Any, **kwargs: Any) -> Any:
                response = self.http_client.request(*args, **kwargs)
                body = response.content
                if response.status_code == 202 or is_captcha(body):
                    raise Blocked(title, reason="it asks whether a person searches")
                if response.status_code != 200:
                    raise failure(title, response.status_code, {}, body)
                return response.text

        since = f"{query.since}..{date.today()}" if query.since else None
        try:
            page = Page(timeout=round(SECONDS))
            region = _region(query.language)
            return page.search(query.with_sites, region=region, timelimit=since) or []
        except TimeoutException:
            raise TooSlow(title, limit=SECONDS) from None
        except DDGSException as error:
            raise Unreachable(title, reason=str(error)[:200]) from None


def _region(language: str) -> str:
    """DuckDuckGo's name for where people speak it: `de-de`, `br-pt` for pt-BR."""
    name, _, country = language.lower().partition("-")
    return f"{country}-{name}" if country else REGIONS.get(name, f"{name}-{name}")
