"""The JSON API (contract: README, "API"). Views are async; the ORM works in threads beside them."""

import logging
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import Error
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Header, NinjaAPI
from ninja.errors import HttpError, ValidationError

from research.exceptions import (
    BadInput,
    BodyTooLarge,
    DatabaseUnavailable,
    EngineUnavailable,
    NotFound,
    QueryTooLong,
    ResearchError,
    RowsAndTopics,
)
from research.live.callers import scope_of, sees, while_seen
from research.live.follow import follow
from research.ops.outages import refusal_of
from research.people.caller import caller_in
from research.people.models import Role
from research.runs import control, deletion, engines
from research.runs.models import MAX_SEQ, Decision, Event, Line, Run, Status, Topic
from research.runs.paging import Cursor, page_of
from research.runs.submission import Submission
from research.sources.engines import ready
from research.web.api.again import router as again_router
from research.web.api.changing import after, allowance_in
from research.web.api.claim_check import router as check_router
from research.web.api.diff import router as diff_router
from research.web.api.library import router as library_router
from research.web.api.lookup import as_uuid, find_run, no_run, valid_key
from research.web.api.me import router as me_router
from research.web.api.schemas import (
    DecisionIn,
    ErrorOut,
    EventsOut,
    QueuedTopic,
    ResearchOut,
    RetryIn,
    ReviewIn,
    RunIn,
    RunList,
    RunOut,
    RunSummary,
    SourceDetail,
    SubmissionIn,
    SubmittedOut,
    TopicDetail,
    places_of,
    rows_behind,
    with_topics,
)
from research.web.api.table import router as table_router
from research.web.api.versions import as_json, unless_kept, unless_known, versioned

PAGE_SIZE = 50  # runs in one answer
MAX_QUERY = 200  # characters of a search
REFUSALS = dict.fromkeys((400, 404, 409, 413, 422, 429, 503), ErrorOut)

logger = logging.getLogger(__name__)

api = NinjaAPI(title="Research", version="1", docs_url="/api/docs", openapi_url="/api/openapi.json")
api.add_router("", again_router)
api.add_router("", check_router)
api.add_router("", diff_router)
api.add_router("", library_router)
api.add_router("", me_router)
api.add_router("", table_router)


# Runs ----------------------------------------------------------------------------------------


@api.post("/research", response={200: ResearchOut, **REFUSALS})
async def research(request: HttpRequest, body: SubmissionIn) -> ResearchOut:
    """Runs all topics at once and answers when the last has ended.

    One failing topic never hides another's result; rows of the same topic are told apart as
    `Qdrant (row 3)`. When the connection ends, the run goes on.
    An engine that cannot start is answered with 503; what was queued by then waits for it.
    """
    _refuse_without_engine()
    run = await _submit(request, body)
    watcher = scope_of(request)
    async for _ in while_seen(follow(run.pk), watcher, run.pk):
        _refuse_without_engine()
    if not await sees(watcher, run.pk):
        raise no_run(str(run.pk))
    topics = [topic async for topic in run.topics.all()]
    named = Counter(topic.text for topic in topics)
    results, errors = {}, {}
    for topic in topics:
        name = topic.text if named[topic.text] == 1 else f"{topic.text} (row {topic.position})"
        if topic.status == Status.SUCCEEDED:
            results[name] = topic.result
        else:
            errors[name] = topic.error_message or f"The topic was {topic.status}."
    return ResearchOut(results=results, errors=errors, run=run.pk)


@api.post("/api/runs", response={202: SubmittedOut, **REFUSALS})
async def create_run(
    request: HttpRequest,
    body: SubmissionIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> tuple[int, SubmittedOut]:
    """Queues a run and answers at once. The same Idempotency-Key answers with the same run."""
    run = await _submit(request, body, idempotency_key)
    topics = [
        QueuedTopic(position=topic.position, topic=topic.text, status=topic.status)
        async for topic in run.topics.all()
    ]
    return 202, SubmittedOut(id=run.id, status=run.status, topics=topics, **places_of(run, request))


@api.get("/api/runs", response={200: RunList, **REFUSALS})
async def list_runs(
    request: HttpRequest,
    status: str = "",
    q: str = "",
    starred: bool | None = None,
    cursor: str = "",
) -> RunList:
    """Runs, newest first; `next` is the cursor of the following page."""
    if status and status not in Status.values:
        raise BadInput(reason=f"there is no status {status[:40]!r}.")
    if len(q) > MAX_QUERY:
        raise QueryTooLong(length=len(q), limit=MAX_QUERY)
    try:
        before = Cursor.parse(cursor) if cursor else None
    except ValueError:
        raise BadInput(reason="the cursor is not one that this API gave out.") from None
    caller = caller_in(request)
    runs = Run.objects.visible_to(caller).matching(q)
    runs = runs.defer("definition").select_related("team")
    if status:
        runs = runs.filter(status=status)
    if starred is not None:
        runs = runs.filter(starred=starred)
    page = await sync_to_async(page_of)(runs, PAGE_SIZE, before)
    return RunList(
        runs=[RunSummary.of(run) for run in page.runs],
        next=str(page.older) if page.older else None,
    )


@api.get("/api/runs/{run_id}", response={200: RunOut, **REFUSALS})
async def get_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """One run with its topics, their results, sources and errors.

    It carries an `ETag`; a request that brings it in `If-None-Match` is answered with 304.
    """

    return await sync_to_async(lambda: versioned(request, _run_of(as_uuid(run_id))))()


def _run_of(run_id: uuid.UUID) -> bytes:
    """The run as JSON; one that has ended is put together again only when its rows differ.

    How long a run at work has taken differs every time. Raises NotFound.
    """

    def show() -> bytes:
        run = with_topics(Run.objects.filter(pk=run_id)).first()
        if run is None:
            raise no_run(str(run_id))
        return as_json(RunOut.of(run).model_dump())

    if Run.objects.filter(pk=run_id, finished_at=None).exists():
        return show()
    return unless_kept(rows_behind(run_id), show, bool(ready()))  # advice asks what is ready


@api.patch("/api/runs/{run_id}", response={200: RunOut, **REFUSALS})
async def change_run(request: HttpRequest, run_id: str, body: RunIn) -> RunOut:
    """Names or stars a run; an empty name takes its name away."""

    def change(run: Run) -> None:
        if body.name is not None:
            control.rename(run, body.name)
        if body.starred is not None:
            control.star(run, body.starred)

    return await after(run_id, change)


@api.delete("/api/runs/{run_id}", response={204: None, **REFUSALS})
async def delete_run(request: HttpRequest, run_id: str) -> tuple[int, None]:
    """Deletes a run that has ended for good; one at work is cancelled first."""

    def delete() -> None:
        deletion.delete(find_run(run_id))

    await sync_to_async(delete)()
    return 204, None


@api.get("/api/runs/{run_id}/events", response={200: EventsOut, **REFUSALS})
async def list_events(
    request: HttpRequest,
    run_id: str,
    after: int = 0,
    last_event_id: Annotated[int | None, Header(alias="Last-Event-ID")] = None,
) -> Any:
    """The run's stored events with `seq` > `after`.

    With `Accept: text/event-stream` the same events live, up to the run's end, or until the caller
    may not see it any more. Else the answer carries an `ETag`, as a run does.
    """
    run = await Run.objects.filter(pk=as_uuid(run_id)).only("pk", "last_seq").afirst()
    if run is None:
        raise no_run(run_id)
    if "text/event-stream" in request.headers.get("accept", ""):
        lines = follow(run.pk, last_event_id if last_event_id is not None else after)
        stream = _server_sent(while_seen(lines, scope_of(request), run.pk))
        return StreamingHttpResponse(
            stream, content_type="text/event-stream", headers={"Cache-Control": "no-cache"}
        )
    answer = unless_known(request, str(run.last_seq))  # stored events never change
    if answer.status_code == 200:
        answer.content = await sync_to_async(_events_of)(run, after)
    return answer


def _events_of(run: Run, after: int) -> bytes:
    """The events up to the run's `last_seq`, and no newer ones: the answer's version is that."""
    events = Event.objects.filter(run=run.pk, seq__lte=run.last_seq).after(after)
    frames = ", ".join(line.text for line in events.lines())
    return f'{{"events": [{frames}], "last_seq": {run.last_seq}}}'.encode()


@api.post("/api/runs/{run_id}/cancel", response={202: RunOut, **REFUSALS})
async def cancel_run(request: HttpRequest, run_id: str) -> tuple[int, RunOut]:
    """Cancels what has not finished: open model calls are closed, and no further one is made."""
    return 202, await after(run_id, control.cancel, request=request)


@api.post("/api/runs/{run_id}/retry", response={202: RunOut, **REFUSALS})
async def retry_run(
    request: HttpRequest, run_id: str, body: RetryIn | None = None
) -> tuple[int, RunOut]:
    """Queues the failed and cancelled topics again; their finished tasks are not run again.

    With `{"budget": {"tokens": 50000, "usd": "1.50"}}` the whole run may spend as much, in all.
    """
    return 202, await after(run_id, control.retry, None, allowance_in(body), request=request)


@api.get("/api/runs/{run_id}/topics/{position}", response={200: TopicDetail, **REFUSALS})
async def get_topic(request: HttpRequest, run_id: str, position: int) -> TopicDetail:
    """One topic, with what its result claims, the verdicts, and the passages they rest on."""
    return await sync_to_async(lambda: TopicDetail.of(_topic(run_id, position)))()


@api.get(
    "/api/runs/{run_id}/topics/{position}/sources/{number}",
    response={200: SourceDetail, **REFUSALS},
)
async def get_source(request: HttpRequest, run_id: str, position: int, number: int) -> SourceDetail:
    """A source as the topic's crew saw it; evidence counts the characters of its text."""

    def found() -> SourceDetail:
        source = _topic(run_id, position).sources.filter(number=_small(number)).first()
        if source is None:
            raise NotFound(thing="source", name=number)
        return SourceDetail(
            number=source.number,
            title=source.title,
            url=source.url,
            text=source.text,
            seen_at=source.seen_at,
            origin=source.origin,
            digest=source.digest or None,
        )

    return await sync_to_async(found)()


@api.post(
    "/api/runs/{run_id}/topics/{position}/claims/{index}",
    response={200: TopicDetail, **REFUSALS},
)
async def decide_claim(
    request: HttpRequest, run_id: str, position: int, index: int, body: DecisionIn
) -> TopicDetail:
    """Keeps what a person decides of a claim: accepted, rejected or corrected; null takes it back.

    `index` is the claim's place in `claims`, from 0. Once no claim of the topic needs a person any
    more, the topic's review follows, unless a person gave it one.
    """
    by = await request.auser()

    def decide() -> TopicDetail:
        topic = _topic(run_id, position)
        decision = Decision(body.decision or "")
        control.decide(topic.run, position, _small(index), decision, by, body.correction)
        return TopicDetail.of(_topic(run_id, position))

    return await sync_to_async(decide)()


@api.post("/api/runs/{run_id}/topics/{position}/cancel", response={202: RunOut, **REFUSALS})
async def cancel_topic(request: HttpRequest, run_id: str, position: int) -> tuple[int, RunOut]:
    """Cancels one topic and leaves the others alone."""
    return 202, await after(run_id, control.cancel, [position], request=request)


@api.post("/api/runs/{run_id}/topics/{position}/retry", response={202: RunOut, **REFUSALS})
async def retry_topic(
    request: HttpRequest, run_id: str, position: int, body: RetryIn | None = None
) -> tuple[int, RunOut]:
    """Queues one failed, cancelled or rejected topic again; a budget is the run's.

    After a rejection the crew starts anew, and is told the reviewer's note.
    """
    return 202, await after(run_id, control.retry, [position], allowance_in(body), request=request)


@api.post("/api/runs/{run_id}/topics/{position}/review", response={200: RunOut, **REFUSALS})
async def review_topic(
    request: HttpRequest, run_id: str, position: int, body: ReviewIn
) -> tuple[int, RunOut]:
    """Keeps a person's verdict on a topic that has ended: approved, rejected or unreviewed.

    A rejected topic can be retried; its crew then starts anew and is told the note.
    """
    by = await request.auser()
    return 200, await after(run_id, control.review, body.state, by, body.note, [position])


def _topic(run_id: str, position: int) -> Topic:
    """Raises NotFound."""
    runs = Run.objects.filter(pk=as_uuid(run_id))
    if not runs.exists():
        raise no_run(run_id)
    topics = Topic.objects.select_related("run", "reviewed_by")
    topic = topics.filter(run=as_uuid(run_id), position=_small(position)).first()
    if topic is None:
        raise NotFound(thing="topic", name=position)
    return topic


def _small(number: int) -> int:
    """A number as a column takes it: a larger one is nobody's."""
    return min(max(number, -1), MAX_SEQ)


async def _server_sent(lines: AsyncIterator[Line]) -> AsyncIterator[bytes]:
    async for line in lines:
        number = "" if line.seq is None else f"id: {line.seq}\n"
        yield f"{number}event: {line.kind}\ndata: {line.text}\n\n".encode()


async def _submit(request: HttpRequest, body: SubmissionIn, key: str | None = None) -> Run:
    valid_key(key)

    def submit() -> Run:
        allowance = body.budget.allowance() if body.budget else None
        if body.topics is not None and body.rows is not None:
            raise RowsAndTopics
        caller = caller_in(request)
        team = caller.team(body.team)
        caller.refuse_unless(Role.MEMBER, team.pk if team else None)
        submission = Submission.check(
            body.topics or [],
            body.blueprint,
            body.model,
            allowance,
            body.priority,
            rows=body.rows,
            columns=[column.model_dump(mode="json") for column in body.columns],
            pilot=body.pilot,
            where=body.look(),
            team=team,
        )
        return submission.submit(key, caller.username)

    return await sync_to_async(submit)()


def _refuse_without_engine() -> None:
    """Rather than to let somebody wait for what does not come."""
    if trouble := engines.engine().trouble():
        raise EngineUnavailable(trouble=trouble)


# Errors --------------------------------------------------------------------------------------


@api.exception_handler(ResearchError)
def _refuse(request: HttpRequest, error: ResearchError) -> HttpResponse:
    return api.create_response(request, error.as_json(), status=error.status)


@api.exception_handler(ValidationError)
def _refuse_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    kind, *path = first["loc"]
    where = ".".join(str(part) for part in (path[1:] if kind == "body" else path))
    return _refuse(request, BadInput(reason=f"{where or 'the body'}: {first['msg']}."))


@api.exception_handler(HttpError)
def _refuse_body(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _refuse(request, BadInput(reason="the body is not valid JSON."))


@api.exception_handler(RequestDataTooBig)
def _refuse_size(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _refuse(request, BodyTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def _refuse_form(request: HttpRequest, error: Exception) -> HttpResponse:
    return _refuse(request, BadInput(reason="the body is not a form that can be read."))


@api.exception_handler(Error)
def _tell_outage(request: HttpRequest, error: Error) -> HttpResponse:
    refusal = refusal_of(error)
    if refusal is None:
        raise error
    if isinstance(refusal, DatabaseUnavailable):
        logger.error("The database could not serve %s %s: %s", request.method, request.path, error)
    return _refuse(request, refusal)
