"""MCP servers in the admin: how they are reached, and which of their tools who may use."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from research.exceptions import ResearchError
from research.runs.mcp import refresh
from research.runs.models import McpServer, McpTool
from research.web.admin.shared import pretty

MAX_HEADERS = 20


class ServerForm(forms.ModelForm):
    """Headers are secrets: written here, kept encrypted, and never shown again."""

    headers = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text="A line each, as in Authorization: Bearer … They are kept encrypted and are not "
        "shown again. Left empty, those that are there stay, unless the address is of another "
        "host.",
    )
    remove_headers = forms.BooleanField(required=False, help_text="Sends none from now on.")

    class Meta:
        model = McpServer
        fields = ("name", "kind", "url", "calls_per_minute", "calls_at_once")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:  # a command stands in the file only
            kinds = [each for each in McpServer.Kind.choices if each[0] != McpServer.Kind.STDIO]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if "url" in self.fields:
            self.fields["url"].required = True

    def clean_headers(self) -> dict[str, str]:
        headers = {}
        for line in filter(None, map(str.strip, self.cleaned_data["headers"].split("\n"))):
            name, colon, value = line.partition(":")
            name, value = name.strip(), value.strip()
            is_name = name and name.isascii() and all(c.isalnum() or c in "-_" for c in name)
            if not (colon and is_name and value.isascii() and value.isprintable() and value):
                raise ValidationError("Write each line as NAME: VALUE, in ASCII.")
            headers[name] = value
        if len(headers) > MAX_HEADERS:
            raise ValidationError(f"There can be {MAX_HEADERS} headers at most.")
        return headers

    def save(self, commit: bool = True) -> Any:
        if headers := self.cleaned_data.get("headers"):
            self.instance.headers = headers
        elif self.cleaned_data.get("remove_headers") or self._is_elsewhere():
            self.instance.headers = {}
        return super().save(commit)

    def _is_elsewhere(self) -> bool:
        """Whether another server is meant now, which is not told the secrets of the one before."""
        before, now = urlsplit(self.initial.get("url") or ""), urlsplit(self.instance.url)
        return (before.scheme, before.netloc) != (now.scheme, now.netloc)


class ToolForm(forms.ModelForm):
    take = forms.BooleanField(
        required=False, label="as it is now", help_text="Allows what it is now."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["take"].disabled = not self.instance.change
        for field in self.fields.values() if self.instance.pk else ():  # cells have no labels
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"

    def save(self, commit: bool = True) -> Any:
        tool = super().save(commit)
        if self.cleaned_data.get("take"):
            tool.take_newer()
        return tool


class ToolInline(admin.TabularInline):
    """Nobody may use a tool until somebody is named here."""

    model = McpTool
    form = ToolForm
    extra = 0
    can_delete = False
    verbose_name_plural = "Tools"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        changed = ("changed", "take") if obj and obj.tools.changed().exists() else ()
        teams = ("teams",) if settings.RESEARCH_ACCOUNTS else ()
        return ("told", "for_all", *teams, *changed)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("told", "changed")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[McpTool]:
        return super().get_queryset(request).select_related("server").prefetch_related("teams")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "teams" and field:
            field.widget = forms.SelectMultiple(attrs={"size": 4})
            field.widget.choices = field.choices  # type: ignore[attr-defined]
            field.help_text = ""
        if db_field.name == "for_all" and field and not settings.RESEARCH_ACCOUNTS:
            field.label = "allowed"
        return field

    @admin.display(description="tool")
    def told(self, tool: McpTool) -> SafeString:
        return format_html(
            "{}<details><summary>Arguments</summary>{}</details>",
            tool.description or tool.title or "It does not say what it does.",
            pretty(tool.schema),
        )

    @admin.display(description="changed")
    def changed(self, tool: McpTool) -> SafeString | str:
        if not tool.change:
            return ""
        if tool.newer is None:
            return f"It cannot be called: {tool.change}."
        return format_html(
            "It cannot be called: {}.<details><summary>Now</summary>{}</details>",
            tool.change,
            pretty(tool.newer),
        )


@admin.register(McpServer)
class McpServerAdmin(admin.ModelAdmin):
    """Those of the file are listed, too; what they are stands there."""

    form = ServerForm
    inlines = (ToolInline,)
    list_display = ("name", "kind", "place", "allowed", "to_look_at", "asked_at")
    actions = ("ask_again",)
    search_fields = ("name", "url")

    def get_queryset(self, request: HttpRequest) -> Any:
        is_allowed = Q(tools__for_all=True) | Q(tools__teams__isnull=False)
        return (
            super()
            .get_queryset(request)
            .annotate(
                tools_count=Count("tools", distinct=True),
                allowed_count=Count("tools", filter=is_allowed, distinct=True),
                changed_count=Count("tools", filter=~Q(tools__change=""), distinct=True),
            )
        )

    def get_inlines(self, request: HttpRequest, obj: McpServer | None) -> Any:
        return self.inlines if obj else ()  # a new server has not been asked yet

    def get_fieldsets(self, request: HttpRequest, obj: McpServer | None = None) -> Any:
        limits = ("Limits", {"fields": ("calls_per_minute", "calls_at_once")})
        state = ("State", {"fields": ("state",)})
        if obj is None:
            return ((None, {"fields": ("name", "kind", "url", "headers")}), limits)
        if obj.is_in_file:
            return ((None, {"fields": ("name", "kind", "place")}), limits, state)
        kept = ("kept_headers", "headers", "remove_headers")
        return ((None, {"fields": ("name", "kind", "url", *kept)}), limits, state)

    def get_readonly_fields(self, request: HttpRequest, obj: McpServer | None = None) -> Any:
        told = ("place", "kept_headers", "state")
        if obj is None:
            return told
        return (*told, "name", *(("kind",) if obj.is_in_file else ()))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        try:
            McpServer.objects.take_from_file()
        except ResearchError as error:
            self.message_user(request, str(error), messages.ERROR)
        return super().changelist_view(request, extra_context)

    def response_add(
        self, request: HttpRequest, obj: McpServer, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Its own page comes next, where its tools are allowed."""
        place = reverse("admin:research_mcpserver_change", args=[obj.pk])
        return HttpResponseRedirect(place)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Asks the server for its tools each time: what is new stands below then."""
        super().save_related(request, form, formsets, change)
        self._ask(request, form.instance)

    @admin.action(description="Ask for their tools again")
    def ask_again(self, request: HttpRequest, servers: QuerySet[McpServer]) -> None:
        for server in servers:
            self._ask(request, server)

    def _ask(self, request: HttpRequest, server: McpServer) -> None:
        has_answered = refresh(server)
        if server.trouble:
            self.message_user(request, server.trouble, messages.ERROR)
        if not has_answered:
            return
        has = server.tools.count()
        self.message_user(
            request, f"The MCP server {server} has {has} tool{'' if has == 1 else 's'}."
        )
        if changed := server.tools.changed().count():
            told = f"{changed} of them are not as they were allowed, and cannot be called."
            self.message_user(request, told, messages.WARNING)

    @admin.display(description="where")
    def place(self, server: McpServer) -> str:
        return f"in {settings.RESEARCH_MCP_FILE}" if server.is_in_file else server.url

    @admin.display(description="allowed tools")
    def allowed(self, server: Any) -> str:
        return f"{server.allowed_count} of {server.tools_count}"

    @admin.display(description="to look at")
    def to_look_at(self, server: Any) -> str:
        changed = f"{server.changed_count} changed" if server.changed_count else ""
        return "; ".join(filter(None, (server.trouble, changed))) or "—"

    @admin.display(description="headers that are sent")
    def kept_headers(self, server: McpServer) -> str:
        try:
            return ", ".join(server.headers) or "none"
        except ResearchError as error:
            return str(error)

    @admin.display(description="state")
    def state(self, server: McpServer) -> str:
        if server.trouble:
            return server.trouble
        return (
            f"Asked for its tools at {server.asked_at:%Y-%m-%d %H:%M} UTC."
            if server.asked_at
            else ""
        )
