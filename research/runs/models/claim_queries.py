"""Claims as a set: kept with their result, waiting for a person, counted."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

from django.db import models
from django.db.models import Q

from research.people.visible import OfTeam
from research.runs.models.status import WORST_FIRST, Decision, Review, Verdict, rank
from research.runs.models.topic_queries import words_of

if TYPE_CHECKING:
    from research.runs.models.claim import Claim
    from research.runs.models.topic import Topic

MAX_OBJECTIONS = 10  # claims that a crew is told of
LONGEST_OBJECTION = 300  # characters of a claim, or of what it should say

Counts = dict[str, int]


class Checked(Protocol):
    """A claim as `research.claims` gives it back."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def citations(self) -> Sequence[int]: ...
    @property
    def verdict(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def evidence(self) -> Sequence[Any]: ...


class ClaimQuerySet(OfTeam, models.QuerySet["Claim"]):
    team_path = "topic__run__team"

    def keep(self, topic: "Topic", found: Iterable[Checked]) -> Counts:
        """Stores the claims of a topic's new result, and returns how many have each verdict."""
        rows = [self.model.of(topic, index, claim) for index, claim in enumerate(found)]
        self.bulk_create(rows)
        return count(row.verdict for row in rows)

    def retire(self) -> None:
        """Nobody needs to look at these claims any more: their result is judged, or gone."""
        self.filter(awaiting=True).update(awaiting=False)

    def current(self) -> Self:
        """Claims of the results that topics have now, in the order of their text."""
        return self.filter(attempt=models.F("topic__attempt")).order_by("topic_id", "index")

    def await_person(self, is_judged: bool) -> None:
        """Whether a person is still needed, once one has judged the topic as a whole or has not.

        These are the claims of the topic's result.
        """
        if is_judged:
            self.retire()
        else:
            self.filter(rank__gt=0, decision=Decision.NONE).update(awaiting=True)

    def awaiting_review(self) -> Self:
        """Claims that need a person, of topics that nobody has judged as a whole; worst first."""
        return self.filter(awaiting=True).order_by("-rank", "topic_id", "index")

    def awaiting_counts(self) -> Counts:
        """How many claims need a person, by verdict."""
        found = dict(
            self.filter(awaiting=True).order_by().values_list("rank").annotate(models.Count("pk"))
        )
        return {verdict.value: found.get(rank(verdict), 0) for verdict in WORST_FIRST}

    def decided(self) -> Self:
        """Current claims that a person has decided, the last one first."""
        return self.current().exclude(decision=Decision.NONE).order_by("-decided_at", "-pk")

    def found_as(self, verdict: str) -> Self:
        """Claims that the check found so, whatever a person decided."""
        return self.filter(rank=rank(verdict), found=verdict)  # the rank for `claim_awaiting`

    def holding(self, words: str) -> Self:
        """Claims that hold all the words, in their own text or in their topic's."""
        claims = self
        for word in words_of(words):
            claims = claims.filter(Q(text__icontains=word) | Q(topic__text__icontains=word))
        return claims

    def of_run(self, run: uuid.UUID, position: int | None = None) -> Self:
        """Of all its topics, or of the one at a position."""
        at = {} if position is None else {"topic__position": position}
        return self.filter(topic__run=run, **at)

    def of_blueprint(self, name: str) -> Self:
        return self.filter(topic__run__blueprint=name)

    def review(self, attempt: int) -> Review:
        """Of one topic's claims: the review that follows from what was decided of them."""
        own = self.filter(attempt=attempt)
        if own.filter(awaiting=True).exists() or not own.exclude(decision=Decision.NONE).exists():
            return Review.UNREVIEWED
        is_rejected = own.filter(decision=Decision.REJECTED).exists()
        return Review.REJECTED if is_rejected else Review.APPROVED

    def to_decide(self) -> Self:
        """Current claims that a person has to decide, or has decided."""
        return self.current().filter(Q(rank__gt=0) | ~Q(decision=Decision.NONE)).order_by()

    def are_settled(self) -> bool:
        """Whether a person has decided some of these claims, and none needs one any more."""
        return not self.awaiting_review().exists() and self.decided().exists()

    def objections(self, attempt: int) -> str:
        """What a person rejected and corrected of one topic's claims, as its next crew is told."""
        own = self.filter(attempt=attempt).order_by("-decision", "index")  # rejected ones first
        judged = own.filter(decision__in=(Decision.REJECTED, Decision.CORRECTED))
        return " ".join(_objection(claim) for claim in judged[:MAX_OBJECTIONS])

    def counts(self) -> Counts:
        """How many claims there are, and how many have each verdict."""
        return count(self.order_by().values_list("verdict", flat=True))


def _objection(claim: "Claim") -> str:
    if claim.decision == Decision.REJECTED:
        return f"“{_line(claim.text)}” does not hold."
    return f"“{_line(claim.text)}” should say “{_line(claim.correction)}”."


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_OBJECTION else f"{line[:LONGEST_OBJECTION]}…"


def count(verdicts: Iterable[str]) -> Counts:
    """How many claims there are, and how many have each verdict."""
    found = Counter(verdicts)
    return {"claims": found.total(), **{name: found[name] for name in Verdict.values}}
