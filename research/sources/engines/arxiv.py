"""arXiv (https://info.arxiv.org/help/api/user-manual.html)."""

import re
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from research.sources.days import day_of
from research.sources.engines.asking import Request
from research.sources.engines.contract import Engine, Query, Result, result

ATOM = "{http://www.w3.org/2005/Atom}"
_WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 12


class Arxiv(Engine):
    name, title = "arxiv", "arXiv"
    base = "https://export.arxiv.org"
    per_minute, at_once, spacing = 20, 1, 3.0  # as its terms of use ask
    hosts = ("arxiv.org",)

    def request(self, query: Query) -> Request:
        words = [word for word in _WORD.findall(query.text) if word.upper() not in _OPERATORS]
        wanted = " AND ".join(f"all:{word}" for word in words[:MAX_WORDS])
        if query.since:
            wanted = f"{wanted} AND submittedDate:[{query.since:%Y%m%d}0000 TO 299912312359]"
        params: dict[str, str | int] = {"search_query": wanted, "max_results": query.most}
        return Request(f"{self.address}/api/query", params, is_xml=True)

    def results(self, answer: Any) -> Iterable[Result | None]:
        try:
            feed = fromstring(answer)
        except (ParseError, DefusedXmlException, ValueError):
            raise ValueError("it is not a feed") from None
        if feed.tag != f"{ATOM}feed":
            raise ValueError("it is not a feed")
        for entry in feed.iter(f"{ATOM}entry"):
            yield result(
                _text(entry, "title"),
                _text(entry, "id").replace("http://arxiv.org", "https://arxiv.org"),
                _text(entry, "summary"),
                day_of(_text(entry, "published")),
                ", ".join(_text(author, "name") for author in entry.iter(f"{ATOM}author")),
            )


_OPERATORS = {"AND", "OR", "ANDNOT", "NOT"}


def _text(element: Element, name: str) -> str:
    return (element.findtext(f"{ATOM}{name}") or "").strip()
