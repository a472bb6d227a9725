"""Serper: Google's results (https://serper.dev)."""

from collections.abc import Iterable
from typing import Any

from research.sources.days import day_of
from research.sources.engines.asking import Request
from research.sources.engines.contract import Engine, Query, Result, listed, result


class Serper(Engine):
    name, title = "serper", "Serper"
    base, key = "https://google.serper.dev", "SERPER_API_KEY"
    per_minute, at_once = 300, 10

    def request(self, query: Query) -> Request:
        body: dict[str, Any] = {"q": query.with_sites, "num": query.most}
        if query.language:
            body["hl"] = query.language.partition("-")[0]
        if query.since:
            body["tbs"] = f"cdr:1,cd_min:{query.since:%m/%d/%Y}"
        return Request(f"{self.address}/search", headers={"X-API-KEY": self.secret}, body=body)

    def results(self, answer: Any) -> Iterable[Result | None]:
        for each in listed(answer, "organic"):
            yield result(
                each.get("title"), each.get("link"), each.get("snippet"), day_of(each.get("date"))
            )
