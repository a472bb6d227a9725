"""OpenAlex, the catalogue of scholarly works (https://developers.openalex.org)."""

from collections.abc import Iterable
from typing import Any

from research.sources.days import day_of
from research.sources.engines.asking import Request
from research.sources.engines.contract import Engine, Query, Result, listed, result

OPTIONAL_KEY = "OPENALEX_API_KEY"  # without it, some dozens of searches a day are free
FIELDS = "id,doi,display_name,publication_date,abstract_inverted_index,primary_location,authorships"
MAX_AUTHORS = 5


class OpenAlex(Engine):
    name, title = "openalex", "OpenAlex"
    base = "https://api.openalex.org"
    per_minute, at_once = 100, 3

    @property
    def typed(self) -> str:
        return OPTIONAL_KEY

    def request(self, query: Query) -> Request:
        params: dict[str, str | int] = {
            "search": query.text,
            "per_page": query.most,
            "select": FIELDS,
        }
        filters = []
        if query.since:
            filters.append(f"from_publication_date:{query.since}")
        if query.language:
            filters.append(f"language:{query.language.partition('-')[0]}")
        if filters:
            params["filter"] = ",".join(filters)
        if self.secret:
            params["api_key"] = self.secret
        return Request(f"{self.address}/works", params)

    def results(self, answer: Any) -> Iterable[Result | None]:
        if not isinstance(answer, dict) or "results" not in answer:
            raise ValueError("it has no list of results")
        for work in listed(answer, "results"):
            place = work.get("primary_location")
            page = place.get("landing_page_url") if isinstance(place, dict) else None
            yield result(
                work.get("display_name"),
                page or work.get("doi") or work.get("id"),
                _abstract(work.get("abstract_inverted_index")),
                day_of(work.get("publication_date")),
                _authors(work),
            )


def _abstract(index: Any) -> str:
    """The text whose words an index lists with their places."""
    if not isinstance(index, dict):
        return ""
    places = [
        (place, word)
        for word, found in index.items()
        if isinstance(found, list)
        for place in found
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(places))


def _authors(work: Any) -> str:
    named = [each.get("author") for each in listed(work, "authorships")]
    names = [str(author.get("display_name") or "") for author in named if isinstance(author, dict)]
    more = " and others" if len(names) > MAX_AUTHORS else ""
    return ", ".join(filter(None, names[:MAX_AUTHORS])) + more
