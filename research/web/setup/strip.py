"""What the site works with, and how to give it more: the strip above the form."""

from dataclasses import dataclass

from django.db.models import Count, Q

from research.crews.llms import catalog
from research.exceptions import MissingKey
from research.keyring.exceptions import KeySealed
from research.keyring.reading import refresh
from research.library.models import Document
from research.people.caller import Caller
from research.sources import engines

EXAMPLES = (  # of what the library that comes with the site knows
    "context managers",
    "regular expressions",
    "how the garbage collector finds cycles",
)


@dataclass(frozen=True)
class Part:
    """A thing that crews work with: what there is of it, and how to set up more."""

    name: str
    is_set_up: bool
    state: str
    effect: str
    """What it means for results."""
    line: str = ""
    """For `.env`; empty where nothing needs to be written there."""


def parts(caller: Caller) -> list[Part]:
    """The model, the web search and the library as they are now; two queries."""
    refresh()
    return [_model(), _web_search(), _library(caller)]


def _model() -> Part:
    name, line = catalog.default_model(), "OPENAI_API_KEY=sk-…"
    if sealed := [provider.title for provider in catalog.PROVIDERS if provider.is_sealed]:
        return Part("Model", False, name, str(KeySealed(title=" and ".join(sealed))), line)
    try:
        catalog.resolve(None)
    except MissingKey as error:
        return Part("Model", False, name, f"It lacks {error.variable}.", f"{error.variable}=…")
    if name == catalog.OFFLINE:
        effect = "It quotes sentences of the library and writes none of its own."
        return Part("Model", False, name, effect, line)
    return Part(
        "Model", True, name, "Any other can be named in the form.", f"RESEARCH_MODEL={name}"
    )


def _web_search() -> Part:
    line = "SERPER_API_KEY=…"
    lacking = [f"{each.title} lacks {each.key}." for each in engines.named() if not each.is_ready]
    lacking += [str(KeySealed(title=each.title)) for each in engines.sealed()]
    if titles := [engine.title for engine in engines.ready()]:
        effect = " ".join(["For every model but offline.", *lacking])
        return Part("Web search", True, ", ".join(titles), effect, line)
    effect = " ".join([*lacking, "Crews search the library only."])
    return Part("Web search", False, "none", effect, line)


def _library(caller: Caller) -> Part:
    """The documents that the caller's crews find."""
    seen, own = Document.objects.visible_to(caller), Q(built_in=False)
    counts = seen.aggregate(total=Count("pk"), yours=Count("pk", filter=own))
    total, yours = counts["total"], counts["yours"]
    counted = f"{total:,} document{'' if total == 1 else 's'}"
    if yours:
        return Part(
            "Library", True, counted, f"{yours:,} of them {'is' if yours == 1 else 'are'} yours."
        )
    return Part("Library", False, counted, "The documentation of Python; none is yours yet.")
