"""Teams and tokens in the admin."""

from django.contrib import admin
from django.http import HttpRequest

from research.people.models import Invitation, Membership, Team, Token


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Teams with their members."""

    list_display = ("slug", "is_personal", "created_at")
    list_filter = ("is_personal",)
    search_fields = ("slug",)
    fields = ("slug", "crews_at_once", "topics_a_day", "tokens_a_month", "usd_a_month")
    inlines = (MembershipInline,)


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    """Links into teams, which managers make: who made one, and who came by it."""

    list_display = ("team", "role", "made_by", "made_at", "expires_at", "used_by", "used_at")
    list_filter = ("role",)
    search_fields = ("team__slug", "made_by", "used_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    """Tokens, which are made on a person's own page, and can be revoked here."""

    list_display = ("shown", "user", "team", "scope", "expires_at", "revoked_at", "used_at")
    list_filter = ("scope",)
    search_fields = ("user__username", "team__slug", "name")
    fields = ("user", "team", "name", "scope", "expires_at", "revoked_at", "used_at")
    readonly_fields = ("user", "team", "name", "scope", "used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
