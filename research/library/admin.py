from django.contrib import admin
from django.http import HttpRequest

from research.library.models import Document, Passage


class PassageInline(admin.TabularInline):
    """Passages follow from a document's text and are not edited by themselves."""

    model = Passage
    fields = ["index", "heading", "text"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(admin.ModelAdmin):
    list_display = ["title", "kind", "origin", "built_in", "added_at"]
    list_filter = ["built_in", "kind"]
    search_fields = ["title", "origin"]
    date_hierarchy = "added_at"
    fields = ["title", "kind", "origin", "built_in", "added_at"]
    readonly_fields = ["kind", "origin", "built_in", "added_at"]
    inlines = [PassageInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # documents come from files: the library's page and command
