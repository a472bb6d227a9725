"""Topics in the admin: found by what a reviewer looks for, read, and judged one after another."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from research.exceptions import ResearchError
from research.runs import control
from research.runs.findings import label
from research.runs.models import MAX_NOTE, OPEN, WORST_FIRST, Review, Status, Topic, TopicQuerySet
from research.runs.models.functions import COST
from research.text.money import usd
from research.web.admin.shared import (
    ReadOnly,
    by_run,
    export_links,
    report,
    retry_topics,
    run_again,
    run_link,
)
from research.web.templatetags.research import words


class UnknownCitations(admin.SimpleListFilter):
    """Whether a result cites what its crew never saw."""

    title = "unknown citations"
    parameter_name = "unknown"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("some", "Some"), ("none", "None"), ("uncounted", "Not counted")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        conditions = {
            "some": Q(unknown_citations__gt=0),
            "none": Q(unknown_citations=0),
            "uncounted": Q(unknown_citations=None),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


class Doubts(admin.SimpleListFilter):
    """What the check of a result's claims has found."""

    title = "claims"
    parameter_name = "claims"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        told = {verdict.value: f"Some {verdict.value}" for verdict in WORST_FIRST}
        return [*told.items(), ("held", "All hold"), ("unchecked", "Not checked")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value() or ""
        if chosen in WORST_FIRST:
            return queryset.filter(**{f"checked__{chosen}__gt": 0})
        conditions = {
            "held": Q(**{f"checked__{verdict}": 0 for verdict in WORST_FIRST}),
            "unchecked": Q(checked__isnull=True, status=Status.SUCCEEDED),
        }
        return queryset.filter(conditions.get(chosen, Q()))


class ErrorKind(admin.SimpleListFilter):
    """Why topics failed; the kinds that there are."""

    title = "error kind"
    parameter_name = "error_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        failed = Topic.objects.exclude(error_kind="").order_by("error_kind")
        kinds = failed.values_list("error_kind", flat=True).distinct()
        return [(kind, words(kind)) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(error_kind=self.value()) if self.value() else queryset


class Cost(admin.SimpleListFilter):
    """What a topic has cost, in US dollars."""

    title = "cost"
    parameter_name = "cost"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        least = [(limit, f"${limit} and more") for limit in ("0.01", "0.10", "1")]
        return [*least, ("unknown", "Unknown")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        if chosen == "unknown":
            return queryset.filter(cost=None)
        if chosen in dict(self.lookup_choices):
            return queryset.filter(cost__gte=Decimal(chosen))
        return queryset


class TopicReview(forms.ModelForm):
    """A verdict on one topic."""

    class Meta:
        model = Topic
        fields = ("review", "review_note")
        widgets = {"review": forms.RadioSelect}

    review_note = forms.CharField(
        label="Note",
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@admin.register(Topic)
class TopicAdmin(ReadOnly):
    form = TopicReview
    list_display = (
        "title",
        "verdict",
        "status",
        "rests_on",
        "doubts",
        "unknown",
        "error",
        "cut",
        "cost",
        "tokens",
        "run_link",
        "position",
        "attempt",
        "finished_at",
    )
    list_filter = (
        "review",
        "status",
        "finding",
        Doubts,
        UnknownCitations,
        ErrorKind,
        "incomplete",
        Cost,
        "finished_at",
        "run__model",
    )
    list_select_related = ("run",)
    search_fields = ("text", "result")
    ordering = ("-pk",)
    actions = ("approve", "reject", "unreview", "retry", "run_again")
    review_fieldset = ("Review", {"fields": ("review", "review_note")})
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "text",
                    "inputs",
                    "run_link",
                    "reviewed",
                    "contents",
                    "take_away",
                    "report",
                )
            },
        ),
        (
            "Facts",
            {
                "fields": (
                    "status",
                    "finding",
                    "unknown_citations",
                    "incomplete",
                    "attempt",
                    "feedback",
                    "cost",
                    "prompt_tokens",
                    "completion_tokens",
                    "tokens_estimated",
                    "started_at",
                    "finished_at",
                )
            },
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        """A person judges what has ended."""
        return obj is None or not obj.is_open

    def get_readonly_fields(
        self, request: HttpRequest, obj: Topic | None = None
    ) -> tuple[str, ...]:
        return tuple(flatten_fieldsets(self.fieldsets))

    def get_fieldsets(self, request: HttpRequest, obj: Topic | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return (*self.fieldsets, self.review_fieldset)
        return self.fieldsets

    def get_queryset(self, request: HttpRequest) -> TopicQuerySet:
        topics = Topic.objects.select_related("run", "reviewed_by")
        return topics.defer("result", "run__definition").annotate(cost=COST)

    def save_model(
        self, request: HttpRequest, obj: Topic, form: forms.ModelForm, change: bool
    ) -> None:
        given = form.cleaned_data
        state = Review.REJECTED if "_retry" in request.POST else Review(given["review"])
        here = [obj.position]
        control.review(obj.run, state, request.user, note=given["review_note"], positions=here)
        if "_retry" in request.POST:
            control.retry(obj.run, here, by=request.user.get_username())

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ResearchError as error:  # it has been retried since its page was opened
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def response_change(self, request: HttpRequest, obj: Topic) -> HttpResponse:
        """Goes on with what is still to be reviewed of the run, if that was asked for."""
        if "_retry" in request.POST:
            self.message_user(request, f"“{obj}” is queued again, with the note for its crew.")
        if "_next" not in request.POST and "_retry" not in request.POST:
            return super().response_change(request, obj)
        left = obj.run.topics.filter(review=Review.UNREVIEWED).exclude(status__in=OPEN)
        following = left.filter(position__gt=obj.position).first() or left.first()
        if following is None:
            self.message_user(request, "Nothing of this run is left to review.", messages.SUCCESS)
            return HttpResponseRedirect(_address("run", obj.run_id))
        return HttpResponseRedirect(_address("topic", following.pk))

    def view_on_site(self, topic: Topic) -> str:
        return reverse("topic", args=[topic.run_id, topic.position])

    @admin.display(description="run", ordering="run")
    def run_link(self, topic: Topic) -> SafeString:
        return run_link(topic.run)

    @admin.display(description="topic", ordering="text")
    def title(self, topic: Topic) -> str:
        return Truncator(topic.text).chars(80)

    # In a list only what is unusual is written out, so that it is seen.

    @admin.display(description="review", ordering="review")
    def verdict(self, topic: Topic) -> str:
        return "" if topic.review == Review.UNREVIEWED else topic.review

    @admin.display(description="finding", ordering="finding")
    def rests_on(self, topic: Topic) -> str:
        return label(topic)

    @admin.display(description="claims")
    def doubts(self, topic: Topic) -> str:
        return topic.doubts or ("not checked" if topic.check_note else "")

    @admin.display(description="unknown citations", ordering="unknown_citations")
    def unknown(self, topic: Topic) -> int | str:
        return topic.unknown_citations or ""

    @admin.display(description="error", ordering="error_kind")
    def error(self, topic: Topic) -> str:
        return words(topic.error_kind)

    @admin.display(description="incomplete", ordering="incomplete")
    def cut(self, topic: Topic) -> str:
        return "incomplete" if topic.incomplete else ""

    @admin.display(description="tokens", ordering=F("prompt_tokens") + F("completion_tokens"))
    def tokens(self, topic: Topic) -> int:
        return topic.tokens

    @admin.display(description="cost", ordering="cost", empty_value="unknown")
    def cost(self, topic: Topic) -> str | None:
        cost = topic.run.cost_of(topic.prompt_tokens, topic.completion_tokens)
        return None if cost is None else usd(cost)

    @admin.display(description="result")
    def report(self, topic: Topic) -> SafeString:
        return report(topic)

    @admin.display(description="review")
    def reviewed(self, topic: Topic) -> str:
        """`rejected by local, 2026-11-25 10:00`."""
        if topic.reviewed_at is None:
            return topic.review
        by = f" by {topic.reviewed_by.get_username()}" if topic.reviewed_by else ""
        return f"{topic.review}{by}, {topic.reviewed_at:%Y-%m-%d %H:%M}"

    @admin.display(description="export")
    def take_away(self, topic: Topic) -> SafeString:
        return export_links(topic.run, topic.position)

    @admin.display(description="see also")
    def contents(self, topic: Topic) -> SafeString:
        pages = (
            ("claim", f"topic__id__exact={topic.pk}", "claims"),
            ("taskresult", f"topic__id__exact={topic.pk}", "task outputs of all attempts"),
            ("source", f"topic__id__exact={topic.pk}", "sources"),
            ("event", f"run__id__exact={topic.run_id}&position={topic.position}", "events"),
        )
        links = ((_address(model), query, name) for model, query, name in pages)
        return format_html_join(" · ", '<a href="{}?{}">{}</a>', links)

    @admin.action(description="Approve")
    def approve(self, request: HttpRequest, topics: TopicQuerySet) -> None:
        self._review(request, topics, Review.APPROVED)

    @admin.action(description="Reject")
    def reject(self, request: HttpRequest, topics: TopicQuerySet) -> None:
        self._review(request, topics, Review.REJECTED)

    @admin.action(description="Mark as unreviewed")
    def unreview(self, request: HttpRequest, topics: TopicQuerySet) -> None:
        self._review(request, topics, Review.UNREVIEWED)

    def _review(self, request: HttpRequest, topics: TopicQuerySet, state: Review) -> None:
        reviewed = sum(
            control.review(run, state, request.user, positions=positions)
            for run, positions in by_run(topics.exclude(status__in=OPEN))
        )
        self.message_user(request, f"{reviewed} marked as {state}.", messages.SUCCESS)
        if left_out := topics.filter(status__in=OPEN).count():
            left = f"{left_out} still at work, and left out."
            self.message_user(request, left, messages.WARNING)

    @admin.action(description="Retry, with the note of a rejection")
    def retry(self, request: HttpRequest, topics: TopicQuerySet) -> None:
        retry_topics(self, request, topics)

    @admin.action(description="Run again as they were, in new runs")
    def run_again(self, request: HttpRequest, topics: TopicQuerySet) -> None:
        run_again(self, request, by_run(topics))


def _address(model: str, key: Any = None) -> str:
    """Of a list, or of a row's own page."""
    if key is None:
        return reverse(f"admin:research_{model}_changelist")
    return reverse(f"admin:research_{model}_change", args=[key])
