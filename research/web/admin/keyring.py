"""Who typed in, tried and deleted keys; the keys themselves are set up on their own page."""

from django.contrib import admin

from research.keyring.models import Change
from research.web.admin.shared import ReadOnly


@admin.register(Change)
class ChangeAdmin(ReadOnly):
    list_display = ("at", "service", "what", "by")
    list_filter = ("what", "service")
    search_fields = ("service", "by")
