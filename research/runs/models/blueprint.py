"""Crews as data."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from research.crews.definition import Definition
from research.exceptions import BadInput
from research.people.models import Team
from research.people.visible import NamedInTeam
from research.runs.models.fields import OrderedJSONField
from research.runs.models.mcp_server import McpTool


class BlueprintQuerySet(NamedInTeam, models.QuerySet["Blueprint"]):
    """Those of teams and of the site."""


class Blueprint(models.Model):
    """A crew as data: agents, tasks, context and tools (schema in research.crews.definition)."""

    name = models.SlugField()
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="blueprints",
        help_text="Empty: the site has it, for all teams.",
    )
    title = models.CharField(max_length=80)
    description = models.CharField(max_length=300)
    definition = OrderedJSONField()
    built_in = models.BooleanField(default=False, editable=False)

    objects = BlueprintQuerySet.as_manager()

    class Meta:
        ordering = ["-built_in", "-name"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="blueprint_of_team"),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(team=None),
                name="blueprint_of_site",
                violation_error_message="The site has a blueprint of this name already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            definition = Definition.model_validate(self.definition)
            usable = (
                McpTool.objects.usable_by(self.team) if self.team else McpTool.objects.allowed()
            )
            usable.named(definition.mcp_tools)
        except (ValueError, BadInput) as error:
            raise ValidationError({"definition": str(error)}) from None
