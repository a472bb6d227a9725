"""Runs in the admin: looked through, reviewed, exported."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import OuterRef, Prefetch, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from research.runs.models import OPEN, Review, Run, RunQuerySet, Source, Topic
from research.text.money import usd
from research.web.admin.shared import SECTIONS, ReadOnly, pretty, report
from research.web.api.export import export_runs

PRICED = ("token_budget", "money_budget", "prompt_price", "completion_price")


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
        context["topics"] = [(topic, report(topic)) for topic in topics]
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
        return pretty(run.definition)

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
