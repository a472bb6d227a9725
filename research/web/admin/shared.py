"""What several of the admin's pages share: read-only lists, and how results are shown in them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from research.exceptions import ResearchError
from research.runs import control, findings
from research.runs.again import again
from research.runs.models import Cell, Claim, Event, Run, Source, TaskResult, Topic, TopicQuerySet
from research.runs.passages import passages_of
from research.web.export.formats import FORMATS
from research.web.pages.claims import AROUND, Claims, claims_of
from research.web.pages.rendering import render_markdown

TOP_HEADING = 3  # of a report: it stands under the h2 of a page

SECTIONS = (  # of a run: the model, its filter by run, and its name
    (Topic, "run__id__exact", "topics"),
    (Claim, "topic__run__id__exact", "claims"),
    (Cell, "topic__run__id__exact", "cells"),
    (TaskResult, "topic__run__id__exact", "task outputs"),
    (Source, "topic__run__id__exact", "sources"),
    (Event, "run__id__exact", "events"),
)


def pretty(data: Any) -> SafeString:
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return format_html('<pre class="plain">{}</pre>', text)


def report(topic: Topic) -> SafeString:
    """A topic's result as its page shows it; expects `sources` to be prefetched."""
    sources = {source.number: source for source in topic.sources.all()}
    anchor = f"topic-{topic.position}-source-"
    found = claims_of([topic]).get(topic.pk, [])
    claims = Claims(topic, f"topic-{topic.position}", found, passages_of(found, AROUND))
    context = {
        "topic": topic,
        "claims": claims,
        "result": render_markdown(
            topic.result, sources, anchor, top_heading=TOP_HEADING, claims=claims.marked
        ),
        "sources": sources.values(),
        "anchor": anchor,
        "finding": findings.label(topic),
        "advice": findings.advice(topic),
    }
    return render_to_string("admin/research/_report.html", context)


def run_link(run: Run) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:research_run_change", args=[run.pk]), run
    )


def export_links(run: Run, position: int | None = None) -> SafeString:
    """Links to a run, or one of its topics, in each format; of one at work to what there is."""
    of_topic = f"&topic={position}" if position is not None else ""
    partial = "&partial=1" if run.is_open else ""
    links = (
        (f"/api/runs/{run.pk}/export?format={name}{of_topic}{partial}", format.label)
        for name, format in FORMATS.items()
    )
    return format_html_join(" · ", '<a href="{}" download>{}</a>', links)


def by_run(topics: TopicQuerySet) -> list[tuple[Run, list[int]]]:
    """Runs with the positions of their topics among these."""
    positions = defaultdict(list)
    for run_id, position in topics.order_by("run", "position").values_list("run", "position"):
        positions[run_id].append(position)
    runs = Run.objects.in_bulk(positions)
    return [(runs[run_id], own) for run_id, own in positions.items()]


def retry_topics(page: admin.ModelAdmin, request: HttpRequest, topics: TopicQuerySet) -> None:
    """Queues those again that may be, and says how many they were."""
    chosen, queued = topics.count(), 0
    for run, positions in by_run(topics.retriable()):
        try:
            control.retry(run, positions, by=request.user.get_username())
        except ResearchError as error:
            page.message_user(request, format_html("{}: {}", run_link(run), error), messages.ERROR)
        else:
            queued += len(positions)
    page.message_user(request, f"{queued} queued again.", messages.SUCCESS)
    if left_out := chosen - queued:
        left = f"{left_out} left out: a result is retried once it was rejected."
        page.message_user(request, left, messages.WARNING)


def run_again(
    page: admin.ModelAdmin,
    request: HttpRequest,
    chosen: Iterable[tuple[Run, Collection[int] | None]],
) -> None:
    """Runs topics again, each run's in a new one, and says which those are; None: all topics."""
    new = []
    for run, positions in chosen:
        try:
            new.append(again(run, positions).submit(caller=request.user.get_username()))
        except ResearchError as error:
            page.message_user(request, format_html("{}: {}", run_link(run), error), messages.ERROR)
    if new:
        links = format_html_join(
            ", ", '<a href="{}">{}</a>', ((run.get_absolute_url(), run) for run in new)
        )
        page.message_user(request, format_html("Run again: {}.", links), messages.SUCCESS)


class ReadOnly(admin.ModelAdmin):
    """Rows that are looked at only."""

    show_full_result_count = False  # a second count of all rows, for a number nobody needs
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        if lookup in {name for _, name, _ in SECTIONS}:
            return True
        return super().lookup_allowed(lookup, value, request)
