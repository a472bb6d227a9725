"""Kept columns in the admin."""

from django.contrib import admin

from research.runs.models import ColumnTemplate


@admin.register(ColumnTemplate)
class ColumnTemplateAdmin(admin.ModelAdmin):
    """Columns that people use again; their JSON is checked when it is saved."""

    list_display = ("name", "column_names", "changed_at")
    search_fields = ("name",)

    @admin.display(description="columns")
    def column_names(self, template: ColumnTemplate) -> str:
        return ", ".join(column["name"] for column in template.columns)
