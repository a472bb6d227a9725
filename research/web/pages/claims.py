"""What a page tells of a result's claims: their verdicts, and the passages that these rest on."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from research.runs.models import Claim, Judge, Topic
from research.runs.passages import Passage
from research.runs.verdicts import CORRECTED, SIGNS, check_in_words, is_told, verdict_in_a_word
from research.web.pages.rendering import Marked

MOST_LISTED = 300  # claims of a report; those that do not hold come before others
MOST_IN_BRIEF = 20  # of these, of a report on a page of many
AROUND = 120  # characters of a source on each side of a passage
MAX_REASON = 400  # characters


@dataclass(frozen=True)
class ShownClaim:
    """A claim with what `templates/research/_claim.html` shows of it."""

    row: Claim
    anchor: str = ""
    passages: Sequence[Passage] = ()

    @property
    def number(self) -> int:
        return self.row.index + 1

    @property
    def word(self) -> str:
        return verdict_in_a_word(self.row)

    @property
    def css(self) -> str:
        """A class of the style sheet."""
        return f"is-{self.word.replace(' ', '-')}"

    @property
    def sign(self) -> str:
        return SIGNS[self.word]

    @property
    def text(self) -> str:
        """Without the marks of Markdown."""
        return " ".join(self.row.text.replace("**", "").replace("`", "").split())

    @property
    def is_models(self) -> bool:
        return self.row.by == Judge.MODEL


class Claims:
    """A topic's claims on a page, whose ids begin with `anchor`.

    In brief, those claims alone are listed that a reader is told of in the text, without passages.
    """

    def __init__(
        self,
        topic: Topic,
        anchor: str,
        claims: Sequence[Claim],
        passages: Mapping[int, Sequence[Passage]],
        in_brief: bool = False,
    ) -> None:
        self.topic, self._anchor, self._claims, self._passages = topic, anchor, claims, passages
        worth = [claim for claim in claims if is_told(claim) or not in_brief]
        most = MOST_IN_BRIEF if in_brief else MOST_LISTED
        first = sorted(worth, key=lambda claim: not is_told(claim))[:most]
        self._listed = {claim.index for claim in first}
        self.left_out = len(claims) - len(first)

    @property
    def summary(self) -> str:
        """`34 claims: 12 quoted, 19 supported, 2 differ, 1 invented`, or why there are none."""
        return check_in_words(self.topic)

    @property
    def listed(self) -> Iterator[ShownClaim]:
        """In the order of the text."""
        for claim in self._claims:
            if claim.index in self._listed:
                yield ShownClaim(claim, self._anchor_of(claim), self._passages.get(claim.pk, ()))

    @property
    def marked(self) -> list[Marked]:
        """All of them, for the text."""
        return [self._mark(claim) for claim in self._claims]

    def _anchor_of(self, claim: Claim) -> str:
        own = claim.index in self._listed
        return f"{self._anchor}-claim-{claim.index}" if own else f"{self._anchor}-claims"

    def _mark(self, claim: Claim) -> Marked:
        where = claim.start, claim.end, self._anchor_of(claim)
        if not is_told(claim):
            return Marked(*where)
        word = verdict_in_a_word(claim)
        reason = claim.reason[:MAX_REASON] if word != CORRECTED else ""
        return Marked(*where, word, SIGNS[word], reason, claim.correction)


def claims_of(topics: Sequence[Topic]) -> dict[int, list[Claim]]:
    """The claims of the topics' results by the topics' keys; one query, none without claims."""
    checked = [topic.pk for topic in topics if topic.checked]
    found: dict[int, list[Claim]] = defaultdict(list)
    if checked:
        current = Claim.objects.current().filter(topic__in=checked)
        for claim in current.select_related("decided_by"):
            found[claim.topic_id].append(claim)
    return found
