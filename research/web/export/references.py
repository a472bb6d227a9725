"""The sources of a run as references, BibTeX and CSL JSON; one of several topics stands once."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from research.text.addresses import place
from research.web.export.snapshot import Run, Source

_SPECIAL = re.compile(r"[\\{}&%#_$~^]")
_NAMED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_SMALL = {"a", "an", "and", "at", "der", "die", "das", "for", "how", "in", "of", "on", "the", "to"}


@dataclass(frozen=True, slots=True)
class Reference:
    """A source as it is cited elsewhere; `key` is its own among a run's."""

    key: str
    source: Source
    topics: tuple[int, ...]
    """The positions of the topics that saw it."""

    @property
    def authors(self) -> list[str]:
        return _authors_of(self.source)

    @property
    def published(self) -> date | None:
        return _day_of(self.source)

    @property
    def url(self) -> str:
        """Its address in the web; empty where it has none."""
        return self.source.url if _WEB.fullmatch(self.source.url) else ""

    @property
    def note(self) -> str:
        numbers = ", ".join(map(str, self.topics))
        return f"Source of topic{'s' if len(self.topics) > 1 else ''} {numbers}"


def references(run: Run) -> list[Reference]:
    """In the order in which the topics saw them."""
    seen: dict[tuple[str, str], list[tuple[int, Source]]] = {}
    for topic in run.topics:
        for source in topic.sources:
            same = (place(source.url), "") if source.url else ("", source.title)
            seen.setdefault(same, []).append((topic.position, source))
    taken: set[str] = set()
    found = []
    for each in seen.values():
        source = each[0][1]
        key = _own(_key(source), taken)
        taken.add(key)
        found.append(Reference(key, source, tuple(dict.fromkeys(p for p, _ in each))))
    return found


def _key(source: Source) -> str:
    """`example2024climate` of site or author, year and first word, in ASCII letters and digits."""
    authors = _authors_of(source)
    author = authors[0].split(",")[0].split() if authors else []
    host = (urlsplit(source.url).hostname or "") if _WEB.fullmatch(source.url) else ""
    site = host.removeprefix("www.").rpartition(".")[0].rpartition(".")[2] or host
    words = (_ascii(word) for word in source.title.split())
    first = next((word for word in words if word and word not in _SMALL), "")
    year = day.year if (day := _day_of(source)) else source.seen_at.year
    name = _ascii(author[-1]) if author else ""
    return f"{name or _ascii(site) or 'source'}{year}{first}"[:60]


def _own(key: str, taken: set[str]) -> str:
    number, own = 1, key
    while own in taken:
        number += 1
        own = f"{key}-{number}"
    return own


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def _authors_of(source: Source) -> list[str]:
    told = str((source.origin or {}).get("author") or "")
    return [name for part in re.split(r";|\band\b", told) if (name := " ".join(part.split()))]


def _day_of(source: Source) -> date | None:
    try:
        return date.fromisoformat(str((source.origin or {}).get("published") or "")[:10])
    except ValueError:
        return None


# BibTeX ------------------------------------------------------------------------------------------


def as_bibtex(run: Run) -> Iterator[str]:
    """An entry a piece."""
    for reference in references(run):
        fields = "".join(f"  {name} = {{{told}}},\n" for name, told in _fields(reference))
        yield f"@misc{{{reference.key},\n{fields}}}\n\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{_tex(reference.source.title)}}}"  # its capitals stay
    if reference.authors:
        names = (f"{{{_tex(name)}}}" for name in reference.authors)  # in nobody's order but theirs
        yield "author", " and ".join(names)
    if day := reference.published:
        yield from (("year", f"{day.year}"), ("date", day.isoformat()))
    if reference.url:
        yield "url", _percent_encoded(reference.url)
    yield "urldate", f"{reference.source.seen_at:%Y-%m-%d}"
    yield "note", _tex(reference.note)


def _tex(text: str) -> str:
    one_line = " ".join(text.split())
    return _SPECIAL.sub(lambda sign: _NAMED.get(sign[0], f"\\{sign[0]}"), one_line)


def _percent_encoded(url: str) -> str:
    """An address without what would end its field."""
    return re.sub(r"[{}\\]", lambda sign: f"%{ord(sign[0]):02X}", url)


# CSL JSON ----------------------------------------------------------------------------------------


def as_csl(run: Run) -> Iterator[str]:
    yield json.dumps([_item(each) for each in references(run)], ensure_ascii=False, indent=1)


def _item(reference: Reference) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": reference.key,
        "type": "webpage" if reference.url else "document",
        "title": reference.source.title,
        "accessed": _parts(reference.source.seen_at.date()),
        "note": reference.note,
    }
    if reference.authors:
        item["author"] = [{"literal": name} for name in reference.authors]
    if day := reference.published:
        item["issued"] = _parts(day)
    if reference.url:
        item["URL"] = reference.url
    return item


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
