"""Plans with providers in the admin."""

from django.contrib import admin

from research.runs.models import Plan


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):
    """Limits and prices, which a person knows better than any list."""

    list_display = (
        "name",
        "requests_per_minute",
        "tokens_per_minute",
        "prompt_price",
        "completion_price",
    )
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name",)}),
        ("Limits", {"fields": ("requests_per_minute", "tokens_per_minute")}),
        ("Price", {"fields": ("prompt_price", "completion_price")}),
    )
