"""What a result rests on, and what to do where it rests on nothing."""

from collections.abc import Mapping
from typing import NamedTuple

from research.crews.checking import NOTHING_HELD
from research.crews.llms.catalog import OFFLINE
from research.crews.llms.extracts import says_nothing
from research.runs.models import Finding, Topic
from research.sources import engines
from research.text import markdown
from research.text.markdown import Source

LABELS: dict[str, str] = {
    Finding.NOTHING_FOUND: "nothing found",
    Finding.UNCITED: "no source cited",
}


class Basis(NamedTuple):
    """What a result rests on, and how many numbers it cites of sources that were never seen."""

    finding: Finding
    unknown_citations: int


def basis_of(result: str, sources: Mapping[int, Source]) -> Basis:
    """What a crew's result rests on, of the sources that its tools have shown it."""
    found = markdown.read(result, sources)
    if not sources or says_nothing(result) or result == NOTHING_HELD:
        finding = Finding.NOTHING_FOUND
    else:
        finding = Finding.FOUND if found.cited else Finding.UNCITED
    return Basis(finding, len(found.unknown))


def label(topic: Topic) -> str:
    """What is said beside the state of a topic whose result rests on nothing; else empty."""
    return LABELS.get(topic.finding, "")


def advice(topic: Topic) -> str:
    """What to do about a result that rests on nothing; empty where it cites its sources."""
    match topic.finding:
        case Finding.UNCITED:
            return (
                "The crew saw sources, and the result cites none of them. Check it against them, "
                "or run the topic again with another model."
            )
        case Finding.NOTHING_FOUND if topic.run.model == OFFLINE:
            return (
                "The library holds nothing on this topic. Add documents on it to the library, say "
                "it in other words, or run it with a model that searches the web."
            )
        case Finding.NOTHING_FOUND if not engines.ready():
            return (
                "The crew saw no source, so the result rests on nothing. Only the library can be "
                "searched: add documents on the topic, or set SERPER_API_KEY or the key of another "
                "engine, or RESEARCH_SEARCH=duckduckgo, to search the web."
            )
        case Finding.NOTHING_FOUND:
            return (
                "The crew saw no source, so the result rests on nothing. Say the topic in other "
                "words, or add documents on it to the library."
            )
    return ""
