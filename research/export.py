"""Runs as JSON for keeping or for other programs: all that is stored of them, one at a time."""

import json
from collections.abc import AsyncIterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from research.models import Run, RunQuerySet, Source, TaskResult, Topic

CHUNK = 20  # runs held in memory at once


async def export_runs(runs: RunQuerySet) -> AsyncIterator[str]:
    """A JSON document `{"runs": [run, …]}` in pieces, each run in the shape of `as_json`."""
    related = "topics__sources", "topics__task_results", "events"
    whole = runs.select_related("reviewed_by").prefetch_related(*related)
    separator = '{"runs": [\n'
    async for run in whole.aiterator(CHUNK):
        yield separator + json.dumps(as_json(run), cls=DjangoJSONEncoder, ensure_ascii=False)
        separator = ",\n"
    yield '{"runs": []}\n' if separator.startswith("{") else "\n]}\n"


def as_json(run: Run) -> dict[str, Any]:
    """A run in the shape of the API, and beside it its blueprint, review, outputs and events."""
    topics = list(run.topics.all())
    return {
        "id": run.id,
        "status": run.status,
        "blueprint": run.blueprint,
        "model": run.model,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "wall_seconds": run.wall_seconds,
        "crew_seconds": sum(topic.seconds or 0 for topic in topics),
        "tokens": _tokens(*topics),
        "last_seq": run.last_seq,
        "definition": run.definition,
        "review": {
            "state": run.review,
            "note": run.review_note,
            "by": run.reviewed_by and run.reviewed_by.get_username(),
            "at": run.reviewed_at,
        },
        "topics": [_topic(topic) for topic in topics],
        "events": [event.as_json() for event in run.events.all()],
    }


def _topic(topic: Topic) -> dict[str, Any]:
    return {
        "position": topic.position,
        "topic": topic.text,
        "status": topic.status,
        "attempt": topic.attempt,
        "result": topic.result,
        "sources": [_source(source) for source in topic.sources.all()],
        "error": topic.error,
        "started_at": topic.started_at,
        "finished_at": topic.finished_at,
        "tokens": _tokens(topic),
        "outputs": [_output(output) for output in topic.task_results.all()],
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "number": source.number,
        "title": source.title,
        "url": source.url,
        "text": source.text,
        "seen_at": source.seen_at,
    }


def _output(result: TaskResult) -> dict[str, Any]:
    return {
        "attempt": result.attempt,
        "index": result.index,
        "task": result.name,
        "agent": result.agent,
        "output": result.output,
        "started_at": result.started_at,
        "finished_at": result.finished_at,
    }


def _tokens(*topics: Topic) -> dict[str, int]:
    prompt = sum(topic.prompt_tokens for topic in topics)
    completion = sum(topic.completion_tokens for topic in topics)
    return {"prompt": prompt, "completion": completion, "total": prompt + completion}
