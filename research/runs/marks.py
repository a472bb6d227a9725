"""What has to be said beside a topic's result and figures, in words that all surfaces share."""

from research.runs.models import Topic
from research.runs.verdicts import claims_in_words

INCOMPLETE = "incomplete"
INCOMPLETE_HINT = "The provider cut the answer, and the model could not go on"
ESTIMATED = "estimated"
ESTIMATED_HINT = "The provider did not say how many tokens some calls used"


def tokens_in_words(tokens: int, is_estimated: bool) -> str:
    """`about 1,234 tokens (estimated)`, or the plain number of them."""
    return f"about {tokens:,} tokens ({ESTIMATED})" if is_estimated else f"{tokens:,} tokens"


def remarks(topic: Topic) -> list[str]:
    """Sentences for where a topic is shown as text."""
    found = []
    if topic.incomplete:
        found.append(f"{INCOMPLETE}: {INCOMPLETE_HINT}.")
    if topic.checked and topic.checked["claims"]:
        found.append(f"{claims_in_words(topic.checked)}.")
    if topic.check_note:
        found.append(topic.check_note)
    if topic.tokens_estimated:
        found.append(f"{tokens_in_words(topic.tokens, True)}: {ESTIMATED_HINT}.")
    return found
