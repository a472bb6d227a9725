"""Where claims stand in their results: the rest of the line, and the head of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Greatest, Least, Substr

from research.runs.models import Claim

BEFORE = 2_000  # characters of the result in front of a claim in which its line begins
SHOWN = 280  # characters of the line on either side


@dataclass(frozen=True)
class Surroundings:
    """What is read before and behind a claim; `head` is the first line of its table, if any."""

    before: str = ""
    after: str = ""
    head: str = ""


def surroundings_of(claims: Sequence[Claim]) -> dict[int, Surroundings]:
    """By the keys of the claims; none of those that do not stand in the topic's result any more."""
    start, end = F("start"), F("end")
    rows = (
        Claim.objects.filter(pk__in=[claim.pk for claim in claims], attempt=F("topic__attempt"))
        .order_by()
        .annotate(
            before=Substr("topic__result", Greatest(start - BEFORE, 0) + 1, Least(start, BEFORE)),
            here=Substr("topic__result", start + 1, end - start),
            after=Substr("topic__result", end + 1, SHOWN + 1),
        )
    )
    found = rows.values_list("pk", "text", "here", "before", "after")
    return {pk: _line(before, after) for pk, text, here, before, after in found if here == text}


def _line(before: str, after: str) -> Surroundings:
    *earlier, start = before.split("\n")
    end = after.partition("\n")[0]
    is_cell = start.lstrip().startswith("|")
    return Surroundings(
        before=_told(start if len(start) <= SHOWN else f"…{start[-SHOWN:]}"),
        after=_told(end if len(end) <= SHOWN else f"{end[:SHOWN]}…"),
        head=_head(earlier, is_whole=len(before) < BEFORE) if is_cell else "",
    )


def _told(text: str) -> str:
    """A text that says something: the mark of a bullet alone does not."""
    return text if any(map(str.isalnum, text)) else ""


def _head(lines: Sequence[str], is_whole: bool) -> str:
    """The first line of the table that these lead up to; empty where it begins further up."""
    head = ""
    for line in reversed(lines if is_whole else lines[1:]):  # the first may be cut
        if not line.lstrip().startswith("|"):
            return head[:SHOWN]
        head = line
    return head[:SHOWN] if is_whole else ""
