"""With which other runs one is worth comparing."""

from collections import Counter
from dataclasses import dataclass

from research.runs.models import Run, Topic

LOOKED_AT = 200  # of the newest runs
OFFERED = 12


@dataclass(frozen=True)
class Candidate:
    """A run, and how many topics of the other one it has."""

    run: Run
    shared: int
    relation: str = ""
    """How it is related to the other one; empty: it is not."""


def candidates_for(run: Run) -> list[Candidate]:
    """The run that it was made again of, those that were made again of it, then the newest others
    that share topics; a fixed number of queries.
    """
    newest = list(Run.objects.newest_first().exclude(pk=run.pk).defer("definition")[:LOOKED_AT])
    again = Run.objects.filter(again_of=run).newest_first().defer("definition")[:OFFERED]
    origin = [run.again_of] if run.again_of else []
    known = {each.pk: each for each in (*origin, *again, *newest)}
    texts = Topic.objects.filter(run=run).values("text")
    sharing = Topic.objects.filter(run__in=known, text__in=texts).order_by()
    shared = Counter(sharing.values_list("run", flat=True))
    found = [
        Candidate(each, shared[pk], _relation(run, each))
        for pk, each in known.items()
        if shared[pk]
    ]
    return sorted(found, key=lambda candidate: not candidate.relation)[:OFFERED]


def _relation(run: Run, other: Run) -> str:
    if run.again_of_id == other.pk:
        return "this one runs it again"
    return "runs this one again" if other.again_of_id == run.pk else ""
