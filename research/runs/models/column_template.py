"""Columns that are kept to be used again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from research.exceptions import BadInput
from research.runs.models.fields import OrderedJSONField
from research.tables.columns import columns_from

MAX_TEMPLATE_NAME = 80  # characters


class ColumnTemplateManager(models.Manager["ColumnTemplate"]):
    def keep(
        self, name: str, columns: Sequence[Mapping[str, Any]]
    ) -> "tuple[ColumnTemplate, bool]":
        """Keeps columns under a name, in place of those that had it; whether it is a new name.

        Raises BadInput.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= MAX_TEMPLATE_NAME:
            raise BadInput(reason=f"a template's name has 1 to {MAX_TEMPLATE_NAME} characters.")
        checked = columns_from(columns)
        if not checked:
            raise BadInput(reason="the template has no column.")
        data = [column.model_dump(mode="json") for column in checked]
        return self.update_or_create(
            name=name, defaults={"columns": data, "changed_at": timezone.now()}
        )


class ColumnTemplate(models.Model):
    """Columns under a name; runs keep a copy of their own."""

    name = models.CharField(max_length=MAX_TEMPLATE_NAME, unique=True)
    columns = OrderedJSONField(help_text="A list: name, type, unit, choices and ask of each.")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ColumnTemplateManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            columns_from(self.columns)
        except (BadInput, TypeError, ValueError) as error:
            raise ValidationError({"columns": str(error)}) from None
