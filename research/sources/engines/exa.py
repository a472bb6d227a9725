"""Exa (https://exa.ai/docs)."""

from collections.abc import Iterable
from typing import Any

from research.sources.days import day_of
from research.sources.engines.asking import Request
from research.sources.engines.contract import Engine, Query, Result, listed, result


class Exa(Engine):
    name, title = "exa", "Exa"
    base, key = "https://api.exa.ai", "EXA_API_KEY"
    per_minute, at_once = 300, 5

    def request(self, query: Query) -> Request:
        body: dict[str, Any] = {
            "query": query.text,
            "numResults": query.most,
            "contents": {"highlights": True},
        }
        if query.sites:
            body["includeDomains"] = list(query.sites)
        if query.not_sites:
            body["excludeDomains"] = list(query.not_sites)
        if query.since:
            body["startPublishedDate"] = f"{query.since}T00:00:00.000Z"
        return Request(f"{self.address}/search", headers={"x-api-key": self.secret}, body=body)

    def results(self, answer: Any) -> Iterable[Result | None]:
        for each in listed(answer, "results"):
            highlights = each.get("highlights")
            parts = highlights if isinstance(highlights, list) else []
            yield result(
                each.get("title"),
                each.get("url"),
                " … ".join(part for part in parts if isinstance(part, str)) or each.get("text"),
                day_of(each.get("publishedDate")),
                each.get("author"),
            )
