"""What came of a topic, to be read: its result with sources, and the outputs on the way to it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.db.models.functions import Left, Length
from django.utils.safestring import SafeString

from research.runs import findings
from research.runs.models import MAX_NOTE, Claim, Source, TaskResult, Topic
from research.runs.passages import Passage, passages_of
from research.web.pages.claims import AROUND, Claims, claims_of
from research.web.pages.contents import Heading, contents_of
from research.web.pages.rendering import TOP_HEADING, render_markdown

EXCERPT = 1200  # characters that a report shows of a source; the admin shows all of it
MAX_SOURCES = 200  # that a report lists; those that it cites come first
MAX_STEPS = 20
STEP_LENGTH = 50_000  # characters of a step
MANY = 2_000_000  # characters of all the results on one page
MANY_CLAIMS = 2_500  # of all the results on one page


@dataclass(frozen=True)
class Step:
    """The output of a task before the last one, whose output is the result."""

    name: str
    agent: str
    seconds: float
    output: SafeString


@dataclass(frozen=True)
class Report:
    """A topic with what `templates/research/_report.html` shows of it."""

    topic: Topic
    has_steps: bool = True
    """A page of many reports leaves the steps to each report's own page."""
    top_heading: int = TOP_HEADING
    own_claims: Sequence[Claim] = ()
    passages: Mapping[int, Sequence[Passage]] = field(default_factory=dict)
    """That the claims rest on, by the claims' keys."""

    @property
    def anchor(self) -> str:
        return f"topic-{self.topic.position}"

    @property
    def tokens(self) -> int:
        return self.topic.prompt_tokens + self.topic.completion_tokens

    @property
    def max_note(self) -> int:
        return MAX_NOTE

    @property
    def finding(self) -> str:
        """What is said of a result that rests on nothing; else empty."""
        return findings.label(self.topic)

    @property
    def advice(self) -> str:
        return findings.advice(self.topic)

    @cached_property
    def _seen(self) -> dict[int, Source]:
        return {source.number: source for source in self.topic.sources.all()}

    @cached_property
    def claims(self) -> Claims:
        found = self.own_claims, self.passages
        return Claims(self.topic, self.anchor, *found, in_brief=not self.has_steps)

    @cached_property
    def result(self) -> SafeString:
        parts = f"{self.anchor}-part-"
        return self._render(self.topic.result, claims=self.claims.marked, heading_prefix=parts)

    @cached_property
    def contents(self) -> list[Heading]:
        return contents_of(self.result)

    @property
    def awaiting(self) -> int:
        """How many of its claims need a person."""
        return sum(claim.awaiting for claim in self.own_claims)

    @cached_property
    def sources(self) -> dict[int, Source]:
        """By number; if there are too many, those that the result cites rather than others."""
        if len(self._seen) <= MAX_SOURCES:
            return self._seen
        cited = {int(number) for number in re.findall(rf'"#{self._prefix}([0-9]+)"', self.result)}
        listed = sorted(self._seen, key=lambda number: (number not in cited, number))[:MAX_SOURCES]
        return {number: self._seen[number] for number in sorted(listed)}

    @property
    def sources_left_out(self) -> int:
        return len(self._seen) - len(self.sources)

    @cached_property
    def steps(self) -> list[Step]:
        if not self.has_steps:
            return []
        return [self._step(result) for result in self._own_results[:MAX_STEPS]]

    @property
    def reasoning(self) -> str:
        """What the model thought aloud at the topic's tasks."""
        if not self.has_steps:
            return ""
        results = [r for r in self.topic.task_results.all() if r.attempt >= self.topic.anew_from]
        return "\n\n".join(r.reasoning for r in results if r.reasoning)[:STEP_LENGTH]

    @property
    def _own_results(self) -> list[TaskResult]:
        """Of this attempt, without the one whose output is the result."""
        return [
            result
            for result in self.topic.task_results.all()
            if result.attempt == self.topic.attempt and result.output != self.topic.result
        ]

    @property
    def _last_output(self) -> TaskResult | None:
        """Of this attempt, where steps are shown."""
        results = self.topic.task_results.all() if self.has_steps else ()
        own = [result for result in results if result.attempt == self.topic.attempt]
        return own[-1] if own else None

    @cached_property
    def first_text(self) -> SafeString:
        """The result before its crew mended it or claims were dropped; empty if there is none."""
        last = self._last_output
        return self._render(last.first_output[:STEP_LENGTH], "first text") if last else SafeString()

    @property
    def dropped(self) -> list[dict[str, str]]:
        """Claims that a strict blueprint took out: text, verdict and reason."""
        last = self._last_output
        return (last.dropped or []) if last else []

    @cached_property
    def rejected(self) -> Step | None:
        """The result that a reviewer rejected, while its attempts are followed by others."""
        if not self.has_steps:
            return None
        results = self.topic.task_results.all()
        earlier = [result for result in results if result.attempt < self.topic.anew_from]
        return self._step(earlier[-1]) if earlier else None

    def _step(self, result: TaskResult) -> Step:
        seconds = (result.finished_at - result.started_at).total_seconds()
        output = self._render(result.output[:STEP_LENGTH], f"step {result.index + 1}")
        return Step(result.name, result.agent, seconds, output)

    @property
    def _prefix(self) -> str:
        return f"{self.anchor}-source-"

    def _render(self, text: str, part: str = "", **options: Any) -> SafeString:
        where = f"topic {self.topic.position}" + (f", {part}" if part else "")
        return render_markdown(text, self._seen, self._prefix, where, self.top_heading, **options)


def report_of(topic: Topic, top_heading: int = TOP_HEADING) -> Report:
    """One topic's report, steps and all."""
    return reports_of([topic], True, top_heading)[topic.position]


def reports_of(
    topics: Sequence[Topic], has_steps: bool, top_heading: int = TOP_HEADING
) -> dict[int, Report]:
    """Reports by position, of topics whose `result` may be deferred; a fixed number of queries.

    Topics past MANY characters of results, or MANY_CLAIMS, are left out: they have pages of their
    own.
    """
    lengths = Topic.objects.filter(pk__in=[topic.pk for topic in topics])
    found = dict(lengths.values_list("pk", Length("result")))
    shown: list[Topic] = []
    characters = claims_so_far = 0
    for topic in topics:
        characters += found.get(topic.pk, 0)
        claims_so_far += (topic.checked or {}).get("claims", 0)
        if (characters <= MANY and claims_so_far <= MANY_CLAIMS) or not shown:
            shown.append(topic)
    results = dict(
        Topic.objects.filter(pk__in=[topic.pk for topic in shown]).values_list("pk", "result")
    )
    for topic in shown:
        topic.result = results.get(topic.pk, "") if not topic.is_open else ""
    excerpts = Source.objects.defer("text").annotate(excerpt=Left("text", EXCERPT + 1))
    prefetch_related_objects(
        shown, Prefetch("sources", excerpts), *(["task_results"] if has_steps else [])
    )
    claims = claims_of(shown)
    passages = passages_of(list(chain(*claims.values())), AROUND) if has_steps else {}
    return {
        topic.position: Report(topic, has_steps, top_heading, claims.get(topic.pk, ()), passages)
        for topic in shown
    }
