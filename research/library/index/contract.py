"""What an index over the passages gives, whichever database holds it."""

from collections.abc import Collection, Sequence
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

HEADING, TEXT = 3, 1  # what a word is worth where it stands; in the title it only makes a holder
EXCERPT = 48  # words
MARK_START, MARK_END = "\x02", "\x03"  # no document holds these: see `characters`


class Index(Protocol):
    """A full-text index that its database keeps in step with documents and passages."""

    def create(self, database: BaseDatabaseWrapper) -> None:
        """Makes the index where it is missing."""

    def remove(self, database: BaseDatabaseWrapper) -> None: ...

    def holders(self, term: str) -> dict[int, int]:
        """The passages that hold a word in any of its forms: {passage id: document id}.

        A passage holds the words of its document's title too.
        """

    def scores(self, terms: Sequence[str], passages: Collection[int]) -> dict[int, float]:
        """How well each of the passages fits the words by BM25, more being better.

        Those that share the words with their document's title only are left out.
        """

    def excerpts(self, terms: Sequence[str], passages: Collection[int]) -> dict[int, str]:
        """The best part of each passage, the words between MARK_START and MARK_END."""
