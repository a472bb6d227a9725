"""Topics of a higher priority start first, in any engine; runs of the same one take turns."""

from typing import Any

from tests.support.fleet import Fleet
from tests.support.provider import ScriptedProvider
from tests.support.site import Site


def order_of_starts(site: Site, provider: ScriptedProvider) -> list[str]:
    """Four runs wait for one crew: the topics in the order of their starts."""
    provider.script({"match": "at work", "latency": 1.5}, latency=0.0)
    runs = [site.submit("at work")]
    for priority in ("low", "normal", "normal", "high"):
        name = f"{priority} {len(runs)}"
        runs.append(site.submit(f"{name} a", f"{name} b", priority=priority))
    ended = [site.result(run["id"]) for run in runs]
    topics = [topic for run in ended[1:] for topic in run["topics"]]
    return [topic["topic"] for topic in sorted(topics, key=lambda topic: topic["started_at"])]


IN_ORDER = ["high 4 a", "high 4 b", "normal 2 a", "normal 3 a", "normal 2 b", "normal 3 b"]
IN_ORDER += ["low 1 a", "low 1 b"]


def test_the_site_starts_those_of_a_higher_priority_first(
    make_site: Any, provider: ScriptedProvider
) -> None:
    assert order_of_starts(make_site(RESEARCH_MAX_CREWS="1"), provider) == IN_ORDER


def test_so_does_the_fleet(make_fleet: Any, provider: ScriptedProvider) -> None:
    fleet: Fleet = make_fleet(RESEARCH_MAX_CREWS="1")
    assert order_of_starts(fleet.sites[0], provider) == IN_ORDER
