"""The admin: past runs to read and review. What a crew left behind is evidence, so it is read-only.

Rows of a run that come by the thousand are lists of their own, linked from it and filtered by it.
"""

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import Group, User
from django.db import models, transaction
from django.db.models import OuterRef, Prefetch, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from research.runs.models import (
    OPEN,
    Blueprint,
    Event,
    Plan,
    Review,
    Run,
    RunQuerySet,
    Source,
    TaskResult,
    Topic,
)
from research.runs.submission import DEFAULT_BLUEPRINT
from research.text.money import usd
from research.web.api.export import export_runs
from research.web.pages.rendering import render_markdown

admin.site.unregister([User, Group])  # until accounts exist there is one user, who needs no page
admin.site.enable_nav_sidebar = False  # the lists of runs and events need the width

SECTIONS = (  # of a run: the model, its filter by run, and its name
    (Topic, "run__id__exact", "topics"),
    (TaskResult, "topic__run__id__exact", "task outputs"),
    (Source, "topic__run__id__exact", "sources"),
    (Event, "run__id__exact", "events"),
)
PRICED = ("token_budget", "money_budget", "prompt_price", "completion_price")


def _pretty(data: Any) -> SafeString:
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return format_html('<pre class="plain">{}</pre>', text)


def _report(topic: Topic) -> SafeString:
    """A topic's result as its page shows it; expects `sources` to be prefetched."""
    sources = {source.number: source for source in topic.sources.all()}
    anchor = f"topic-{topic.position}-source-"
    context = {
        "topic": topic,
        "result": render_markdown(topic.result, sources, anchor),
        "sources": sources.values(),
        "anchor": anchor,
    }
    return render_to_string("admin/research/_report.html", context)


def _run_link(run: Run) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:research_run_change", args=[run.pk]), run
    )


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


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = (
        "title",
        "status",
        "review",
        "topic_count",
        "succeeded_count",
        "failed_count",
        "token_count",
        "created",
        "model",
        "blueprint",
        "cost",
    )
    list_filter = ("status", "review", "created_at", "blueprint", "model")
    search_fields = ("topics__text", "topics__result")
    search_help_text = "All words in the text or the result of one of the run's topics."
    ordering = ("-created_at", "-id")
    actions = ("approve", "reject", "unreview", "export")
    readonly_fields = (
        "title",
        "contents",
        "wall_time",
        "cost",
        "pretty_definition",
        "reviewed_by",
        "reviewed_at",
    )
    fieldsets = (
        (None, {"fields": ("title", "status", "blueprint", "model", "priority", "contents")}),
        ("Times", {"fields": ("created_at", "started_at", "finished_at", "wall_time")}),
        ("Budget", {"fields": ("cost", *PRICED)}),
        ("Review", {"fields": ("review", "review_note", "reviewed_by", "reviewed_at")}),
        ("Blueprint as it was", {"fields": ("pretty_definition",), "classes": ("collapse",)}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        """A person judges what is finished."""
        return obj is None or not obj.is_open

    def get_readonly_fields(self, request: HttpRequest, obj: Run | None = None) -> tuple[str, ...]:
        stored = (field.name for field in Run._meta.fields)
        kept = (name for name in stored if name not in ("review", "review_note"))
        return (*self.readonly_fields, *kept)

    def get_queryset(self, request: HttpRequest) -> RunQuerySet:
        first = Topic.objects.filter(run=OuterRef("pk"), position=1).values("text")
        return Run.objects.with_counts().annotate(first_topic=Subquery(first))

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.matching(search_term), False

    def save_model(self, request: HttpRequest, obj: Run, form: ModelForm, change: bool) -> None:
        obj.record_review(obj.review, obj.review_note, request.user)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Adds the topics with their reports, which the template shows in the place of inlines."""
        seen = Prefetch("sources", Source.objects.defer("text"))
        topics = context["original"].topics.prefetch_related(seen)
        context["topics"] = [(topic, _report(topic)) for topic in topics]
        return super().render_change_form(request, context, *args, **kwargs)

    def view_on_site(self, run: Run) -> str:
        return run.get_absolute_url()

    @admin.display(description="run")
    def title(self, run: Any) -> str:
        """The first topic, which tells more than an id does."""
        more = f" and {run.topic_count - 1} more" if run.topic_count > 1 else ""
        return Truncator(run.first_topic).chars(70) + more

    @admin.display(description="topics", ordering="topic_count")
    def topic_count(self, run: Any) -> int:
        return run.topic_count or 0

    @admin.display(description="succeeded", ordering="succeeded_count")
    def succeeded_count(self, run: Any) -> int:
        return run.succeeded_count or 0

    @admin.display(description="failed", ordering="failed_count")
    def failed_count(self, run: Any) -> int:
        return run.failed_count or 0

    @admin.display(description="tokens", ordering="token_count")
    def token_count(self, run: Any) -> int:
        return run.token_count or 0

    @admin.display(description="cost", empty_value="unknown")
    def cost(self, run: Run) -> str | None:
        return None if run.cost is None else usd(run.cost)

    @admin.display(description="created", ordering="created_at")
    def created(self, run: Run) -> str:
        return f"{run.created_at:%Y-%m-%d %H:%M}"

    @admin.display(description="wall time")
    def wall_time(self, run: Run) -> str:
        return "not started" if run.wall_seconds is None else f"{run.wall_seconds:.1f} s"

    @admin.display(description="see also")
    def contents(self, run: Run) -> SafeString:
        pages = (
            (reverse(f"admin:research_{model._meta.model_name}_changelist"), lookup, run.pk, name)
            for model, lookup, name in SECTIONS
        )
        return format_html_join(" · ", '<a href="{}?{}={}">{}</a>', pages)

    @admin.display(description="definition")
    def pretty_definition(self, run: Run) -> SafeString:
        return _pretty(run.definition)

    @admin.action(description="Mark as approved")
    def approve(self, request: HttpRequest, runs: RunQuerySet) -> None:
        self._review(request, runs, Review.APPROVED)

    @admin.action(description="Mark as rejected")
    def reject(self, request: HttpRequest, runs: RunQuerySet) -> None:
        self._review(request, runs, Review.REJECTED)

    @admin.action(description="Mark as unreviewed")
    def unreview(self, request: HttpRequest, runs: RunQuerySet) -> None:
        self._review(request, runs, Review.UNREVIEWED)

    @transaction.atomic
    def _review(self, request: HttpRequest, runs: RunQuerySet, state: Review) -> None:
        finished = list(runs.exclude(status__in=OPEN))
        for run in finished:
            run.record_review(state, run.review_note, request.user)
        self.message_user(request, f"{len(finished)} marked as {state}.", messages.SUCCESS)
        if left_out := runs.filter(status__in=OPEN).count():
            left = f"{left_out} still at work, and left out."
            self.message_user(request, left, messages.WARNING)

    @admin.action(description="Export as JSON")
    def export(self, request: HttpRequest, runs: RunQuerySet) -> StreamingHttpResponse:
        name = f"research-runs-{timezone.now():%Y-%m-%d}.json"
        return StreamingHttpResponse(
            export_runs(runs),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


@admin.register(Topic)
class TopicAdmin(ReadOnly):
    list_display = ("text", "status", "run_link", "position", "attempt", "tokens", "finished_at")
    list_filter = ("status", "finished_at", "run__model")
    list_select_related = ("run",)
    search_fields = ("text", "result")
    ordering = ("-pk",)
    fields = (
        "run_link",
        "position",
        "text",
        "status",
        "report",
        "attempt",
        "prompt_tokens",
        "completion_tokens",
        "started_at",
        "finished_at",
    )

    def view_on_site(self, topic: Topic) -> str:
        return f"{topic.run.get_absolute_url()}#topic-{topic.position}"

    @admin.display(description="run", ordering="run")
    def run_link(self, topic: Topic) -> SafeString:
        return _run_link(topic.run)

    @admin.display(description="tokens")
    def tokens(self, topic: Topic) -> int:
        return topic.prompt_tokens + topic.completion_tokens

    @admin.display(description="result")
    def report(self, topic: Topic) -> SafeString:
        return _report(topic)


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
        html = render_markdown(result.output, sources)
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
        return _run_link(event.run)

    @admin.display(description="data")
    def excerpt(self, event: Event) -> str:
        return Truncator(json.dumps(event.data, ensure_ascii=False)).chars(120)

    @admin.display(description="data")
    def pretty_data(self, event: Event) -> SafeString:
        return _pretty(event.data)


class IndentedJSON(json.JSONEncoder):
    """JSON for people to edit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"indent": 2}))


@admin.register(Blueprint)
class BlueprintAdmin(admin.ModelAdmin):
    """Own blueprints are edited here; those that come with the site are only read."""

    list_display = ("name", "title", "description", "built_in")
    list_filter = ("built_in",)
    search_fields = ("name", "title", "description")
    fields = ("name", "title", "description", "definition")
    readonly_fields = ("pretty_definition",)
    formfield_overrides = {
        models.JSONField: {
            "encoder": IndentedJSON,
            "widget": AdminTextareaWidget(attrs={"rows": 30}),
        }
    }

    def has_change_permission(self, request: HttpRequest, obj: Blueprint | None = None) -> bool:
        return obj is None or not obj.built_in

    def has_delete_permission(self, request: HttpRequest, obj: Blueprint | None = None) -> bool:
        return obj is None or not obj.built_in

    def get_fields(self, request: HttpRequest, obj: Blueprint | None = None) -> Any:
        if obj and obj.built_in:
            return ("name", "title", "description", "pretty_definition")
        return self.fields

    @admin.display(description="definition")
    def pretty_definition(self, blueprint: Blueprint) -> SafeString:
        return _pretty(blueprint.definition)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new blueprint starts as a copy of the default one, to be changed."""
        example = Blueprint.objects.filter(name=DEFAULT_BLUEPRINT).first()
        return {"definition": example.definition if example else None}


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):
    """Limits and prices, which a person knows better than any list."""

    list_display = (
        "name",
        "requests_per_minute",
        "tokens_per_minute",
        "prompt_price",
        "completion_price",
    )
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name",)}),
        ("Limits", {"fields": ("requests_per_minute", "tokens_per_minute")}),
        ("Price", {"fields": ("prompt_price", "completion_price")}),
    )
