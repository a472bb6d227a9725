"""Runs in the admin: looked through, reviewed, exported."""

import contextlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from research.exceptions import NotFound, StillAtWork
from research.runs import control, deletion
from research.runs.models import MAX_NOTE, OPEN, Review, Run, RunQuerySet, Topic
from research.text.money import usd
from research.web.admin.shared import (
    SECTIONS,
    ReadOnly,
    export_links,
    pretty,
    retry_topics,
    run_again,
)
from research.web.export.whole import export_runs

PRICED = ("token_budget", "money_budget", "prompt_price", "completion_price")
TOPICS_ON_A_PAGE = 50


class ReviewFilter(admin.SimpleListFilter):
    """What follows from the reviews of a run's topics, as `Review.of_run` sums them up."""

    title = "review"
    parameter_name = "review__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, state.label) for state in Review]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        unreviewed, rejected = (
            Exists(Topic.objects.filter(run=OuterRef("pk"), review=state))
            for state in (Review.UNREVIEWED, Review.REJECTED)
        )
        match self.value():
            case Review.UNREVIEWED:
                return queryset.filter(unreviewed)
            case Review.REJECTED:
                return queryset.filter(~unreviewed, rejected)
            case Review.APPROVED:
                return queryset.filter(~unreviewed, ~rejected)
        return queryset


class RunReview(forms.ModelForm):
    """One verdict on all topics of a run; a topic's own page takes one on it alone."""

    verdict = forms.ChoiceField(
        label="All topics",
        required=False,
        choices=[("", "Leave each as it is"), *Review.choices],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Takes the place of the topics' own notes; empty: those stay.",
    )

    class Meta:
        model = Run
        fields: tuple[str, ...] = ()


@admin.register(Run)
class RunAdmin(ReadOnly):
    form = RunReview
    list_display = (
        "title",
        "status",
        "reviewed",
        "topic_count",
        "succeeded_count",
        "failed_count",
        "token_count",
        "created",
        "model",
        "blueprint",
        "cost",
    )
    list_filter = ("status", ReviewFilter, "created_at", "blueprint", "model")
    search_fields = ("topics__text", "topics__result")
    ordering = ("-created_at", "-id")
    actions = (
        "approve",
        "reject",
        "unreview",
        "retry_rejected",
        "run_again",
        "export",
        "delete_for_good",
    )
    readonly_fields = (
        "title",
        "contents",
        "take_away",
        "wall_time",
        "cost",
        "pretty_definition",
        "reviewed",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "status",
                    "reviewed",
                    "blueprint",
                    "model",
                    "priority",
                    "again_of",
                    "contents",
                    "take_away",
                )
            },
        ),
        (
            "Times",
            {
                "fields": ("created_at", "started_at", "finished_at", "wall_time"),
                "classes": ("collapse",),
            },
        ),
        ("Budget", {"fields": ("cost", *PRICED), "classes": ("collapse",)}),
        ("Blueprint as it was", {"fields": ("pretty_definition",), "classes": ("collapse",)}),
    )
    review_fieldset = ("Review", {"fields": ("verdict", "note")})

    def has_change_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        """A person judges what is finished."""
        return obj is None or not obj.is_open

    def get_readonly_fields(self, request: HttpRequest, obj: Run | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(field.name for field in Run._meta.fields))

    def get_fieldsets(self, request: HttpRequest, obj: Run | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return (self.fieldsets[0], self.review_fieldset, *self.fieldsets[1:])
        return self.fieldsets

    def get_queryset(self, request: HttpRequest) -> RunQuerySet:
        first = Topic.objects.filter(run=OuterRef("pk"), position=1).values("text")
        return Run.objects.with_counts().annotate(first_topic=Subquery(first))

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.matching(search_term), False

    def save_model(
        self, request: HttpRequest, obj: Run, form: forms.ModelForm, change: bool
    ) -> None:
        given = form.cleaned_data
        if given["verdict"]:
            verdict = Review(given["verdict"])
            control.review(obj, verdict, request.user, note=given["note"] or None)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Adds a page of the topics, which lead to their reports."""
        topics = context["original"].topics.defer("result").select_related("run")
        pages = Paginator(topics, TOPICS_ON_A_PAGE)
        context["topics"] = pages.get_page(request.GET.get("topics"))
        return super().render_change_form(request, context, *args, **kwargs)

    def view_on_site(self, run: Run) -> str:
        return run.get_absolute_url()

    @admin.display(description="run")
    def title(self, run: Any) -> str:
        """The run's name, or its first topic, which tells more than an id does."""
        if run.name:
            return f"★ {run.name}" if run.starred else str(run.name)
        more = f" and {run.topic_count - 1} more" if run.topic_count > 1 else ""
        return Truncator(run.first_topic).chars(70) + more

    @admin.display(description="review")
    def reviewed(self, run: Any) -> str:
        """`41 of 60 reviewed, 2 rejected`."""
        told = f"{run.reviewed_count} of {run.topic_count or 0} reviewed"
        return f"{told}, {run.rejected_count} rejected" if run.rejected_count else told

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
        links = format_html_join(" · ", '<a href="{}?{}={}">{}</a>', pages)
        if not run.is_table:
            return links
        return format_html(
            '{} · <a href="{}">the table</a>', links, reverse("table", args=[run.pk])
        )

    @admin.display(description="export")
    def take_away(self, run: Run) -> SafeString:
        return export_links(run)

    @admin.display(description="definition")
    def pretty_definition(self, run: Run) -> SafeString:
        return pretty(run.definition)

    @admin.action(description="Approve all topics")
    def approve(self, request: HttpRequest, runs: RunQuerySet) -> None:
        self._review(request, runs, Review.APPROVED)

    @admin.action(description="Reject all topics")
    def reject(self, request: HttpRequest, runs: RunQuerySet) -> None:
        self._review(request, runs, Review.REJECTED)

    @admin.action(description="Mark all topics as unreviewed")
    def unreview(self, request: HttpRequest, runs: RunQuerySet) -> None:
        self._review(request, runs, Review.UNREVIEWED)

    def _review(self, request: HttpRequest, runs: RunQuerySet, state: Review) -> None:
        finished = list(runs.exclude(status__in=OPEN))
        for run in finished:
            control.review(run, state, request.user)
        self.message_user(request, f"{len(finished)} marked as {state}.", messages.SUCCESS)
        if left_out := runs.filter(status__in=OPEN).count():
            left = f"{left_out} still at work, and left out."
            self.message_user(request, left, messages.WARNING)

    @admin.action(description="Retry rejected topics, with their notes")
    def retry_rejected(self, request: HttpRequest, runs: RunQuerySet) -> None:
        retry_topics(self, request, Topic.objects.filter(run__in=runs, review=Review.REJECTED))

    @admin.action(description="Run again as they were, in new runs")
    def run_again(self, request: HttpRequest, runs: RunQuerySet) -> None:
        run_again(self, request, [(run, None) for run in runs])

    @admin.action(description="Delete for good")
    def delete_for_good(self, request: HttpRequest, runs: RunQuerySet) -> HttpResponse | None:
        """Asks first; runs at work are left out."""
        if "sure" not in request.POST:
            context = {
                **admin.site.each_context(request),
                "title": "Delete for good?",
                "runs": runs,
                "action": "delete_for_good",
            }
            return TemplateResponse(request, "admin/research/run/delete.html", context)
        chosen, deleted = list(runs), 0
        for run in chosen:
            with contextlib.suppress(StillAtWork, NotFound):
                deletion.delete(run)
                deleted += 1
        self.message_user(request, f"{deleted} deleted.", messages.SUCCESS)
        if left := len(chosen) - deleted:
            told = f"{left} still at work, and left out. Cancel them first."
            self.message_user(request, told, messages.WARNING)
        return None

    @admin.action(description="Export as JSON")
    def export(self, request: HttpRequest, runs: RunQuerySet) -> StreamingHttpResponse:
        name = f"research-runs-{timezone.now():%Y-%m-%d}.json"
        return StreamingHttpResponse(
            export_runs(runs),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
