"""What an index over the passages gives, whichever database holds it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from research.library.query import Term
from research.library.words import cut

TITLE, HEADING, TEXT = 2, 2, 1  # what a word is worth where it stands


Readers = frozenset[int] | None
"""Teams whose documents are searched, beside the whole site's; None: all documents."""


@dataclass(frozen=True)
class Candidate:
    """A passage that holds some of a query. `score` is BM25, more being better."""

    passage: int
    document: int
    title: str
    heading: str
    text: str
    score: float

    @cached_property
    def words(self) -> list[str]:
        """All of them, its titles' first; cut once, for all who look at them."""
        return cut(f"{self.title}\n{self.heading}\n{self.text}")


class Index(Protocol):
    """A full-text index that its database keeps in step with documents and passages."""

    def connect(self, database: BaseDatabaseWrapper) -> None:
        """Makes a new connection ready."""

    def create(self, database: BaseDatabaseWrapper) -> None:
        """Makes the index over the passages that there are, anew where there is one."""

    def remove(self, database: BaseDatabaseWrapper) -> None: ...

    def version(self) -> int:
        """A number that is another after every change of the library."""

    def size(self) -> int:
        """How many passages there are."""

    def holding(self, terms: Sequence[Term]) -> list[int]:
        """How many passages hold each term, in any form of its words.

        A passage holds the words of its document's title too.
        """

    def best(
        self,
        terms: Sequence[Term],
        limit: int,
        built_in: bool | None,
        readers: Readers = None,
    ) -> list[Candidate]:
        """The passages that hold any of the terms, the best by BM25 first.

        Those of built-in documents, of the others, or of both (None); and those that the readers
        may see.
        """

    def vocabulary(self, like: Collection[str]) -> list[str]:
        """Stems that passages hold and that begin as one of those does."""
