"""Blueprints in the admin: own ones are written there, starting from a copy."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest
from django.utils.safestring import SafeString

from research.people.models import Act
from research.runs.models import Blueprint, McpTool
from research.runs.submission import DEFAULT_BLUEPRINT
from research.web.admin.audited import OfTeamOrSite
from research.web.admin.shared import pretty


class IndentedJSON(json.JSONEncoder):
    """JSON for people to edit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"indent": 2}))


class DefinitionField(forms.JSONField):
    """JSON that may be nested as deeply as a person likes: too deep is an error of the form."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise ValidationError("This JSON is nested too deeply.", code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return InvalidJSONInput(data)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return super().has_changed(initial, data)
        except RecursionError:
            return True


@admin.register(Blueprint)
class BlueprintAdmin(OfTeamOrSite):
    """Own blueprints are edited here; those that come with the site are only read."""

    made, changed, deleted = Act.BLUEPRINT_MADE, Act.BLUEPRINT_CHANGED, Act.BLUEPRINT_DELETED
    list_display = ("name", "team", "title", "description", "built_in")
    list_select_related = ("team",)
    list_filter = ("built_in", "team")
    search_fields = ("name", "title", "description")
    fields = ("name", "team", "title", "description", "definition")
    readonly_fields = ("pretty_definition",)
    formfield_overrides = {
        models.JSONField: {
            "form_class": DefinitionField,
            "encoder": IndentedJSON,
            "widget": AdminTextareaWidget(attrs={"rows": 30}),
        }
    }

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "definition" and field:
            tools = McpTool.objects.allowed().select_related("server")
            names = ["search", "read", *(tool.reference for tool in tools)]
            field.help_text = f"Tools of agents: {', '.join(names)}."
        return field

    def has_change_permission(self, request: HttpRequest, obj: Blueprint | None = None) -> bool:
        return obj is None or not obj.built_in

    def has_delete_permission(self, request: HttpRequest, obj: Blueprint | None = None) -> bool:
        return obj is None or not obj.built_in

    def get_fields(self, request: HttpRequest, obj: Blueprint | None = None) -> Any:
        if obj and obj.built_in:
            return ("name", "title", "description", "pretty_definition")
        return self.fields

    @admin.display(description="definition")
    def pretty_definition(self, blueprint: Blueprint) -> SafeString:
        return pretty(blueprint.definition)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new blueprint starts as a copy of the default one, to be changed."""
        example = Blueprint.objects.usable_by(None).filter(name=DEFAULT_BLUEPRINT).first()
        return {"definition": example.definition if example else None}
