"""Wikipedia, in the language that is looked for (https://www.mediawiki.org/wiki/API:Search)."""

from collections.abc import Iterable
from typing import Any

from research.sources.engines.asking import Request
from research.sources.engines.contract import Engine, Query, Result, listed, result


class Wikipedia(Engine):
    """Its articles have no day of publication: they are written on all the time."""

    name, title = "wikipedia", "Wikipedia"
    base = "https://{language}.wikipedia.org"
    per_minute, at_once = 120, 3
    hosts = ("wikipedia.org",)

    def request(self, query: Query) -> Request:
        language = query.language.partition("-")[0] or "en"
        params: dict[str, str | int] = {
            "action": "query",
            "format": "json",
            "formatversion": 2,
            "generator": "search",
            "gsrsearch": query.text[:300],
            "gsrlimit": query.most,
            "prop": "extracts|info",
            "inprop": "url",
            "exintro": 1,
            "explaintext": 1,
            "exchars": 600,
            "exlimit": "max",
        }
        return Request(f"{self.address.replace('{language}', language)}/w/api.php", params)

    def results(self, answer: Any) -> Iterable[Result | None]:
        if isinstance(answer, dict) and "error" in answer:
            raise ValueError("an error of its own")
        pages = listed(answer, "query", "pages")
        for each in sorted(pages, key=lambda page: page.get("index") or 0):
            yield result(each.get("title"), each.get("fullurl"), each.get("extract"))
