"""SearXNG, a search engine of one's own that asks many others (https://docs.searxng.org)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from research.sources.days import day_of
from research.sources.engines.asking import Request
from research.sources.engines.contract import Engine, Query, Result, listed, plain, result
from research.sources.exceptions import EngineFailed, KeyRefused

RANGES = ((1, "day"), (7, "week"), (31, "month"), (366, "year"))  # days


class NoJson(EngineFailed):
    """{engine} does not answer programs: name json under search.formats in its settings.yml."""

    seconds = 600.0


class NotAllAnswered(EngineFailed):
    """{engine} found nothing, but not all engines behind it have answered: {reasons}."""

    seconds = 0.0  # one of them may be blocked for days, while the others find something else


class SearXNG(Engine):
    name, title = "searxng", "SearXNG"
    key = "SEARXNG_URL"
    per_minute, at_once = 120, 4

    @property
    def variable(self) -> str:
        return self.key

    @property
    def address(self) -> str:
        return self.secret.rstrip("/")

    async def search(self, query: Query) -> list[Result]:
        try:
            return await super().search(query)
        except KeyRefused:
            raise NoJson(self.title) from None

    def request(self, query: Query) -> Request:
        params: dict[str, str | int] = {"q": query.with_sites, "format": "json"}
        if query.language:
            params["language"] = query.language
        if query.since:
            days = (date.today() - query.since).days
            if wide := next((name for limit, name in RANGES if days <= limit), ""):
                params["time_range"] = wide
        return Request(f"{self.address}/search", params)

    def results(self, answer: Any) -> Iterable[Result | None]:
        if not isinstance(answer, dict) or "results" not in answer:
            raise ValueError("it has no list of results")
        if not answer["results"] and (reasons := _silent(answer)):
            raise NotAllAnswered(self.title, reasons=reasons)
        for each in listed(answer, "results"):
            yield result(
                each.get("title"),
                each.get("url"),
                each.get("content"),
                day_of(each.get("publishedDate")),
                each.get("author"),
            )


def _silent(answer: dict[str, Any]) -> str:
    """The engines behind it that did not answer, each with its reason; empty: all did."""
    told = answer.get("unresponsive_engines")
    pairs = [pair for pair in told if isinstance(pair, list)] if isinstance(told, list) else []
    return plain(", ".join(": ".join(map(str, pair)) for pair in pairs))[:300]
