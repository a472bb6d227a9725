"""Crews as data."""

from django.core.exceptions import ValidationError
from django.db import models

from research.crews.definition import Definition
from research.runs.models.fields import OrderedJSONField


class Blueprint(models.Model):
    """A crew as data: agents, tasks, context and tools (schema in research.crews.definition)."""

    name = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    description = models.CharField(max_length=300)
    definition = OrderedJSONField()
    built_in = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-built_in", "-name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            Definition.model_validate(self.definition)
        except ValueError as error:
            raise ValidationError({"definition": str(error)}) from None
