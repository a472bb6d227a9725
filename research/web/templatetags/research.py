"""What the templates need to write figures down, and the model that the header names."""

import hashlib
from decimal import Decimal

from django import template
from django.core.cache import caches
from django.db import Error
from django.template import Context, Engine
from django.urls import reverse
from django.utils.safestring import SafeString

from research.crews.llms import catalog
from research.people.caller import Caller
from research.runs import engines
from research.runs.models import AT_WORK, Claim, Run
from research.runs.models.functions import speed_up
from research.text.money import usd
from research.text.web_address import host_of, is_web_address
from research.web.export.builds import builds
from research.web.export.formats import FORMATS, Format
from research.web.pages.lines import Line
from research.web.pages.reports import Report

LIBRARY = "/library/"
MCP = "mcp:"
MOST_COUNTED = 999

register = template.Library()


@register.simple_tag
def default_model() -> str:
    return catalog.default_model()


@register.simple_tag
def engine_trouble() -> str | None:
    """Why no topic is run until somebody mends it."""
    return engines.engine().trouble()


@register.simple_tag(takes_context=True)
def awaiting_review(context: Context) -> str:
    """How many claims need a person, `999+` where there are more; empty: none, or not known."""
    caller: Caller | None = getattr(context["request"], "caller", None)
    if caller is None or not caller.may_review:
        return ""
    try:
        claims = Claim.objects.visible_to(caller)
        number = claims.filter(awaiting=True).order_by()[: MOST_COUNTED + 1].count()
    except Error:  # a page that needs no more of the database is shown in an outage, too
        return ""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else f"{number or ''}"


@register.simple_tag(takes_context=True)
def topic_line(context: Context, line: Line, report: Report | None) -> SafeString:
    """A topic in the list of its run, with the report that the page holds already, if any.

    What stands still is written once, until its row changes: 0.3 ms of work, two hundred times
    for a page. What a crew works on shows how long it has by now.
    """
    template = Engine.get_default().get_template("research/_line.html")
    if report is not None or line.topic.status in AT_WORK:
        return template.render(context)
    shown = hashlib.blake2b(repr(line.shown).encode(), digest_size=16).hexdigest()
    written: SafeString | None = caches["lines"].get(shown)
    if written is None:
        written = template.render(context)
        caches["lines"].set(shown, written)
    return written


@register.simple_tag
def export_formats() -> list[Format]:
    """What a run can be taken away as."""
    return list(FORMATS.values())


@register.simple_tag
def exports_under_way(run: Run) -> str:
    """Where the files of a run that are being written are followed, one path behind the other."""
    return " ".join(
        reverse("follow-export", args=[run.pk, build.id]) for build in builds.of_run(str(run.pk))
    )


@register.filter
def duration(seconds: float | None) -> str:
    """`3.4 s`, `41 s`, `2 min 05 s`, `1 h 05 min`; clock.js writes the same."""
    if seconds is None:
        return "—"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


@register.filter
def thousands(number: int | None) -> str:
    """`12,345`."""
    return f"{number or 0:,}"


@register.filter
def dollars(amount: Decimal | None) -> str:
    """`$0.50`, `$0.0042`; nothing for an unknown one."""
    return "" if amount is None else usd(amount)


@register.filter
def minus(number: int, other: int) -> int:
    return number - other


@register.filter
def words(code: str) -> str:
    """`provider timeout` for `provider_timeout`."""
    return code.replace("_", " ")


@register.filter
def site(url: str) -> str:
    """Where an address leads, in a word; what cannot be read as one is not shown as one."""
    if url.startswith(MCP):
        return f"MCP server {url.removeprefix(MCP).partition('/')[0]}"
    return host_of(url) or ("library" if url.startswith(LIBRARY) or not url else "no web address")


@register.filter
def is_linkable(url: str) -> bool:
    """Whether a page may link to an address that a tool returned."""
    return url.startswith(LIBRARY) or is_web_address(url)


register.filter("speed_up", speed_up)
