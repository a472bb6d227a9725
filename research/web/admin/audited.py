"""Acts of administrators in the admin, written down beside those of managers."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from research.people.models import Act, AuditEntry


class OfTeamOrSite(admin.ModelAdmin):
    """Named rows of a team or of the site; `made`, `changed` and `deleted` are their acts."""

    made: Act
    changed: Act
    deleted: Act

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._tell(request, obj, self.changed if change else self.made)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._tell(request, obj, self.deleted)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def _tell(self, request: HttpRequest, obj: Any, act: Act) -> None:
        AuditEntry.objects.keep(obj.team, act, request.user.get_username(), name=obj.name)
