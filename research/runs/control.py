"""What a person changes of a run that is there, for the pages, the API and the commands alike."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from research.exceptions import (
    CorrectionTooLong,
    DecidedAlready,
    NameTooLong,
    NoCorrection,
    NoteTooLong,
    NotFinished,
    NotFound,
    ResultReplaced,
)
from research.kinds import Kind
from research.runs.allowance import Allowance
from research.runs.engines import engine
from research.runs.events import record
from research.runs.models import (
    CANCELLABLE,
    MAX_CORRECTION,
    MAX_NOTE,
    RETRIABLE,
    Claim,
    Decision,
    NewEvent,
    Plan,
    Review,
    Run,
    Topic,
)
from research.runs.queueing import queue, signed
from research.text.cleaning import clean, printable

PATIENCE = "10s"  # for rows that workers hold, which is for milliseconds


MAX_NAME = 200  # characters


def rename(run: Run, name: str) -> None:
    """Gives a run a name; an empty one takes it away. Raises NameTooLong."""
    name = " ".join(printable(name).split())
    if len(name) > MAX_NAME:
        raise NameTooLong(length=len(name), limit=MAX_NAME)
    run.name = name
    run.save(update_fields=["name"])


def star(run: Run, starred: bool) -> None:
    """Marks a run, so that the history finds it among the others; or takes the mark away."""
    run.starred = starred
    run.save(update_fields=["starred"])


@transaction.atomic
def cancel(run: Run, positions: Collection[int] | None = None, *, by: str | None = None) -> None:
    """Cancels what has not finished: of the whole run, or its topics at some positions.

    Raises NotFound.
    """
    held, topics = hold(run, positions)
    events = held.cancel() if positions is None else []
    for topic in topics:
        if topic.status in CANCELLABLE:
            events += topic.cancel()
    record(signed(events, by))
    engine().dispatch(held)


@transaction.atomic
def retry(
    run: Run,
    positions: Collection[int] | None = None,
    allowance: Allowance | None = None,
    *,
    by: str | None = None,
) -> None:
    """Queues topics again: all of the run that failed or were cancelled, or those at positions.

    At a position a result that was rejected is retried, too. An allowance is the whole run's from
    then on. Raises NotFound and NoPrice.
    """
    held, topics = hold(run, positions)
    grant(held, allowance)
    events = []
    for topic in topics:
        if topic.status in RETRIABLE or (positions is not None and topic.is_retriable):
            events += topic.retry()
    queue(held, events, by)


def grant(run: Run, allowance: Allowance | None) -> None:
    """Gives a run another budget, if one is named. Raises NoPrice."""
    if allowance:
        run.allow(allowance, Plan.objects.price_of(run.model))


@transaction.atomic
def review(
    run: Run,
    state: Review,
    by: Any,
    note: str | None = None,
    positions: Collection[int] | None = None,
) -> int:
    """Keeps a person's verdict on topics that have ended: all of the run's, or those at positions.

    Returns how many there were. No note leaves the topics' own. Raises NoteTooLong, NotFound, and
    NotFinished for an open topic at one of the positions.
    """
    if note is not None and len(note) > MAX_NOTE:
        raise NoteTooLong(length=len(note), limit=MAX_NOTE)
    held, topics = hold(run, positions)
    before = Review.of_run(held.topics.reviews())
    events = []
    for topic in topics:
        if topic.is_open and positions is not None:
            raise NotFinished(position=topic.position, status=topic.status)
        events += topic.judge(state, note, by)
    record([*events, *_follow(held, by), *_run_reviewed(held, before)])
    return len(events)


@transaction.atomic
def decide(
    run: Run,
    position: int,
    index: int,
    decision: Decision,
    by: Any,
    correction: str = "",
    seen: str | None = None,
) -> None:
    """Keeps what a person decided of a claim, by its place in the topic's result, from 0.

    `seen` is the `version` of the claim that the person looked at, if that is known: a decision is
    not put in the place of one that they did not see. Raises NotFound, NotFinished, NoCorrection,
    CorrectionTooLong, DecidedAlready and ResultReplaced.
    """
    if decision == Decision.CORRECTED and not correction.strip():
        raise NoCorrection
    if len(correction) > MAX_CORRECTION:
        raise CorrectionTooLong(length=len(correction), limit=MAX_CORRECTION)
    held, [topic] = hold(run, [position])
    if topic.is_open:
        raise NotFinished(position=position, status=topic.status)
    if seen is not None and not seen.startswith(f"{topic.attempt} "):
        raise ResultReplaced
    claim = topic.claims.filter(attempt=topic.attempt, index=index).first()
    if claim is None:
        raise NotFound(thing="claim", name=index)
    claim.topic, correction = topic, clean(correction).strip()
    if seen not in (None, claim.version):
        if (claim.decision, claim.decided_by, claim.correction) == (decision, by, correction):
            return  # a button that was pressed twice
        raise _decided_already(claim)
    before = Review.of_run(held.topics.reviews())
    events = claim.decide(decision, by, correction)
    record([*events, *_follow(held, by), *_run_reviewed(held, before)])


def _follow(run: Run, by: Any) -> list[NewEvent]:
    """Once nothing of the run needs a person, the topics whose claims all hold are approved, too.

    Only then: where all claims of a run hold, no person has seen any of it.
    """
    claims = Claim.objects.of_run(run.pk)
    state = Review.APPROVED if claims.are_settled() else Review.UNREVIEWED
    followers = run.topics.followers().exclude(pk__in=claims.to_decide().values("topic"))
    events = []
    for topic in followers.exclude(review=state).defer("result").order_by("pk"):
        topic.run = run
        events += topic.follow(state, by)
    return events


def _decided_already(claim: Claim) -> DecidedAlready:
    who = claim.decided_by.get_username() if claim.decided_by else "somebody"
    did = claim.decision if claim.is_decided else "took back the decision on"
    return DecidedAlready(who=who, did=did)


def _run_reviewed(run: Run, before: Review) -> list[NewEvent]:
    """The event that tells a run's new review, if it has one."""
    counts = run.topics.reviews()
    state = Review.of_run(counts)
    if state == before:
        return []
    return [NewEvent(run.pk, Kind.RUN_REVIEWED, data={"state": state.value, "topics": counts})]


def hold(run: Run, positions: Collection[int] | None) -> tuple[Run, list[Topic]]:
    """The run and its topics, or those at some positions, as this transaction's own.

    Topics first, then the run: the order in which workers lock them (`TopicQuerySet.locked`).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    topics = list(Topic.objects.filter(run=run.pk).defer("result").locked())
    held = Run.objects.select_for_update(no_key=True).filter(pk=run.pk).first()
    if held is None:
        raise NotFound(thing="run", name=str(run.pk))
    if positions is not None:
        if missing := set(positions).difference(topic.position for topic in topics):
            raise NotFound(thing="topic", name=min(missing))
        topics = [topic for topic in topics if topic.position in positions]
    for topic in topics:
        topic.run = held
    return held, topics
