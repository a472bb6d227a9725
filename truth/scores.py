"""Runs the cases through the check, a report for each topic."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from research.claims.check import check
from research.claims.claim import Claim, Verdict
from truth.cases import Case

_BEST = [Verdict.QUOTED, Verdict.SUPPORTED]
PER_REPORT = 40
_NONE = Claim("", 0, 0, (), Verdict.SUPPORTED, "It was taken for no claim.")


def passes(cases: Sequence[Case]) -> Iterator[tuple[Case, Claim]]:
    """Each case with the verdict on it: the worst one, where it was split into several claims."""
    by_topic: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        by_topic[id(case.sources)].append(case)
    for group in by_topic.values():
        for at in range(0, len(group), PER_REPORT):
            yield from _report(group[at : at + PER_REPORT])


def _report(group: Sequence[Case]) -> Iterator[tuple[Case, Claim]]:
    starts, text = [], ""
    for case in group:
        starts.append(len(text) + 2)
        text += f"- {case.text}\n"
    claims = check(text, group[0].sources)
    for case, start in zip(group, starts, strict=True):
        own = [c for c in claims if start <= c.start < start + len(case.text)]
        bad = [c for c in own if c.verdict not in _BEST]
        yield case, (bad or own or [_NONE])[0]
