"""A claim as the desk shows it: what it says, what its sources say, and what can be decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from research.claims.claim import was_checked
from research.claims.differences import Difference, differences_in
from research.runs.models import MAX_CORRECTION, Claim, Judge, Verdict
from research.runs.passages import Passage, passages_of
from research.runs.surroundings import Surroundings, surroundings_of

Piece = tuple[str, bool]
"""Some text, and whether it is what differs."""

LEADS = {
    # What is said of passages, by verdict and whether the claim cites their source.
    (Verdict.DIFFERS, True): "The source says something else",
    (Verdict.UNSUPPORTED, True): "The nearest passage of a source that it cites",
    (Verdict.UNSUPPORTED, False): "A source that it does not cite says so",
    (Verdict.UNCITED, False): "A source that it does not cite says so",
    (Verdict.INVENTED, True): "The nearest passage; it does not say this",
    (Verdict.INVENTED, False): "The nearest passage; it does not say this",
}
HOLDS = "It rests on this"
JUDGED = "What the model judged it by"
NOTHING = {
    Verdict.DIFFERS: "No passage was kept.",
    Verdict.UNSUPPORTED: "No passage of the sources that it cites comes near it.",
    Verdict.UNCITED: "It cites no source, and no source that the crew saw says so.",
    Verdict.INVENTED: "No source that the crew saw says this.",
}


@dataclass(frozen=True)
class Card:
    """A claim with its passages; `problem` says why a decision on it was not kept."""

    claim: Claim
    passages: Sequence[Passage]
    around: Surroundings
    problem: str = ""
    typed: str = ""
    """The correction that was not kept."""

    @property
    def is_current(self) -> bool:
        """Whether it can be decided: the result that it stands in is the topic's."""
        return self.claim.attempt == self.claim.topic.attempt and not self.claim.topic.is_open

    @property
    def max_correction(self) -> int:
        return MAX_CORRECTION

    @property
    def correction(self) -> str:
        """What stands in the field for it."""
        return self.typed or self.claim.correction or self.claim.text

    @cached_property
    def differences(self) -> list[Difference]:
        is_told = self.claim.found == Verdict.DIFFERS
        return differences_in(self.claim.reason) if is_told else []

    @property
    def text(self) -> list[Piece]:
        return pieces(self.claim.text, [each.claimed for each in self.differences])

    @property
    def lead(self) -> str:
        """What the passages are; where there are none, that."""
        verdict = Verdict(self.claim.found)
        if not self.passages:
            is_checked = was_checked(self.claim.reason)
            return NOTHING.get(verdict, "") if is_checked else "It was not checked."
        if self.claim.found_by == Judge.MODEL:
            return JUDGED
        return LEADS.get((verdict, self.passages[0].is_cited), HOLDS)

    @property
    def quotes(self) -> list[tuple[Passage, list[Piece]]]:
        found = [each.found for each in self.differences]
        return [(passage, pieces(passage.quote, found)) for passage in self.passages]


def cards_of(claims: Sequence[Claim]) -> list[Card]:
    passages, around = passages_of(claims), surroundings_of(claims)
    return [
        Card(claim, passages.get(claim.pk, []), around.get(claim.pk, Surroundings()))
        for claim in claims
    ]


def pieces(text: str, marked: Sequence[str]) -> list[Piece]:
    """The text in pieces: the first place of each of the words or figures, and what is between."""
    found: list[Piece] = [(text, False)]
    for word in filter(None, marked):
        for at, (piece, is_marked) in enumerate(found):
            before, here, after = piece.partition(word)
            if here and not is_marked:
                found[at : at + 1] = [(before, False), (here, True), (after, False)]
                break
    return [piece for piece in found if piece[0]]
