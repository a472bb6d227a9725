"""Where a run may look, as it was asked for; tools keep to it, whatever a model wants."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import urlsplit

from research.sources.exceptions import (
    NotADate,
    NotALanguage,
    NotASite,
    OnlyOfTheWeb,
    TooManySites,
    UnknownWhere,
)
from research.text.web_address import InvalidAddress, web_address

PLACES = ("both", "web", "library")
MAX_SITES = 30  # in each of the two lists
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Where:
    """What of the web and of the library a run may see.

    A site is a domain with those below it, or one with the beginning of a path.
    """

    place: str = "both"
    sites: tuple[str, ...] = ()
    not_sites: tuple[str, ...] = ()
    since: date | None = None
    language: str = ""

    @classmethod
    def parse(
        cls,
        place: str | None = None,
        sites: Sequence[str] = (),
        not_sites: Sequence[str] = (),
        since: str | None = None,
        language: str | None = None,
    ) -> Self:
        """From what a person wrote; raises BadInput."""
        place = (place or "both").strip().lower()
        if place not in PLACES:
            raise UnknownWhere(name=place[:40])
        where = cls(place, _sites(sites), _sites(not_sites), _day(since), _language(language))
        if place == "library" and where.narrows_the_web:
            raise OnlyOfTheWeb
        return where

    @classmethod
    def of(cls, kept: dict[str, Any] | None) -> Self:
        """As `as_json` wrote it; older runs have none."""
        kept = kept or {}
        since = kept.get("since")
        return cls(
            kept.get("where", "both"),
            tuple(kept.get("sites", ())),
            tuple(kept.get("not_sites", ())),
            date.fromisoformat(since) if since else None,
            kept.get("language") or "",
        )

    def as_json(self) -> dict[str, Any]:
        """In the API's words."""
        return {
            "where": self.place,
            "sites": list(self.sites),
            "not_sites": list(self.not_sites),
            "since": str(self.since) if self.since else None,
            "language": self.language or None,
        }

    @property
    def web(self) -> bool:
        return self.place != "library"

    @property
    def library(self) -> bool:
        return self.place != "web"

    @property
    def narrows_the_web(self) -> bool:
        return bool(self.sites or self.not_sites or self.since or self.language)

    def refusal(self, url: str) -> str:
        """Why a page of the web is not for this run; empty if it is."""
        if self.sites and not any(_is_of(url, site) for site in self.sites):
            return f"only {', '.join(self.sites)} may be read"
        if site := next((site for site in self.not_sites if _is_of(url, site)), ""):
            return f"{site} may not be read"
        return ""

    def is_too_old(self, published: date | None) -> bool:
        """What has no day that is known is not: it is marked."""
        return bool(self.since and published and published < self.since)

    def in_words(self) -> list[str]:
        """`library only`, `only example.org`, `not before 2025-01-01`: what is not the default."""
        words = [f"{self.place} only"] if self.place != "both" else []
        words += [f"only {', '.join(self.sites)}"] if self.sites else []
        words += [f"not {', '.join(self.not_sites)}"] if self.not_sites else []
        words += [f"not before {self.since}"] if self.since else []
        return words + ([f"language {self.language}"] if self.language else [])


ANYWHERE = Where()


def _is_of(url: str, site: str) -> bool:
    """Whether an address is of a site, as `_site` writes it."""
    parts = urlsplit(url)
    host, (domain, slash, path) = parts.hostname or "", site.partition("/")
    if host != domain and not host.endswith(f".{domain}"):
        return False
    return not slash or parts.path == f"/{path}" or parts.path.startswith(f"/{path}/")


def _sites(typed: Sequence[str]) -> tuple[str, ...]:
    sites = tuple(dict.fromkeys(_site(each) for each in typed if each.strip()))
    if len(sites) > MAX_SITES:
        raise TooManySites(limit=MAX_SITES, count=len(sites))
    return sites


def _site(typed: str) -> str:
    """`docs.python.org/3` for `https://docs.python.org/3/`; `*.example.org` is `example.org`."""
    text = typed.strip()
    address = text if "://" in text else f"https://{text.removeprefix('*.')}"
    try:
        parts = urlsplit(web_address(address))
    except InvalidAddress:
        raise NotASite(name=text[:80]) from None
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    if "." not in host or parts.query or parts.port:
        raise NotASite(name=text[:80])
    return f"{host}{parts.path.rstrip('/')}"


def _day(typed: str | None) -> date | None:
    if not typed or not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise NotADate(name=typed[:40]) from None
    if not EARLIEST <= day <= date.today():
        raise NotADate(name=typed[:40])
    return day


def _language(typed: str | None) -> str:
    text = (typed or "").strip()
    if text and not _LANGUAGE.fullmatch(text):
        raise NotALanguage(name=text[:40])
    return text
