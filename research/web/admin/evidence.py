"""What a crew left behind, in the admin: outputs, sources, events. Only to be read."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from research.runs.models import Event, Source, TaskResult
from research.web.admin.shared import TOP_HEADING, ReadOnly, pretty, run_link
from research.web.pages.rendering import render_markdown


@admin.register(TaskResult)
class TaskResultAdmin(ReadOnly):
    list_display = ("name", "agent", "topic", "attempt", "finished_at")
    list_select_related = ("topic",)
    search_fields = ("output",)
    ordering = ("-pk",)
    fields = ("topic", "attempt", "name", "agent", "report", "started_at", "finished_at")

    @admin.display(description="output")
    def report(self, result: TaskResult) -> SafeString:
        sources = {source.number: source for source in result.topic.sources.defer("text")}
        html = render_markdown(result.output, sources, top_heading=TOP_HEADING)
        return format_html('<div class="report">{}</div>', html)


@admin.register(Source)
class SourceAdmin(ReadOnly):
    list_display = ("title", "number", "topic", "url", "seen_at")
    list_select_related = ("topic",)
    search_fields = ("title", "url", "text")
    ordering = ("-pk",)
    fields = ("topic", "number", "title", "url", "text_as_seen", "seen_at")

    @admin.display(description="text as seen")
    def text_as_seen(self, source: Source) -> SafeString:
        return format_html('<pre class="plain">{}</pre>', source.text)


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("seq", "name", "position", "time", "excerpt", "run_link")
    list_filter = ("kind",)
    list_select_related = ("run",)
    list_per_page = 200
    ordering = ("run", "seq")
    fields = ("run_link", "seq", "name", "position", "time", "pretty_data")

    @admin.display(description="kind", ordering="kind")
    def name(self, event: Event) -> str:
        return event.kind

    @admin.display(description="at", ordering="at")
    def time(self, event: Event) -> str:
        """To the millisecond, which tells what went on side by side."""
        return event.at.isoformat(" ", "milliseconds").removesuffix("+00:00")

    @admin.display(description="run")
    def run_link(self, event: Event) -> SafeString:
        return run_link(event.run)

    @admin.display(description="data")
    def excerpt(self, event: Event) -> str:
        return Truncator(json.dumps(event.data, ensure_ascii=False)).chars(120)

    @admin.display(description="data")
    def pretty_data(self, event: Event) -> SafeString:
        return pretty(event.data)
