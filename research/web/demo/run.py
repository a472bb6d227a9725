"""Builds the demonstration's run, as if its crews had worked on it an hour ago."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from research.claims.check import check
from research.claims.claim import Source as Seen
from research.crews.llms.price_list import listed_price
from research.kinds import Kind
from research.runs.models import (
    Blueprint,
    Event,
    Finding,
    Review,
    Run,
    Source,
    Status,
    TaskResult,
    Topic,
)
from research.web.demo.texts import Shape, notes, report, seen_text

KEY = "demo"  # the run's, so that it is built once
MODEL = "openai/gpt-4o-mini"
TASKS = (("research", "Researcher"), ("check", "Fact-checker"), ("report", "Writer"))
LONG_TOPIC = (
    "How do retention periods for call records, traffic data and location data differ between the "
    "member states after the last judgements, which exceptions for law enforcement remain, and "
    "what follows for providers who store their customers' data in more than one country at once?"
)
SUBJECTS = (
    ("vector databases", "event sourcing", "heat pumps", "mRNA vaccines", "tidal power", "zoning"),
    ("compared", "in practice", "and their critics", "since 2020", "for small teams"),
)
ARABIC = ("قواعد البيانات المتجهية", "طاقة المد والجزر", "الترجمة الآلية", "المدن الذكية")
HEBREW = ("מסדי נתונים וקטוריים", "התפלת מים", "אנרגיית רוח בים", "PostgreSQL לעומת MySQL")
CHINESE = ("向量数据库比较", "潮汐能发电", "事件溯源的利弊", "固态电池的现状")
REFUSED = (
    "authentication",
    "The provider refused the key. Check it, on /setup/ or in the environment. (HTTP 401)",
)
LIMITED = (
    "rate_limited",
    "The provider's rate limit is used up. Wait, or run fewer topics at once. "
    "It asks to wait {} s. (HTTP 429)",
)
BROKEN = ("crew_error", "The crew stopped with an error. (KeyError: 'findings')")


@dataclass(frozen=True)
class Plan:
    """What becomes of one topic."""

    text: str
    shape: Shape = field(default_factory=Shape)
    status: Status = Status.SUCCEEDED
    error: tuple[str, str] = ("", "")
    columns: dict[str, Any] = field(default_factory=dict)  # others of the topic's


def plans() -> list[Plan]:
    """Sixty topics: most of them long reports, some of everything else that there is."""
    subjects = [f"{what} {how}" for what in SUBJECTS[0] for how in SUBJECTS[1]]
    special = [
        Plan(LONG_TOPIC, Shape(words=3000, sources=30)),
        *(Plan(text, Shape("ar", 900)) for text in ARABIC),
        *(Plan(text, Shape("he", 900)) for text in HEBREW),
        *(Plan(text, Shape("zh", 250)) for text in CHINESE),
        *(
            Plan(f"Key {n} of the old account", status=Status.FAILED, error=REFUSED)
            for n in range(5)
        ),
        *(
            Plan(f"Rates of {n} in quick succession", status=Status.FAILED, error=_limited(n))
            for n in range(1, 4)
        ),
        Plan("A crew that stumbles", status=Status.FAILED, error=BROKEN),
        *(Plan(f"Called off, part {n}", status=Status.CANCELLED) for n in (1, 2)),
        Plan("Nothing at all", Shape(words=0), columns={"finding": Finding.NOTHING_FOUND}),
        Plan("Says a lot, cites nothing", Shape(cites=False), columns={"finding": Finding.UNCITED}),
        Plan("Cites what nobody saw", Shape(unknown=True), columns={"unknown_citations": 2}),
        Plan("Cut in the middle", Shape(words=700), columns={"incomplete": True}),
        Plan("Nobody counted the tokens", columns={"tokens_estimated": True}),
        Plan("Tried three times", columns={"attempt": 3}),
        Plan("Looked at and liked", columns={"review": Review.APPROVED}),
        Plan(
            "Looked at and sent back", columns={"review": Review.REJECTED, "review_note": "Dates?"}
        ),
        Plan("AVeryLongWordThatDoesNotBreak" * 6),
    ]
    ordinary = [Plan(text[:1].upper() + text[1:]) for text in subjects]
    mixed = [plan for pair in zip(ordinary, special, strict=False) for plan in pair]
    rest = [*ordinary, *special]
    return [*mixed, *(plan for plan in rest if plan not in mixed)][:60]


def _limited(seconds: int) -> tuple[str, str]:
    kind, message = LIMITED
    return kind, message.format(seconds * 1.7)


@transaction.atomic
def build() -> Run:
    """The demonstration's run, which is made if it is not there."""
    if found := Run.objects.filter(idempotency_key=KEY).first():
        return found
    start = timezone.now() - timedelta(hours=1)
    price = listed_price(MODEL)
    blueprint = Blueprint.objects.get(name="deep")
    run = Run.objects.create(
        idempotency_key=KEY,
        name="Demonstration: made-up long reports",
        blueprint=blueprint.name,
        definition=blueprint.definition,
        model=MODEL,
        prompt_price=price.prompt if price else None,
        completion_price=price.completion if price else None,
        status=Status.PARTIAL,
        created_at=start,
        started_at=start + timedelta(seconds=0.2),
    )
    built = [_Built(run, position, plan) for position, plan in enumerate(plans(), 1)]
    Topic.objects.bulk_create([each.topic for each in built])
    seen = [Source.objects.bulk_create(each.sources()) for each in built]
    for each, sources in zip(built, seen, strict=True):
        each.check(sources)
    TaskResult.objects.bulk_create([result for each in built for result in each.results()])
    told = sorted((event for each in built for event in each.events()), key=lambda event: event.at)
    run.finished_at = told[-1].at
    told.append(Event(run=run, kind=Kind.RUN_FINISHED, at=run.finished_at, data={}))
    for event, seq in zip(told, count(1), strict=False):
        event.seq = seq
    Event.objects.bulk_create(told)
    run.last_seq = len(told)
    run.save(update_fields=["finished_at", "last_seq"])
    return run


class _Built:
    """One topic's rows."""

    def __init__(self, run: Run, position: int, plan: Plan) -> None:
        self.plan, self.random = plan, Random(position)
        self.start = run.created_at + timedelta(seconds=0.2 + 0.01 * position)
        self.steps = [self.random.uniform(4, 25) for _ in TASKS]
        succeeded = plan.status == Status.SUCCEEDED
        result = (
            report(plan.text, plan.shape, self.random) if succeeded and plan.shape.words else ""
        )
        self.topic = Topic(
            run=run,
            position=position,
            text=plan.text,
            status=plan.status,
            result=result,
            error_kind=plan.error[0],
            error_message=plan.error[1],
            prompt_tokens=self.random.randint(2_000, 30_000) if succeeded else 400,
            completion_tokens=len(result.split()) * 2,
            model_calls=len(TASKS),
            started_at=self.start,
            finished_at=self.start + timedelta(seconds=sum(self.steps)),
            **{"finding": Finding.FOUND if succeeded else "", **plan.columns},
        )

    def sources(self) -> Iterator[Source]:
        if self.topic.finding in ("", Finding.NOTHING_FOUND):
            return
        for number in range(1, self.plan.shape.sources + 1):
            yield Source(
                topic=self.topic,
                number=number,
                title=f"{self.topic.text[:80]}: what was published in {2010 + number}",
                url=f"https://example.org/{self.topic.position}/{number}",
                text=seen_text(self.topic.text, self.plan.shape, self.random),
                seen_at=self._at(1),
            )

    def check(self, sources: Iterable[Source]) -> None:
        """Keeps what the result claims, as a crew's end does."""
        if self.topic.status == Status.SUCCEEDED:
            texts = [Seen(s.number, s.title, s.url, s.text) for s in sources]
            self.topic.keep_claims(check(self.topic.result, texts, self.topic.text))

    def results(self) -> Iterator[TaskResult]:
        if not self.topic.result:
            return
        for index, (name, agent) in enumerate(TASKS):
            is_last = index == len(TASKS) - 1
            yield TaskResult(
                topic=self.topic,
                attempt=self.topic.attempt,
                index=index,
                name=name,
                agent=agent,
                output=self.topic.result
                if is_last
                else notes(self.topic.text, self.plan.shape, self.random, 25),
                started_at=self._at(sum(self.steps[:index])),
                finished_at=self._at(sum(self.steps[: index + 1])),
            )

    def events(self) -> Iterator[Event]:
        yield self._event(Kind.TOPIC_QUEUED, -0.15, topic=self.topic.text)
        if self.topic.position == 1:
            yield self._event(Kind.RUN_STARTED, -0.01, model=MODEL)
        yield self._event(Kind.TOPIC_STARTED, 0, attempt=self.topic.attempt)
        for index, (name, agent) in enumerate(TASKS):
            begins, lasts = sum(self.steps[:index]), self.steps[index]
            yield from self._call("llm", f"{index}a", begins, 0.4 * lasts, f"{agent} asks {MODEL}")
            if index < len(TASKS) - 1:
                doing = f"{agent} searches: “{name}”"
                yield from self._call(
                    "tool", f"{index}b", begins + 0.45 * lasts, 0.2 * lasts, doing
                )
            yield from self._call(
                "llm", f"{index}c", begins + 0.7 * lasts, 0.3 * lasts, f"{agent} writes"
            )
        ending = {
            Status.SUCCEEDED: Kind.TOPIC_SUCCEEDED,
            Status.FAILED: Kind.TOPIC_FAILED,
            Status.CANCELLED: Kind.TOPIC_CANCELLED,
        }
        if self.topic.checked is not None:
            yield self._event(Kind.CLAIM_CHECKED, sum(self.steps), checked=self.topic.checked)
        yield self._event(ending[self.plan.status], sum(self.steps))

    def _call(
        self, what: str, call: str, begins: float, lasts: float, note: str
    ) -> Iterator[Event]:
        yield self._event(f"{what}.started", begins, call=call, note=note)
        yield self._event(f"{what}.finished", begins + lasts, call=call)

    def _event(self, kind: str, seconds: float, **data: Any) -> Event:
        return Event(
            run=self.topic.run,
            kind=kind,
            position=self.topic.position,
            at=self._at(seconds),
            data=data,
        )

    def _at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=seconds)
