"""The forms of the pages. What a run may be is decided in research.runs.submission, not here."""

import contextlib
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.functional import cached_property

from research.crews.llms import catalog
from research.crews.tools import web_search
from research.exceptions import (
    BadInput,
    BadMoneyBudget,
    BadTokenBudget,
    MissingKey,
    NoPrice,
    UnknownBlueprint,
    UnknownModel,
    UnknownPriority,
)
from research.runs.allowance import Allowance
from research.runs.estimate import Estimate, estimate_of
from research.runs.models import Blueprint, ColumnTemplate, Priority, Run, Status
from research.runs.models.column_template import MAX_TEMPLATE_NAME
from research.runs.submission import DEFAULT_BLUEPRINT, Submission
from research.web.pages.columns import ColumnsForm

FIELD_OF = {
    UnknownBlueprint: "blueprint",
    UnknownPriority: "priority",
    UnknownModel: "model",
    MissingKey: "model",
    BadTokenBudget: "token_budget",
    BadMoneyBudget: "money_budget",
    NoPrice: "money_budget",
}


PILOT = "Write a whole number of rows from 1 on, or nothing to run all of them."
COLUMNS = "The columns cannot be asked for yet: see below."


class SubmissionForm(forms.Form):
    """Topics one per line, a blueprint, a model and a budget.

    Valid, it has a `submission` to submit.
    """

    topics = forms.CharField(strip=False, required=False)
    blueprint = forms.CharField(required=False, initial=DEFAULT_BLUEPRINT)
    model = forms.CharField(required=False, initial=catalog.default_model)
    token_budget = forms.CharField(required=False, initial=lambda: settings.RESEARCH_TOKEN_BUDGET)
    money_budget = forms.CharField(required=False, initial=lambda: settings.RESEARCH_MONEY_BUDGET)
    priority = forms.CharField(required=False, initial=Priority.NORMAL.label)
    pilot = forms.IntegerField(
        required=False, min_value=1, error_messages={"invalid": PILOT, "min_value": PILOT}
    )
    keep_columns = forms.CharField(required=False, max_length=MAX_TEMPLATE_NAME)

    submission: Submission

    @classmethod
    def at_step(cls, data: QueryDict) -> "SubmissionForm":
        """What was typed so far, unchecked, for somebody who is still at its columns."""
        form = cls(initial=data.dict())
        form.columns = ColumnsForm.at_step(data)
        return form

    @cached_property
    def columns(self) -> ColumnsForm:
        """The part about columns."""
        return ColumnsForm.from_data(self.data if self.is_bound else None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.columns.is_bound and not self.columns.is_valid():
            self.add_error(None, COLUMNS)
        if self.errors:
            return cleaned
        lines = cleaned["topics"].replace("\r\n", "\n").strip().split("\n")  # browsers send CRLF
        try:
            allowance = Allowance.parse(cleaned["token_budget"], cleaned["money_budget"])
            self.submission = Submission.check(
                lines,
                cleaned["blueprint"],
                cleaned["model"],
                allowance,
                cleaned["priority"],
                is_pasted=True,
                columns=self.columns.columns if self.columns.is_bound else (),
                pilot=cleaned["pilot"],
            )
        except BadInput as error:
            self.add_error(FIELD_OF.get(type(error), "topics"), str(error))
        return cleaned

    def keep_asked_columns(self) -> None:
        """Keeps the columns under the name that was given, if one was."""
        if name := self.cleaned_data["keep_columns"]:
            ColumnTemplate.objects.keep(name, self.columns.columns)

    def blueprints(self) -> list[Blueprint]:
        return list(Blueprint.objects.all())

    def priorities(self) -> list[str]:
        return Priority.labels

    def has_options(self) -> bool:
        """Whether there is something to show in the form's part about budget and priority."""
        names = ("token_budget", "money_budget")
        budget = any(self[name].value() or self[name].errors for name in names)
        return budget or self["priority"].value() != Priority.NORMAL.label

    def estimate(self) -> Estimate | None:
        """For what is chosen now; None for a model that cannot be read."""
        with contextlib.suppress(BadInput):
            model = catalog.resolve(self["model"].value())
            return estimate_of(model, self["blueprint"].value() or DEFAULT_BLUEPRINT)
        return None

    def searches_library_only(self) -> bool:
        """Whether the chosen model could search the web, if that were set up."""
        chosen = (self["model"].value() or "").strip() or catalog.default_model()
        return chosen != catalog.OFFLINE and not web_search.is_set_up()

    def models(self) -> list[str]:
        return catalog.suggestions()


class HistoryFilter(forms.Form):
    """What the history shows: words to find, and the runs of a state, a blueprint or a model."""

    q = forms.CharField(required=False, max_length=200, label="Names, topics and results")
    status = forms.ChoiceField(required=False, label="State")
    blueprint = forms.ChoiceField(required=False)
    model = forms.ChoiceField(required=False)
    starred = forms.BooleanField(required=False, label="Starred only")

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        self._offer("status", Status.values)
        for name in ("blueprint", "model"):
            used = Run.objects.order_by(name).values_list(name, flat=True).distinct()
            self._offer(name, list(used))

    def _offer(self, name: str, values: list[str]) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [("", "any"), *((value, value) for value in values)]
