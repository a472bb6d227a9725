"""MCP servers that an administrator named, and the tools of theirs that crews may use."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from research.exceptions import ResearchError, ToolNotAllowed, UnknownTool
from research.people.models import Team
from research.runs.models.fields import OrderedJSONField
from research.sources.exceptions import EngineFailed
from research.sources.mcp.contract import Connection, Limits, Listed, Offer, RemoteTool
from research.sources.mcp.exceptions import NotSetUp, ToolChanged
from research.sources.mcp.file import NAME, server_in_file, servers_in_file
from research.text.sealed import seal, unseal
from research.text.web_address import InvalidAddress, web_address

MAX_SHOWN = 20  # names in an error


class McpServerManager(models.Manager["McpServer"]):
    def take_from_file(self) -> None:
        """Makes rows of servers that stand in the file and have none yet. Raises BadServerFile.

        A name that was given by the web as well stays as it is there.
        """
        known = set(self.values_list("name", flat=True))
        for name, connection in servers_in_file().items():
            if name not in known:
                self.create(name=name, kind=connection.kind, is_in_file=True)


class McpServer(models.Model):
    """How a server is reached, and what it bears."""

    class Kind(models.TextChoices):
        HTTP = "http", "streamable HTTP"
        SSE = "sse", "server-sent events (old)"
        STDIO = "stdio", "command"

    name = models.CharField(
        max_length=50,
        unique=True,
        help_text="Letters, digits, - and _. Blueprints name its tools mcp:NAME:TOOL.",
    )
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.HTTP)
    url = models.CharField(
        "address",
        max_length=2000,
        blank=True,
        help_text="As in https://mcp.example.org/mcp. It may be one of your own network; "
        "redirects to another place are not followed.",
    )
    sealed_headers = models.TextField(blank=True, editable=False)
    is_in_file = models.BooleanField(default=False, editable=False)
    calls_per_minute = models.PositiveIntegerField(
        default=60, validators=[MinValueValidator(1)], help_text="Of all crews together."
    )
    calls_at_once = models.PositiveSmallIntegerField(
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text="Of all crews of a process.",
    )
    asked_at = models.DateTimeField(null=True, editable=False)
    trouble = models.TextField(blank=True, editable=False)

    objects = McpServerManager()

    class Meta:
        ordering = ["name"]
        verbose_name = "MCP server"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValidationError({"name": "Use letters, digits, - and _ only."})
        if self.is_in_file:
            return
        try:
            self.url = web_address(self.url.strip())
        except InvalidAddress as error:
            raise ValidationError({"url": str(error)}) from None

    @property
    def headers(self) -> Mapping[str, str]:
        """What is sent with each request; secrets. Raises SealBroken."""
        return json.loads(unseal(self.sealed_headers)) if self.sealed_headers else {}

    @headers.setter
    def headers(self, headers: Mapping[str, str]) -> None:
        self.sealed_headers = seal(json.dumps(dict(headers))) if headers else ""

    @property
    def limits(self) -> Limits:
        return Limits(self.calls_per_minute, self.calls_at_once)

    def connection(self) -> Connection:
        """Raises SealBroken, BadServerFile and NotInFile."""
        if self.is_in_file:
            return server_in_file(self.name)
        kind: Any = self.kind
        return Connection(self.name, kind, self.url, self.headers)

    def refused(self, trouble: ResearchError) -> None:
        """Notes that it could not be asked for its tools; those that are known stay."""
        self.asked_at, self.trouble = timezone.now(), str(trouble)
        self.save(update_fields=["asked_at", "trouble"])

    def has(self, offer: Offer) -> None:
        """Notes what it has now; what is allowed and has changed waits for an administrator."""
        now = {tool.name: tool for tool in offer.tools}
        for known in self.tools.prefetch_related("teams"):
            known.is_now(now.pop(known.name, None))
        McpTool.objects.bulk_create(
            McpTool(
                server=self,
                name=tool.name,
                title=tool.title,
                description=tool.description,
                schema=dict(tool.schema),
            )
            for tool in now.values()
        )
        self.asked_at, self.trouble = timezone.now(), ""
        if names := offer.left_out:
            self.trouble = (
                f"{len(names)} of its tools cannot be used, since they are too many, or their "
                f"names or arguments too long: {', '.join(names[:MAX_SHOWN])}."
            )
        self.save(update_fields=["asked_at", "trouble"])


class McpToolQuerySet(models.QuerySet["McpTool"]):
    def usable_by(self, team: Team | int | None) -> "McpToolQuerySet":
        """Those that runs of a team may use; without accounts, those that are allowed at all."""
        if not settings.RESEARCH_ACCOUNTS:
            return self.allowed()
        return self._open_to(McpTool.teams.through.objects.filter(team=team))

    def allowed(self) -> "McpToolQuerySet":
        return self._open_to(McpTool.teams.through.objects.all())

    def _open_to(self, grants: models.QuerySet[Any]) -> "McpToolQuerySet":
        """A row for each tool without `distinct`: PostgreSQL does not compare schemas."""
        return self.filter(Q(for_all=True) | Q(pk__in=grants.values("mcptool")))

    def named(self, names: Iterable[str]) -> dict[str, list["McpTool"]]:
        """The tools behind each name, of which there is at least one.

        Raises UnknownTool and ToolNotAllowed.
        """
        found: dict[str, list[McpTool]] = {name: [] for name in names}
        if not found:
            return {}
        usable = list(self.select_related("server"))
        for name in found:
            found[name] = [tool for tool in usable if tool.is_named(name)]
            if not found[name]:
                allowed = McpTool.objects.allowed().select_related("server")
                if any(tool.is_named(name) for tool in allowed):
                    raise ToolNotAllowed(tool=name)
                known = ", ".join(tool.reference for tool in usable[:MAX_SHOWN]) or "none"
                raise UnknownTool(tool=name[:200], known=known)
        return found

    def changed(self) -> "McpToolQuerySet":
        """Those that an administrator has to look at again."""
        return self.exclude(change="")


class McpTool(models.Model):
    """A tool as it was when it was allowed, and who may use it: nobody, at first."""

    server = models.ForeignKey(McpServer, models.CASCADE, related_name="tools")
    name = models.CharField(max_length=128)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    schema = OrderedJSONField(default=dict)
    for_all = models.BooleanField("all teams", default=False)
    teams = models.ManyToManyField(Team, blank=True, related_name="mcp_tools")
    change = models.TextField(blank=True, editable=False)
    newer = OrderedJSONField(null=True, editable=False)  # what it would be, if that is allowed

    objects = McpToolQuerySet.as_manager()

    class Meta:
        ordering = ["server", "name"]
        verbose_name = "MCP tool"
        constraints = [models.UniqueConstraint(fields=["server", "name"], name="one_tool_per_name")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """As blueprints name it."""
        return f"mcp:{self.server.name}:{self.name}"

    def is_named(self, name: str) -> bool:
        """Whether a name in a blueprint means it, or all of its server's."""
        return name in (self.reference, f"mcp:{self.server.name}")

    @property
    def listed(self) -> Listed:
        return Listed(self.name, self.title, self.description, self.schema)

    def is_now(self, listed: Listed | None) -> None:
        """Notes how its server has it now. What nobody may use is taken as it comes."""
        is_allowed = self.for_all or bool(self.teams.all())
        self.change = self.listed.change_to(listed)
        self.newer = vars(listed) if listed and self.change else None
        if self.change and not is_allowed:
            self.take_newer()
        else:
            self.save(update_fields=["change", "newer"])

    def take_newer(self) -> None:
        """From now on it is what its server has now; one that is gone is deleted."""
        if self.newer is None:
            if self.change:
                self.delete()
            return
        self.title, self.description = self.newer["title"], self.newer["description"]
        self.schema, self.newer, self.change = self.newer["schema"], None, ""
        self.save(update_fields=["title", "description", "schema", "newer", "change"])

    def remote(self, connection: Connection | ResearchError) -> RemoteTool:
        """The tool as a crew calls it; what stands in the way fails each call, and no topic."""
        name = self.server.name
        trouble: EngineFailed | None = None
        if isinstance(connection, ResearchError):
            trouble = NotSetUp(f"The MCP server {name}", reason=str(connection))
            connection = Connection(name, "http")
        elif self.change:
            trouble = ToolChanged(connection.title, tool=self.name, change=self.change)
        return RemoteTool(connection, self.listed, self.server.limits, self.pk, trouble)
