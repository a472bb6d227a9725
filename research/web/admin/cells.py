"""Cells of tables in the admin: found by what a reviewer looks for, read, and noted.

They are corrected in their table, where the column's type is at hand.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from research.runs import cells
from research.runs.cells import Change
from research.runs.models import MAX_CELL_NOTE, Cell, Run
from research.runs.verdicts import SIGNS
from research.tables.cell import Value, written
from research.tables.exceptions import UnknownColumn
from research.web.admin.shared import ReadOnly, run_link


class Standing(admin.SimpleListFilter):
    """What a cell has: a crew's value, a person's, or none."""

    title = "value"
    parameter_name = "value"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("found", "Found"), ("missing", "Not found"), ("corrected", "Corrected")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        corrected = Q(correction__isnull=False)
        conditions = {
            "found": Q(value__isnull=False) | corrected,
            "missing": Q(value__isnull=True) & ~corrected,
            "corrected": corrected,
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


class Noted(admin.SimpleListFilter):
    title = "note"
    parameter_name = "noted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "With a note"), ("no", "Without")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        conditions = {"yes": ~Q(note=""), "no": Q(note="")}
        return queryset.filter(conditions.get(self.value() or "", Q()))


class CellNote(forms.ModelForm):
    """All of a cell that is written here."""

    class Meta:
        model = Cell
        fields = ("note",)

    note = forms.CharField(
        required=False, max_length=MAX_CELL_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(Cell)
class CellAdmin(ReadOnly):
    form = CellNote
    list_display = (
        *("column", "value_in_short", "told", "topic_link"),
        *("corrected", "noted", "run_link"),
    )
    list_filter = ("verdict", Standing, Noted, "topic__run__model")
    search_fields = ("column", "quote", "reason", "note", "topic__text")
    ordering = ("-pk",)
    readonly_fields = (
        *(
            "topic_link",
            "run_link",
            "column",
            "value_in_words",
            "told",
            "reason",
            "quote",
            "source",
        ),
        *("start", "attempt", "found_at", "corrected", "noted", "table_link"),
    )
    fields = (*readonly_fields, "note")

    def has_change_permission(self, request: HttpRequest, obj: Cell | None = None) -> bool:
        """A note is kept where the table still has the column."""
        return obj is None or bool(_number(obj))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cell]:
        rows = Cell.objects.select_related("topic__run", "corrected_by", "noted_by")
        return rows.defer("topic__result", "topic__run__definition")

    def save_model(
        self, request: HttpRequest, obj: Cell, form: forms.ModelForm, change: bool
    ) -> None:
        said = Change(note=form.cleaned_data["note"].replace("\r\n", "\n"))
        cells.amend(obj.topic.run, obj.topic.position, obj.column, said, request.user)

    @admin.display(description="value")
    def value_in_short(self, cell: Cell) -> str:
        return Truncator(self.value_in_words(cell)).chars(80)

    @admin.display(description="value")
    def value_in_words(self, cell: Cell) -> str:
        return _in_words(cell, cell.shown) or "not found"

    @admin.display(description="verdict", ordering="verdict")
    def told(self, cell: Cell) -> str:
        return f"{SIGNS[cell.verdict]} {cell.verdict}" if cell.verdict else ""

    @admin.display(description="correction", ordering="corrected_at")
    def corrected(self, cell: Cell) -> str:
        if not cell.is_corrected:
            return ""
        found = _in_words(cell, cell.value) or "nothing"
        return f"corrected{_by(cell.corrected_by, cell.corrected_at)}; the crew found {found}"

    @admin.display(description="noted", ordering="noted_at")
    def noted(self, cell: Cell) -> str:
        return f"noted{_by(cell.noted_by, cell.noted_at)}" if cell.note else ""

    @admin.display(description="topic", ordering="topic")
    def topic_link(self, cell: Cell) -> SafeString:
        address = reverse("admin:research_topic_change", args=[cell.topic_id])
        return format_html('<a href="{}">{}</a>', address, cell.topic)

    @admin.display(description="run")
    def run_link(self, cell: Cell) -> SafeString:
        return run_link(cell.topic.run)

    @admin.display(description="see also")
    def table_link(self, cell: Cell) -> SafeString:
        address = reverse("table", args=[cell.topic.run_id])
        place = f"#cell-{cell.topic.position}-{number}" if (number := _number(cell)) else ""
        return format_html('<a href="{}{}">its place in the table</a>', address, place)


def _in_words(cell: Cell, value: Value) -> str:
    return written(value, _unit(cell.topic.run, cell.column))


def _unit(run: Run, column: str) -> str:
    try:
        return run.column(column).unit
    except UnknownColumn:
        return ""


def _number(cell: Cell) -> int:
    """Of its column in the table; 0: the table has none of that name any more."""
    names = [column.name for column in cell.topic.run.table_columns]
    return names.index(cell.column) + 1 if cell.column in names else 0


def _by(person: Any, at: Any) -> str:
    who = f" by {person.get_username()}" if person else ""
    return f"{who}, {at:%Y-%m-%d %H:%M}" if at else who
