"""The part of the form in which columns are asked for; they are checked in research.tables."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import cached_property

from research.exceptions import BadInput
from research.people.models import Team
from research.runs.models import ColumnTemplate
from research.tables.columns import MAX_COLUMNS, ColumnType, columns_from

LABELS: dict[str, str] = {
    ColumnType.TEXT: "Text",
    ColumnType.NUMBER: "Number",
    ColumnType.DATE: "Date",
    ColumnType.BOOLEAN: "Yes or no",
    ColumnType.CHOICE: "One of",
    ColumnType.LINK: "Link",
    ColumnType.LIST: "List",
}
_SEPARATOR = re.compile(r"\s*[,;\n]\s*")


class ColumnForm(forms.Form):
    """One column as it is typed."""

    name = forms.CharField(required=False)
    type = forms.CharField(required=False, initial=ColumnType.TEXT.value)
    unit = forms.CharField(required=False)
    choices = forms.CharField(required=False)
    ask = forms.CharField(required=False)

    @property
    def types(self) -> list[tuple[str, str]]:
        return list(LABELS.items())

    @property
    def is_number(self) -> bool:
        return bool(self["type"].value() == ColumnType.NUMBER)

    @property
    def is_choice(self) -> bool:
        return bool(self["type"].value() == ColumnType.CHOICE)

    def column(self) -> dict[str, Any] | None:
        """The column as data; None: nothing was typed."""
        said = self.cleaned_data
        typed = {name: said.get(name, "").strip() for name in ("name", "unit", "choices", "ask")}
        if not any(typed.values()):
            return None
        choices = [choice for choice in _SEPARATOR.split(typed["choices"]) if choice]
        return typed | {"type": said.get("type") or ColumnType.TEXT, "choices": choices}


_Formset = forms.formset_factory(
    ColumnForm, extra=1, max_num=MAX_COLUMNS, absolute_max=MAX_COLUMNS + 10
)


class ColumnsForm(_Formset):  # type: ignore[misc, valid-type]  # Django makes the class
    """All columns; valid, `columns` are what to ask of every row."""

    columns: list[dict[str, Any]]

    def clean(self) -> None:
        self.columns = [c for form in self.forms if form.is_valid() and (c := form.column())]
        try:
            columns_from(self.columns)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None

    is_open = False
    """Whether somebody is at work in this part."""

    @property
    def is_used(self) -> bool:
        return self.is_open or any(form["name"].value() for form in self.forms)

    team: Team | None = None
    """Whose templates there are, beside the site's."""

    @cached_property
    def templates(self) -> list[ColumnTemplate]:
        return list(ColumnTemplate.objects.usable_by(self.team).select_related("team"))

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | None, team: Team | None) -> "ColumnsForm":
        """As it was sent; a form without this part asks for no column."""
        if data is None or "columns-TOTAL_FORMS" not in data:
            return cls._of(team)
        return cls._of(team, data)

    @classmethod
    def showing(cls, columns: Iterable[Mapping[str, Any]], team: Team | None) -> "ColumnsForm":
        """With columns that are there already, to be changed."""
        shown = [{**column, "choices": ", ".join(column["choices"])} for column in columns]
        return cls._of(team, initial=shown)

    @classmethod
    def at_step(cls, data: Mapping[str, Any], team: Team | None) -> "ColumnsForm":
        """What was typed so far, with one column more, or with those of a template."""
        if data.get("step") == "template":
            usable = ColumnTemplate.objects.usable_by(team)
            kept = usable.filter(name=data.get("column_template", "")).first()
            form = cls.showing(kept.columns if kept else [], team)
        else:
            form = cls._of(team, initial=list(_typed(data)))
        form.is_open = data.get("step") in ("template", "column")
        return form

    @classmethod
    def _of(cls, team: Team | None, *args: Any, **options: Any) -> "ColumnsForm":
        form = cls(*args, prefix="columns", **options)
        form.team = team
        return form


def _typed(data: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    for number in range(MAX_COLUMNS):
        prefix = f"columns-{number}-"
        if f"{prefix}name" not in data:
            return
        yield {name: data.get(prefix + name, "") for name in ColumnForm.base_fields}
