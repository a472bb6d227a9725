"""In which order topics start that wait for one crew."""

from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import wait

IN_ORDER = ["high 4 a", "high 4 b", "normal 2 a", "normal 3 a", "normal 2 b", "normal 3 b"]
IN_ORDER += ["low 1 a", "low 1 b"]


def order_of_starts(site: Site, provider: ScriptedProvider) -> list[str]:
    """Four runs wait for one crew: the topics in the order of their starts."""
    provider.script({"match": "at work", "latency": 300.0})
    runs = [site.submit("at work")]
    wait(lambda: provider.stats()["open"] == 1)
    for priority in ("low", "normal", "normal", "high"):
        name = f"{priority} {len(runs)}"
        runs.append(site.submit(f"{name} a", f"{name} b", priority=priority))
    site.post(f"/api/runs/{runs[0]['id']}/cancel")
    ended = [site.result(run["id"]) for run in runs]
    topics = [topic for run in ended[1:] for topic in run["topics"]]
    return [topic["topic"] for topic in sorted(topics, key=lambda topic: topic["started_at"])]
