"""Claims of results in the admin: found by what a reviewer looks for, and only to be read.

They are decided on at `/review/`.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from research.runs.models import Claim, ClaimQuerySet
from research.runs.passages import passages_of
from research.runs.verdicts import SIGNS, verdict_in_a_word
from research.web.admin.shared import ReadOnly, run_link
from research.web.pages.claims import ShownClaim


class Current(admin.SimpleListFilter):
    """Claims of the results that topics have now, which are shown by themselves, or all."""

    title = "result"
    parameter_name = "result"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "Earlier ones, too")]

    def choices(self, changelist: Any) -> Any:
        now, *others = super().choices(changelist)
        return [now | {"display": "As it is now"}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() == "all" else queryset.current().order_by()


class JudgedBy(admin.ChoicesFieldListFilter):
    """Who says that a claim has its verdict."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "judge"


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    list_display = ("title", "told", "by", "reason_in_short", "decided", "topic_link")
    list_display_links = ("title",)
    list_filter = ("verdict", ("by", JudgedBy), "decision", "awaiting", Current)
    search_fields = ("text", "reason", "correction")
    ordering = ("-topic", "attempt", "index")
    fields = (
        *("topic_link", "run_link", "attempt", "index", "shown", "found", "found_by"),
        *("decision", "correction", "decided_by", "decided_at", "desk"),
    )

    def get_queryset(self, request: HttpRequest) -> ClaimQuerySet:
        claims = Claim.objects.select_related("topic__run", "decided_by")
        return claims.defer("topic__result", "topic__run__definition")

    @admin.display(description="claim", ordering="text")
    def title(self, claim: Claim) -> str:
        return Truncator(claim.text).chars(120)

    @admin.display(description="verdict", ordering="verdict")
    def told(self, claim: Claim) -> str:
        word = verdict_in_a_word(claim)
        return f"{SIGNS[word]} {word}"

    @admin.display(description="decision", ordering="decided_at")
    def decided(self, claim: Claim) -> str:
        by = f" by {claim.decided_by.get_username()}" if claim.decided_by else ""
        return f"{claim.decision}{by}"

    @admin.display(description="reason")
    def reason_in_short(self, claim: Claim) -> str:
        return Truncator(claim.reason).chars(120)

    @admin.display(description="topic", ordering="topic")
    def topic_link(self, claim: Claim) -> SafeString:
        address = reverse("admin:research_topic_change", args=[claim.topic_id])
        return format_html('<a href="{}">{}</a>', address, claim.topic)

    @admin.display(description="run")
    def run_link(self, claim: Claim) -> SafeString:
        return run_link(claim.topic.run)

    @admin.display(description="claim")
    def shown(self, claim: Claim) -> SafeString:
        """With its verdict, why, and the passages."""
        found = ShownClaim(claim, passages=passages_of([claim]).get(claim.pk, ()))
        html = render_to_string("research/_claim.html", {"claim": found})
        return format_html('<div class="report">{}</div>', html)

    @admin.display(description="decide")
    def desk(self, claim: Claim) -> SafeString:
        address = reverse("review-claim", args=[claim.pk])
        return format_html('<a href="{}">at the review desk</a>', address)
