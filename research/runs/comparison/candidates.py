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
    first: str
    """Its first topic."""
    relation: str = ""
    """How it is related to the other one; empty: it is not."""


def candidates_for(run: Run) -> list[Candidate]:
    """The run that it was made again of, those that were made again of it, then the newest others
    that share topics; all of its team. A fixed number of queries.
    """
    others = Run.objects.filter(team=run.team_id).exclude(pk=run.pk).defer("definition")
    newest = list(others.newest_first()[:LOOKED_AT])
    again = others.filter(again_of=run).newest_first()[:OFFERED]
    origin = [run.again_of] if run.again_of else []
    known = {each.pk: each for each in (*origin, *again, *newest)}
    texts = Topic.objects.filter(run=run).values("text")
    sharing = Topic.objects.filter(run__in=known, text__in=texts).order_by()
    shared = Counter(sharing.values_list("run", flat=True))
    chosen = sorted(shared, key=lambda pk: (_distance(run, known[pk]), -_time(known[pk])))
    chosen = chosen[:OFFERED]
    first = Topic.objects.filter(run__in=chosen, position=1).values_list("run", "text")
    titles = dict(first)
    return [
        Candidate(known[pk], shared[pk], titles.get(pk, ""), _relation(run, known[pk]))
        for pk in chosen
    ]


def _distance(run: Run, other: Run) -> int:
    return 0 if run.again_of_id == other.pk else 1 if other.again_of_id == run.pk else 2


def _time(run: Run) -> float:
    return run.created_at.timestamp()


def _relation(run: Run, other: Run) -> str:
    if run.again_of_id == other.pk:
        return "this one runs it again"
    return "runs this one again" if other.again_of_id == run.pk else ""
