"""What a search engine is asked, what it answers, and what all of them have in common."""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from typing import Any, ClassVar

from research.keyring.current import Kept, kept
from research.sources.engines.asking import Request, ask
from research.sources.exceptions import Unreadable
from research.text.web_address import is_web_address, web_address

MAX_SNIPPET = 2000  # characters
_TAG = re.compile(r"<[^<>]{0,200}>")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, and where; engines that cannot be told so find more, which is dropped."""

    text: str
    most: int = 5
    sites: tuple[str, ...] = ()
    not_sites: tuple[str, ...] = ()
    since: date | None = None
    language: str = ""
    """A code such as `de` or `pt-BR`; empty: any."""

    @property
    def with_sites(self) -> str:
        """For engines that are told sites by words of the query."""
        only = " OR ".join(f"site:{site}" for site in self.sites)
        never = [f"-site:{site}" for site in self.not_sites]
        return " ".join(filter(None, [self.text, f"({only})" if " OR " in only else only, *never]))

    @property
    def hosts(self) -> list[str]:
        """The sites without their paths."""
        return [site.partition("/")[0] for site in self.sites]


@dataclass(frozen=True, slots=True)
class Result:
    """A result of a search; what the engine did not tell is empty or None."""

    title: str
    url: str
    snippet: str
    published: date | None = None
    author: str = ""
    engines: tuple[str, ...] = field(default=(), compare=False)
    """Those that found it, the first in the order of preference first."""


class Engine(ABC):
    """A search engine: what it needs, what it bears, and how it is asked."""

    name: ClassVar[str]
    title: ClassVar[str]
    base: ClassVar[str] = ""
    """Its address, in whose place the environment may name another one."""
    key: ClassVar[str] = ""
    """The variable without which it cannot be asked; empty: it needs none."""
    per_minute: ClassVar[int]
    at_once: ClassVar[int] = 4
    spacing: ClassVar[float] = 0.0
    """Seconds between two requests, at least."""
    hosts: ClassVar[tuple[str, ...]] = ()
    """The only sites that it finds pages of; empty: any."""

    @property
    def variable(self) -> str:
        """What the environment calls its address."""
        return f"{self.name.upper()}_BASE_URL"

    @property
    def address(self) -> str:
        return (os.environ.get(self.variable) or self.base).rstrip("/")

    @property
    def typed(self) -> str:
        """The variable whose value can be typed in; empty: none."""
        return self.key

    @property
    def secret(self) -> str:
        """The key, or what else it is asked with: the environment's, or what was typed in."""
        return os.environ.get(self.typed) or self.kept.values.get(self.typed, "")

    @property
    def kept(self) -> Kept:
        """What is known of it from the set-up page."""
        return kept(self.name)

    @property
    def is_sealed(self) -> bool:
        """Whether what was typed in counts and cannot be read."""
        return self.kept.is_broken and not os.environ.get(self.typed)

    @property
    def is_ready(self) -> bool:
        """Whether all that it needs is there."""
        return bool(not self.key or self.secret)

    async def search(self, query: Query) -> list[Result]:
        """What the engine finds, best first; raises EngineFailed."""
        answer = await ask(self.title, self.request(query), self.key)
        try:
            return [found for found in self.results(answer) if found][: query.most]
        except ValueError as error:
            raise Unreadable(self.title, reason=str(error)) from None

    @abstractmethod
    def request(self, query: Query) -> Request:
        """How the engine is asked."""

    @abstractmethod
    def results(self, answer: Any) -> Iterable[Result | None]:
        """What its answer says; raises ValueError for what is no answer of its kind."""


def listed(answer: Any, *path: str) -> list[Mapping[str, Any]]:
    """The objects of the list at a path of an answer; raises ValueError where the answer has none.

    Engines leave the last part of the path out where they found nothing.
    """
    for name in path:
        if not isinstance(answer, dict):
            raise ValueError(f"it has no list of {path[-1]}")
        answer = answer.get(name)
        if answer is None:
            return []
    if not isinstance(answer, list):
        raise ValueError(f"its {path[-1]} are not a list")
    return [each for each in answer if isinstance(each, dict)]


def result(
    title: Any, url: Any, snippet: Any, published: date | None = None, author: Any = ""
) -> Result | None:
    """A result in its usual form; None for one that leads nowhere."""
    if not is_web_address(url):
        return None
    return Result(
        title=plain(title)[:300],
        url=web_address(url),
        snippet=plain(snippet)[:MAX_SNIPPET],
        published=published,
        author=plain(author)[:200],
    )


def plain(text: Any) -> str:
    """A text in one line, without the marks that engines set on words that were looked for."""
    if not isinstance(text, str):
        return ""
    return " ".join(unescape(_TAG.sub("", text)).split())
