"""Tavily (https://docs.tavily.com)."""

from collections.abc import Iterable
from typing import Any

from research.sources.days import day_of
from research.sources.engines.asking import Request
from research.sources.engines.contract import Engine, Query, Result, listed, result


class Tavily(Engine):
    name, title = "tavily", "Tavily"
    base, key = "https://api.tavily.com", "TAVILY_API_KEY"
    per_minute, at_once = 100, 10

    def request(self, query: Query) -> Request:
        body: dict[str, Any] = {"query": query.text[:400], "max_results": query.most}
        if query.sites:
            body["include_domains"] = query.hosts
        if query.not_sites:
            body["exclude_domains"] = [site for site in query.not_sites if "/" not in site]
        if query.since:
            body["start_date"] = str(query.since)
        headers = {"Authorization": f"Bearer {self.secret}"}
        return Request(f"{self.address}/search", headers=headers, body=body)

    def results(self, answer: Any) -> Iterable[Result | None]:
        for each in listed(answer, "results"):
            yield result(
                each.get("title"),
                each.get("url"),
                each.get("content"),
                day_of(each.get("published_date")),
            )
