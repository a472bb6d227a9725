"""The forms of the pages. What a run may be is decided in research.runs.submission, not here."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

from research.exceptions import BadInput
from research.people.models import Team
from research.runs.allowance import Allowance
from research.runs.models import Priority, RunQuerySet, Status
from research.runs.models.column_template import MAX_TEMPLATE_NAME
from research.runs.submission import Submission
from research.web.pages.columns import ColumnsForm
from research.web.pages.crew_form import FIELD_OF, CrewForm
from research.web.pages.rows import RowsForm
from research.web.pages.where_form import FIELD_OF_WHERE, WhereForm

PILOT = "Write a whole number of rows from 1 on, or nothing to run all of them."
COLUMNS = "The columns cannot be asked for yet: see below."
ROWS = "The rows do not run yet: see below."


class SubmissionForm(CrewForm, WhereForm):
    """Topics one per line or rows, columns, a blueprint, a model and a budget.

    Valid, it has a `submission` to submit.
    """

    topics = forms.CharField(strip=False, required=False)
    priority = forms.CharField(required=False, initial=Priority.NORMAL.label)
    pilot = forms.IntegerField(
        required=False, min_value=1, error_messages={"invalid": PILOT, "min_value": PILOT}
    )
    keep_columns = forms.CharField(required=False, max_length=MAX_TEMPLATE_NAME)

    submission: Submission

    def __init__(self, *args: Any, team: Team | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.team = team

    @classmethod
    def at_step(
        cls,
        data: QueryDict,
        files: MultiValueDict[str, UploadedFile] | None = None,
        team: Team | None = None,
    ) -> "SubmissionForm":
        """What was typed so far, unchecked, for somebody who is still at its parts."""
        form = cls(initial=data.dict(), team=team)
        if form["blueprint"].value() not in {blueprint.name for blueprint in form.blueprints()}:
            del form.initial["blueprint"]  # of another team, which was chosen before
        form.columns = ColumnsForm.at_step(data, team)
        form.rows = RowsForm(data, files)
        return form

    @cached_property
    def columns(self) -> ColumnsForm:
        """The part about columns."""
        return ColumnsForm.from_data(self.data if self.is_bound else None, self.team)

    @cached_property
    def rows(self) -> RowsForm:
        """The part about rows."""
        return RowsForm(self.data, self.files) if self.is_bound else RowsForm()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        rows = self.rows.ready() if self.rows.is_chosen else None
        if self.rows.trouble:
            self.add_error(None, ROWS)
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
                rows=rows,
                columns=self.columns.columns if self.columns.is_bound else (),
                pilot=cleaned["pilot"],
                where=self.look(cleaned),
                team=self.team,
            )
        except BadInput as error:
            self._tell(error)
        return cleaned

    def _tell(self, error: BadInput) -> None:
        """At the field that the error is about."""
        field = (FIELD_OF | FIELD_OF_WHERE).get(type(error))
        if field is None and self.rows.is_chosen:
            self.rows.trouble = str(error)
            self.add_error(None, ROWS)
        else:
            self.add_error(field or "topics", str(error))

    def priorities(self) -> list[str]:
        return Priority.labels

    def has_options(self) -> bool:
        """Whether there is something to show in the form's part about budget and priority."""
        names = ("token_budget", "money_budget")
        budget = any(self[name].value() or self[name].errors for name in names)
        return budget or self["priority"].value() != Priority.NORMAL.label


class HistoryFilter(forms.Form):
    """What the history shows: words to find, and the runs of a state, a blueprint or a model."""

    q = forms.CharField(required=False, max_length=200, label="Names, topics and results")
    status = forms.ChoiceField(required=False, label="State")
    blueprint = forms.ChoiceField(required=False)
    model = forms.ChoiceField(required=False)
    starred = forms.BooleanField(required=False, label="Starred only")

    def __init__(self, data: QueryDict, runs: RunQuerySet) -> None:
        """`runs` are those that may be shown."""
        super().__init__(data, label_suffix="")
        self._offer("status", Status.values)
        for name in ("blueprint", "model"):
            used = runs.order_by(name).values_list(name, flat=True).distinct()
            self._offer(name, list(used))

    def _offer(self, name: str, values: list[str]) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [("", "any"), *((value, value) for value in values)]
