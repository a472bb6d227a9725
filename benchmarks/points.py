"""Reading the times that were measured. Standard library only: the plot needs it too."""

from typing import Any

PEERS = {
    "noop": ("plain-noop", "plain-noop-streamed"),
    "plain": ("plain", "plain-streamed"),
    "langgraph": ("langgraph", "langgraph-streamed"),
    "crewai": ("crewai-kickoff-async", "crewai-akickoff"),
}
"""What we compare with, each in two ways, of which the better one counts."""


def point(scaling: dict[str, Any], name: str, topics: int) -> dict[str, Any] | None:
    """A contender's point at that many topics, if it was measured."""
    points = scaling.get(name, {}).get("points", [])
    return next((each for each in points if each["topics"] == topics), None)


def best(scaling: dict[str, Any], peer: str, topics: int, figure: str = "seconds") -> float | None:
    """A peer's lowest figure at that many topics, of its two ways."""
    points = [point(scaling, name, topics) or {} for name in PEERS[peer]]
    return min((each[figure] for each in points if figure in each), default=None)
