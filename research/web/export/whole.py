"""Runs as JSON for keeping or for other programs: all that is stored of them, one at a time."""

import json
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Prefetch

from research.runs.models import Cell, Claim, Run, RunQuerySet, Source, TaskResult, Topic
from research.web.api.schemas import ClaimOut, RunOut

CHUNK = 20  # runs held in memory at once


async def export_runs(runs: RunQuerySet) -> AsyncIterator[str]:
    """A JSON document `{"runs": [run, …]}` in pieces, each run in the shape of `as_json`."""
    topics = Prefetch("topics", Topic.objects.select_related("reviewed_by"))
    claims = Prefetch("topics__claims", Claim.objects.select_related("decided_by"))
    cells = Prefetch("topics__cells", Cell.objects.with_people())
    related = topics, "topics__sources", "topics__task_results", claims, cells, "events"
    whole = runs.select_related("team").prefetch_related(*related)
    separator = '{"runs": [\n'
    async for run in whole.aiterator(CHUNK):
        shown = await sync_to_async(as_json)(run)  # it may ask for more
        yield separator + json.dumps(shown, cls=DjangoJSONEncoder, ensure_ascii=False)
        separator = ",\n"
    yield '{"runs": []}\n' if separator.startswith("{") else "\n]}\n"


def as_json(run: Run) -> dict[str, Any]:
    """A run as the API shows it, and beside that its blueprint, outputs and events."""
    shown = RunOut.of(run).model_dump(mode="json")
    for topic, row in zip(run.topics.all(), shown["topics"], strict=True):
        row["sources"] = [_source(source) for source in topic.sources.all()]
        row["claims"] = _claims(topic)
        row["outputs"] = [_output(result) for result in topic.task_results.all()]
    return shown | {
        "definition": run.definition,
        "events": [event.frame() for event in run.events.all()],
    }


def _claims(topic: Topic) -> list[dict[str, Any]] | None:
    """With verdicts, and what people decided of them; None: the result was not checked."""
    if topic.checked is None:
        return None
    current = [claim for claim in topic.claims.all() if claim.attempt == topic.attempt]
    return [ClaimOut.of(claim).model_dump(mode="json") for claim in current]


def _source(source: Source) -> dict[str, Any]:
    return {
        "number": source.number,
        "title": source.title,
        "url": source.url,
        "text": source.text,
        "seen_at": source.seen_at,
        "digest": source.digest or None,
        "origin": source.origin,
    }


def _output(result: TaskResult) -> dict[str, Any]:
    return {
        "attempt": result.attempt,
        "index": result.index,
        "task": result.name,
        "agent": result.agent,
        "output": result.output,
        "first_output": result.first_output or None,
        "dropped": result.dropped or [],
        "reasoning": result.reasoning,
        "started_at": result.started_at,
        "finished_at": result.finished_at,
    }
