"""The search engines: a class each, and which of them this site asks."""

from django.conf import settings

from research.sources.engines.arxiv import Arxiv
from research.sources.engines.brave import Brave
from research.sources.engines.contract import Engine, Query, Result
from research.sources.engines.duckduckgo import DuckDuckGo
from research.sources.engines.exa import Exa
from research.sources.engines.openalex import OPTIONAL_KEY, OpenAlex
from research.sources.engines.searxng import SearXNG
from research.sources.engines.serper import Serper
from research.sources.engines.tavily import Tavily
from research.sources.engines.wikipedia import Wikipedia

__all__ = [
    "ADDRESSES",
    "ENGINES",
    "KEYS",
    "NEEDED",
    "Engine",
    "Query",
    "Result",
    "named",
    "ready",
    "sealed",
]

ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (
        *(Serper(), Brave(), Tavily(), Exa(), SearXNG()),
        *(DuckDuckGo(), Wikipedia(), Arxiv(), OpenAlex()),
    )
}
"""By name, in the order of preference where none is set."""

NEEDED = [engine.key for engine in ENGINES.values() if engine.key]
"""The variables of which each brings an engine by itself."""

KEYS: tuple[str, ...] = (*(name for name in NEEDED if name.endswith("_KEY")), OPTIONAL_KEY)
ADDRESSES: tuple[str, ...] = tuple(engine.variable for engine in ENGINES.values())


def named() -> list[Engine]:
    """Those that the settings name; where they name none, those whose key is there.

    So without a key nothing on the web is asked, unless somebody has named who is to be.
    """
    if settings.RESEARCH_SEARCH:
        return [ENGINES[name] for name in settings.RESEARCH_SEARCH]
    return [engine for engine in ENGINES.values() if engine.key and engine.is_ready]


def sealed() -> list[Engine]:
    """Those whose key was typed in and cannot be read."""
    return [engine for engine in ENGINES.values() if engine.is_sealed]


def ready() -> list[Engine]:
    """Those of them that have what they need, in the order of preference."""
    return [engine for engine in named() if engine.is_ready]
