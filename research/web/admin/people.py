"""Teams and tokens in the admin."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from research.people.models import (
    QUOTAS,
    Act,
    AuditEntry,
    Invitation,
    Limits,
    Membership,
    Role,
    Team,
    Token,
)
from research.web.admin.shared import ReadOnly


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Teams with their members."""

    list_display = ("slug", "is_personal", "created_at")
    list_filter = ("is_personal",)
    search_fields = ("slug",)
    fields = ("slug", *QUOTAS)
    inlines = (MembershipInline,)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        by = request.user.get_username()
        before = Team.objects.get(pk=obj.pk).most if change else Limits()
        super().save_model(request, obj, form, change)
        if not change:
            AuditEntry.objects.keep(obj, Act.TEAM_MADE, by)
        obj.tell_of_quotas(before, obj.most, by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The members, each change of which is written down."""
        team, by = form.instance, request.user.get_username()
        members = Membership.objects.select_related("user").filter(team=team)
        before = {member.user: Role(member.role) for member in members}
        super().save_formset(request, form, formset, change)
        after = {member.user: Role(member.role) for member in members.all()}
        for user in before | after:
            team.tell_of(user, before.get(user), after.get(user), by)

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        AuditEntry.objects.keep(obj, Act.TEAM_DELETED, request.user.get_username())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for team in queryset:
            self.delete_model(request, team)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    """Who did what to which team; of runs, their events tell."""

    list_display = ("at", "by", "words", "team_name")
    list_filter = ("kind",)
    search_fields = ("by", "team_name")
    date_hierarchy = "at"


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

    def delete_model(self, request: HttpRequest, obj: Invitation) -> None:
        obj.withdraw(request.user.get_username())

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for invitation in queryset:
            self.delete_model(request, invitation)


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    """Tokens, which are made on a person's own page, and can be revoked here."""

    list_display = ("shown", "user", "team", "scope", "expires_at", "revoked_at", "used_at")
    list_filter = ("scope",)
    search_fields = ("user__username", "team__slug", "name")
    fields = ("user", "team", "name", "scope", "expires_at", "revoked_at", "used_at")
    readonly_fields = ("user", "team", "name", "scope", "used_at")

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        was_revoked = Token.objects.get(pk=obj.pk).revoked_at is not None
        super().save_model(request, obj, form, change)
        if obj.revoked_at and not was_revoked:
            obj.tell_of(Act.TOKEN_REVOKED, request.user.get_username())

    def delete_model(self, request: HttpRequest, obj: Token) -> None:
        obj.tell_of(Act.TOKEN_REVOKED, request.user.get_username())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for token in queryset:
            self.delete_model(request, token)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
