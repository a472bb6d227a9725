"""Kept columns in the admin."""

from django.contrib import admin

from research.people.models import Act
from research.runs.models import ColumnTemplate
from research.web.admin.audited import OfTeamOrSite


@admin.register(ColumnTemplate)
class ColumnTemplateAdmin(OfTeamOrSite):
    """Columns that people use again; their JSON is checked when it is saved."""

    made, changed, deleted = Act.COLUMNS_KEPT, Act.COLUMNS_KEPT, Act.COLUMNS_DELETED
    list_display = ("name", "team", "column_names", "changed_at")
    list_select_related = ("team",)
    list_filter = ("team",)
    search_fields = ("name",)

    @admin.display(description="columns")
    def column_names(self, template: ColumnTemplate) -> str:
        return ", ".join(column["name"] for column in template.columns)
