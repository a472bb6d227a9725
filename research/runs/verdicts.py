"""What a reader is told of claims and their verdicts, in words that all surfaces share."""

from collections.abc import Mapping

from research.claims.claim import was_checked
from research.runs.models import WORST_FIRST, Claim, Decision, Status, Topic, Verdict

CORRECTED = "corrected"
UNCHECKED = "not checked"
UNCHECKED_HINT = "No sentence of this result was checked against its sources"
SIGNS: dict[str, str] = {
    Verdict.QUOTED: "”",
    Verdict.SUPPORTED: "✓",
    Verdict.DIFFERS: "≠",
    Verdict.UNSUPPORTED: "?",
    Verdict.UNCITED: "∅",
    Verdict.INVENTED: "✕",
    UNCHECKED: "…",
    CORRECTED: "✎",
}
"""What stands before a verdict, so that nothing is told by colour alone."""


def is_told(claim: Claim) -> bool:
    """Whether the text says so at its place: it does not hold, or a person corrected it."""
    return claim.verdict in WORST_FIRST or bool(claim.correction)


def verdict_in_a_word(claim: Claim) -> str:
    """A claim's verdict, or that a person corrected it, or that it could not be checked."""
    if claim.decision == Decision.CORRECTED:
        return CORRECTED
    if claim.verdict == Verdict.UNSUPPORTED and not was_checked(claim.reason):
        return UNCHECKED
    return claim.verdict


def claims_in_words(checked: Mapping[str, int]) -> str:
    """`34 claims: 12 quoted, 19 supported, 2 differ, 1 invented`; what is zero is left out."""
    number = checked["claims"]
    told = ", ".join(
        f"{checked[verdict]:,} {_plural(verdict, checked[verdict])}"
        for verdict in Verdict.values
        if checked.get(verdict)
    )
    return f"{number:,} claim{'' if number == 1 else 's'}: {told}" if told else "no claims"


def _plural(verdict: str, number: int) -> str:
    return "differ" if verdict == Verdict.DIFFERS and number != 1 else verdict


def check_in_words(topic: Topic) -> str:
    """What the check found in a result, or that there was none; empty where there is no result."""
    if topic.status != Status.SUCCEEDED:
        return ""
    if topic.checked is None:
        return topic.check_note or f"{UNCHECKED_HINT}."
    return claims_in_words(topic.checked)
