"""Brave Search (https://api-dashboard.search.brave.com)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from research.sources.days import day_of
from research.sources.engines.asking import Request
from research.sources.engines.contract import Engine, Query, Result, listed, result


class Brave(Engine):
    name, title = "brave", "Brave"
    base, key = "https://api.search.brave.com", "BRAVE_API_KEY"
    per_minute, spacing = 60, 1.0  # what its smallest plan allows

    def request(self, query: Query) -> Request:
        params: dict[str, str | int] = {"q": query.with_sites, "count": query.most}
        if query.language:
            params["search_lang"] = query.language.partition("-")[0]
        if query.since:
            params["freshness"] = f"{query.since}to{date.today()}"
        headers = {"X-Subscription-Token": self.secret, "Accept": "application/json"}
        return Request(f"{self.address}/res/v1/web/search", params, headers)

    def results(self, answer: Any) -> Iterable[Result | None]:
        for each in listed(answer, "web", "results"):
            yield result(
                each.get("title"),
                each.get("url"),
                each.get("description"),
                day_of(each.get("page_age") or each.get("age")),
            )
