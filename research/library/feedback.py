"""Pseudo-relevance feedback: what the best passages have in common tells what else is on a topic.

A long question and a passage that answers it often share few words. The words that mark the best
passages among all that were found count as if they had been asked for (Rocchio; Lavrenko and
Croft's RM3). Figures: docs/library.md.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from heapq import nlargest
from operator import itemgetter

from research.library.index.bm25 import saturated
from research.library.ranking import Ranked
from research.library.stopwords import STOP_WORDS
from research.library.words import stems

BEST = 3  # passages that are taken to be on the topic
WORDS = 40  # that mark them
SHARE = 0.5  # of the score that these words give


def with_feedback(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The passages, the best first, in the order that the best of them suggest."""
    if not ranked or not ranked[0].score:
        return list(ranked)
    words = [_words(each) for each in ranked]
    holding = Counter(word for counts in words for word in counts)
    telling = {
        word: math.log1p((len(words) - held + 0.5) / (held + 0.5))
        for word, held in holding.items()
        if held > 1  # a word of one passage alone tells nothing of the others
    }
    marks = _marks(ranked, words, telling)
    average = sum(counts.total() for counts in words) / len(words)
    likeness = [
        sum(
            weight * telling[word] * saturated(counts[word], counts.total() / average)
            for word, weight in marks.items()
            if word in counts
        )
        for counts in words
    ]
    best, likest = ranked[0].score, max(likeness) or 1
    scored = [
        replace(each, score=(1 - SHARE) * each.score + SHARE * best * like / likest)
        for each, like in zip(ranked, likeness, strict=True)
    ]
    return sorted(scored, key=lambda each: -each.score)


def _words(ranked: Ranked) -> Counter[str]:
    """The stems of a passage's words that say something, and how often each stands there."""
    words = ranked.candidate.words
    return Counter(stems([word for word in words if len(word) > 2 and word not in STOP_WORDS]))


def _marks(
    ranked: Sequence[Ranked], words: Sequence[Counter[str]], telling: dict[str, float]
) -> dict[str, float]:
    """The words that mark the best passages, with their weights."""
    marks: dict[str, float] = defaultdict(float)
    for each, counts in zip(ranked[:BEST], words, strict=False):
        length = counts.total()
        for word, times in counts.items():
            if word in telling:
                marks[word] += each.score * times / length * telling[word]
    return dict(nlargest(WORDS, marks.items(), key=itemgetter(1)))
