"""Which topic of one run is which of another one."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence

from research.runs.models import Topic

Pair = tuple[Topic | None, Topic | None]
"""A topic of the earlier run and of the later one; None: only the other one has it."""


def _folded(topic: Topic) -> Hashable:
    return " ".join(topic.text.casefold().split())


def _row(topic: Topic) -> Hashable:
    return topic.text, frozenset(topic.inputs.items())


ALIKE: tuple[Callable[[Topic], Hashable], ...] = (_row, lambda topic: topic.text, _folded)
"""What two topics may share to be the same one, the surest first."""


def paired(before: Sequence[Topic], after: Sequence[Topic]) -> list[Pair]:
    """Topics of both runs in the order of the later one, then those of the earlier one only.

    Those belong together that have the same text and inputs, then those with the same text.
    """
    found: dict[int, Topic] = {}  # of the earlier run, by the later ones' keys
    taken: set[int] = set()
    for alike in ALIKE:
        free: defaultdict[Hashable, deque[Topic]] = defaultdict(deque)
        for topic in before:
            if topic.pk not in taken:
                free[alike(topic)].append(topic)
        for topic in after:
            if topic.pk not in found and (same := free.get(alike(topic))):
                found[topic.pk] = same.popleft()
                taken.add(found[topic.pk].pk)
    gone: list[Pair] = [(topic, None) for topic in before if topic.pk not in taken]
    return [*((found.get(topic.pk), topic) for topic in after), *gone]
