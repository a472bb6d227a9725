"""The topics that a search of the history is about, with the words as they stand there."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from functools import reduce
from operator import add

from django.db.models import Case, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import (
    Coalesce,
    Greatest,
    Lower,
    NullIf,
    RowNumber,
    StrIndex,
    Substr,
)

from research.runs.models import Run, Topic
from research.runs.models.topic_queries import words_of

TOPICS_OF_A_RUN = 3
BEFORE = 80  # characters of a result in front of the first word that was found
EXCERPT = 260  # characters


def found_in(runs: Sequence[Run], query: str) -> dict[uuid.UUID, list[Topic]]:
    """Of each run the topics that hold most of the query's words, with `excerpt` of the result
    and its `start` there, from 1.

    One query, whose answer is bounded however long the results are.
    """
    words = words_of(query)
    if not words or not runs:
        return {}
    start = Greatest(_place(words) - BEFORE, 1)
    topics = (
        Topic.objects.filter(run__in=[run.pk for run in runs])
        .defer("result")
        .annotate(held=reduce(add, map(_holds, words)))
        .filter(held__gt=0)
        .annotate(
            rank=Window(RowNumber(), partition_by="run", order_by=[F("held").desc(), "position"]),
            start=start,
            excerpt=Substr("result", start, EXCERPT),
        )
        .filter(rank__lte=TOPICS_OF_A_RUN)
        .order_by("run", "position")
    )
    found = defaultdict(list)
    for topic in topics:
        found[topic.run_id].append(topic)
    return dict(found)


def _holds(word: str) -> Case:
    """1 for a topic that holds the word, else 0."""
    held = Q(text__icontains=word) | Q(result__icontains=word)
    return Case(When(held, then=1), default=0, output_field=IntegerField())


def _place(words: Sequence[str]) -> Coalesce:
    """Where the first of the words that the result holds stands in it; 1 where it holds none."""
    places = [NullIf(StrIndex(Lower("result"), Value(word)), 0) for word in words]
    return Coalesce(*places, Value(1))
