"""The targets, each with what was measured and what the peers took in the same run."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.points import PEERS, best, point
from benchmarks.processes import Json

GROWTH_MB = 5.0  # what counts as none: pages of memory come and go


@dataclass(frozen=True)
class Row:
    """One target. It is met when `ours` is not above `limit`; peers by name, in the same unit."""

    what: str
    unit: str
    ours: float
    limit: float
    peers: dict[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        return self.ours <= self.limit

    def as_json(self) -> Json:
        ratios = {name: self.ours / value for name, value in self.peers.items()}
        return {**vars(self), "met": self.met, "ratios": ratios}


def compare(results: Json) -> list[Row]:
    """A row for every target whose figures were measured."""
    scaling, probes = results["scaling"], results["probes"]
    return [*_engine(scaling), *_site(scaling), *_fleet(scaling), *_probed(probes)]


def _engine(scaling: Json) -> Iterator[Row]:
    if not (ours := point(scaling, "engine", 200)):
        return
    seconds, cpu = _peers(scaling, "seconds"), _peers(scaling, "cpu_ms")
    if "langgraph" in seconds:
        what = "200 `quick` crews, engine alone"
        yield Row(what, "s", ours["seconds"], seconds["langgraph"], seconds)
    yield Row("CPU per `quick` crew, engine alone", "ms", ours["cpu_ms"], 9, cpu)
    yield Row("building a crew", "ms", ours["build_ms"], 2, _peers(scaling, "build_ms"))


def _site(scaling: Json) -> Iterator[Row]:
    seconds = _peers(scaling, "seconds")
    if not (ours := point(scaling, "site", 200)):
        return
    what = "200 `quick` topics through the site, everything stored and pushed"
    if "noop" in seconds:
        yield Row(
            f"{what}: 1.5 times AsyncOpenAI", "s", ours["seconds"], 1.5 * seconds["noop"], seconds
        )
    if "langgraph" in seconds:
        yield Row(f"{what}: LangGraph", "s", ours["seconds"], seconds["langgraph"], seconds)
    missing = 200 - ours["most_at_once"]
    yield Row("of 200 calls, those not open at once", "calls", missing, 10)
    if many := point(scaling, "site", 1000):
        peers = _peers(scaling, "seconds", 1000)
        each_ms, limit_ms = many["seconds"], ours["seconds"] * 1000 / 200  # s per 1,000: ms per one
        yield Row("each of 1,000 topics through the site", "ms", each_ms, limit_ms, peers)


def _fleet(scaling: Json) -> Iterator[Row]:
    seconds = _peers(scaling, "seconds")
    embedded = point(scaling, "site", 200)
    if (ours := point(scaling, "fleet-2", 200)) and embedded:
        what = "200 topics through PostgreSQL, Redis and two workers: one embedded site"
        yield Row(what, "s", ours["seconds"], embedded["seconds"], seconds)


def _probed(probes: Json) -> Iterator[Row]:
    if pages := probes.get("pages"):
        for name, page in pages.items():
            what = f"the {name} page's answer while 200 crews run"
            yield Row(f"{what}, p99", "ms", page["p99"], 50)
            yield Row(f"{what}, worst", "ms", page["worst"], 150)
    if polls := probes.get("polls"):
        yield Row("`GET /api/runs/<id>` of 200 ended topics, p50", "ms", polls["run"]["p50"], 40)
        yield Row("their events, p50", "ms", polls["events"]["p50"], 60)
    if frames := probes.get("frames"):
        yield Row("from event to browser, 100 crews, p50", "ms", frames["p50"], 30)
        yield Row("from event to browser, 100 crews, p99", "ms", frames["p99"], 100)
    if memory := probes.get("memory"):
        yield Row("memory of a crew in flight", "MB", memory["per_crew"], 1)
        what = f"growth from 1,000 to {memory['topics']:,} topics"
        yield Row(what, "MB", memory["growth"], GROWTH_MB)
    if deep := probes.get("deep"):
        yield Row("`deep`: 50 topics to one alone", "x", deep["ratio"], 1.3)
    if offline := probes.get("offline"):
        yield Row("200 `offline` topics through the site", "s", offline["seconds"], 2)
    if searches := probes.get("searches"):
        what = f"a search of {searches['passages']:,} passages among 200 at once"
        yield Row(f"{what}, p50", "ms", searches["search"]["p50"], 20)
        yield Row("the loop's lag meanwhile, p99", "ms", searches["lag"]["p99"], 50)
    if start := probes.get("start"):
        yield Row("second start to the first page", "s", start["first_page"], 3)
        yield Row("from there to the first offline topic's end", "s", start["first_topic"], 3)
        yield Row("`manage.py check`", "s", start["check"], 1.5)


def _peers(scaling: Json, figure: str, topics: int = 200) -> dict[str, float]:
    found = {peer: best(scaling, peer, topics, figure) for peer in PEERS}
    return {peer: value for peer, value in found.items() if value is not None}
