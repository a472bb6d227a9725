"""What topics claim, and the sources that they saw, in a form in which runs can be compared."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from research.claims.changes import Statement
from research.claims.check import MOST_CHARACTERS, MOST_CLAIMS
from research.claims.report import statements
from research.runs.models import Claim, Source, Topic
from research.text.addresses import place

MOST_UNCHECKED = 1_000_000  # characters of results without claims that are taken apart at once


@dataclass(frozen=True)
class Seen:
    """A source as a topic's crew saw it; `digest` is its text's, empty: unknown."""

    number: int
    title: str
    url: str
    digest: str

    @cached_property
    def name(self) -> str:
        """What it is recognised by in another run."""
        return place(self.url) if self.url else self.title


@dataclass(frozen=True)
class Told:
    """A claim; `verdict` is empty where the result was not checked. A correction replaces it."""

    index: int
    text: str
    verdict: str
    citations: Sequence[int]
    sources: Sequence[Seen]

    @property
    def statement(self) -> Statement:
        return Statement(self.text, self.verdict, frozenset(each.name for each in self.sources))


def sources_of(topics: Sequence[Topic]) -> dict[int, list[Seen]]:
    """By the topics' keys; one query."""
    found: defaultdict[int, list[Seen]] = defaultdict(list)
    rows = Source.objects.filter(topic__in=topics).order_by("topic", "number")
    for topic, number, title, url, digest in rows.values_list(
        "topic", "number", "title", "url", "digest"
    ):
        found[topic].append(Seen(number, title, url, digest))
    return found


def claims_of(topics: Sequence[Topic], seen: Mapping[int, Sequence[Seen]]) -> dict[int, list[Told]]:
    """By the topics' keys, which are not there for results that are too long to be taken apart.

    Results that were never checked are split as the check would split them.
    """
    by_number = {pk: {each.number: each for each in sources} for pk, sources in seen.items()}
    checked = [topic.pk for topic in topics if topic.checked is not None]
    found: dict[int, list[Told]] = {pk: [] for pk in checked}
    rows = Claim.objects.current().filter(topic__in=checked)
    fields = ("topic_id", "index", "text", "correction", "verdict", "citations")
    for pk, index, text, correction, verdict, citations in rows.values_list(*fields):
        known = by_number.get(pk, {})
        cited = [known[number] for number in citations if number in known]
        found[pk].append(Told(index, correction or text, verdict, citations, cited))
    left = MOST_UNCHECKED
    for topic in topics:
        if topic.checked is None:
            head = (Topic.objects.filter(pk=topic.pk).values_list("result", flat=True).get())[
                :MOST_CHARACTERS
            ]
            left -= len(head)
            if left >= 0:
                found[topic.pk] = list(_split(head, by_number.get(topic.pk, {})))
    return found


def _split(text: str, known: Mapping[int, Seen]) -> Iterator[Told]:
    places = {place(each.url): number for number, each in known.items() if each.url}
    found = islice(statements(text, places, known.keys()), MOST_CLAIMS)
    for index, statement in enumerate(each for each in found if not each.is_entry):
        cited = [known[number] for number in statement.citations if number in known]
        yield Told(index, statement.text, "", statement.citations, cited)
