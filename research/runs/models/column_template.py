"""Columns that are kept to be used again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from research.exceptions import BadInput
from research.people.models import Team
from research.people.visible import NamedInTeam
from research.runs.models.fields import OrderedJSONField
from research.tables.columns import columns_from
from research.text.cleaning import printable

MAX_TEMPLATE_NAME = 80  # characters


class ColumnTemplateQuerySet(NamedInTeam, models.QuerySet["ColumnTemplate"]):
    def keep(
        self, name: str, columns: Sequence[Mapping[str, Any]], team: Team | None = None
    ) -> "tuple[ColumnTemplate, bool]":
        """Keeps columns under a name, in place of a team's that had it; whether it is a new name.

        Raises BadInput.
        """
        name = " ".join(printable(name).split())
        if not 0 < len(name) <= MAX_TEMPLATE_NAME:
            raise BadInput(reason=f"a template's name has 1 to {MAX_TEMPLATE_NAME} characters.")
        checked = columns_from(columns)
        if not checked:
            raise BadInput(reason="the template has no column.")
        data = [column.model_dump(mode="json") for column in checked]
        return self.update_or_create(
            name=name, team=team, defaults={"columns": data, "changed_at": timezone.now()}
        )


class ColumnTemplate(models.Model):
    """Columns under a name; runs keep a copy of their own."""

    name = models.CharField(max_length=MAX_TEMPLATE_NAME)
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="column_templates",
        help_text="Empty: the site has it, for all teams.",
    )
    columns = OrderedJSONField(help_text="A list: name, type, unit, choices and ask of each.")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ColumnTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="template_of_team"),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(team=None),
                name="template_of_site",
                violation_error_message="The site has columns of this name already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            columns_from(self.columns)
        except (BadInput, TypeError, ValueError) as error:
            raise ValidationError({"columns": str(error)}) from None
