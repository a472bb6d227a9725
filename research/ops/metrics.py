"""The site's numbers for Prometheus: every metric is named here, and most are counted from events.

Each process counts its own. `/metrics` shows the site's and, labelled apart, those of the engine's
process, which is asked for them: the numbers of a dead process are gone with it. A worker, and a
web process too if it is told to, has an address of its own for them. Label values come from short
lists or are cut off, whatever a person or a model writes.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error, connections
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from research.kinds import CALL_ENDINGS, CLAIMS, ENDINGS, TOOL_ENDINGS

CountTopics = Callable[[], Mapping[str, int]]
"""Status → how many topics have it."""

CONTENT_TYPE = CONTENT_TYPE_LATEST
OTHER = "other"
TOOLS = frozenset({"search_library", "search_web", "read_source"})  # a model may make up any name
MCP = "mcp"  # all tools of MCP servers, by the beginning of their names
MOST_MODELS = 50  # and a person any model; further ones are counted together
LAG_SECONDS = 0.5  # between looks at how late a loop is

SHORT = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LONG = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)

disable_created_metrics()  # type: ignore[no-untyped-call]  # Prometheus has its own idea of when a counter began

QUEUE_WAIT = Histogram(
    "research_queue_wait_seconds", "From submitting or retrying a topic to its start", buckets=LONG
)
TOPIC_SECONDS = Histogram(
    "research_topic_seconds",
    "How long the crew that ended a topic worked on it",
    ["status"],
    buckets=LONG,
)
MODEL_CALLS = Counter("research_model_calls", "Model calls that ended", ["model", "outcome"])
MODEL_CALL_SECONDS = Histogram(
    "research_model_call_seconds", "How long model calls took", ["model"], buckets=LONG
)
TOKENS = Counter("research_tokens", "Tokens that models used", ["model", "kind"])
TOOL_CALLS = Counter("research_tool_calls", "Tool calls that ended", ["tool", "outcome"])
ERRORS = Counter("research_errors", "Topics that failed, by what stopped them", ["kind"])
STORED = Counter("research_events_stored", "Events that were stored")
PUSHED = Counter("research_events_pushed", "Events that were sent to watchers")
WATCHERS = Gauge("research_watchers", "Those who follow a run now")
CREWS = Gauge("research_crews", "Crews at work now")
LAG = Histogram(
    "research_event_loop_lag_seconds",
    "How late an event loop takes a call that is due",
    ["loop"],
    buckets=SHORT,
)

_models: set[str] = set()


class Told(Protocol):
    """What is counted of an event."""

    kind: str
    data: dict[str, Any]


def _tool(name: str) -> str:
    """What calls of a tool are counted under."""
    if name.startswith(f"{MCP}_"):
        return MCP
    return name if name in TOOLS else OTHER


def observe(events: Sequence[Told]) -> None:
    """Counts what stored events tell."""
    STORED.inc(len(events))
    for event in events:
        kind, data = event.kind, event.data
        outcome = kind.rpartition(".")[2]
        if kind in CALL_ENDINGS:
            model = _bounded(data.get("model"))
            MODEL_CALLS.labels(model, _SUCCEEDED.get(outcome, outcome)).inc()
            MODEL_CALL_SECONDS.labels(model).observe(data.get("seconds") or 0.0)
            for name, count in data.get("tokens", {}).items():
                TOKENS.labels(model, name).inc(count)
        elif kind in TOOL_ENDINGS:
            TOOL_CALLS.labels(_tool(data["tool"]), _SUCCEEDED.get(outcome, outcome)).inc()
        elif kind in CLAIMS and "waited" in data:
            QUEUE_WAIT.observe(data["waited"])
        elif kind in ENDINGS:
            if "seconds" in data:  # a crew has worked on it, in this process
                TOPIC_SECONDS.labels(outcome).observe(data["seconds"])
            if "error" in data:
                ERRORS.labels(data["error"]["kind"]).inc()


_SUCCEEDED = {"finished": "succeeded"}  # how a call's end is told, and how it is counted


def _bounded(model: str | None) -> str:
    """A model's name as a label; OTHER once there have been too many."""
    if model in _models:
        return model
    if model is None or len(_models) >= MOST_MODELS:
        return OTHER
    _models.add(model)
    return model


def measure_lag(loop: asyncio.AbstractEventLoop, name: Literal["web", "crews", "jobs"]) -> None:
    """Measures from now on how late an event loop is, for as long as it runs."""
    late = LAG.labels(name)

    def wait() -> None:
        due = loop.time() + LAG_SECONDS
        loop.call_at(due, look, due)

    def look(due: float) -> None:
        late.observe(max(0.0, loop.time() - due))
        wait()

    wait()


def own() -> str:
    """This process's numbers in Prometheus' text format."""
    return generate_latest(REGISTRY).decode()


class Shown(Collector):
    """This process's numbers and the engine's, if it tells any, with a label `process`.

    `engine` asks the engine's process for its `own`. With `count_topics` the database's count of
    topics is there too, unless the database is away.
    """

    def __init__(
        self,
        process: str,
        engine: Callable[[], str] | None = None,
        count_topics: CountTopics | None = None,
    ) -> None:
        self._process, self._engine, self._count_topics = process, engine, count_topics

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        engine = self._engine() if self._engine else ""
        for process, text in ((self._process, own()), ("engine", engine)):
            for family in text_string_to_metric_families(text):
                shown = families.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    shown.add_sample(
                        sample.name, {**sample.labels, "process": process}, sample.value
                    )
        yield from families.values()
        if self._count_topics:
            yield from _topics(self._count_topics)


def page(shown: Shown) -> bytes:
    """What `/metrics` answers."""
    return generate_latest(shown)


def serve(shown: Shown) -> None:
    """Answers on RESEARCH_METRICS_PORT, if it is set, in a thread of its own; asks for no token.

    Raises CommandError.
    """
    port, host = settings.RESEARCH_METRICS_PORT, settings.RESEARCH_METRICS_HOST
    if port is None:
        return
    try:
        start_http_server(port, host, _OfOwnThread(shown))
    except (OSError, UnicodeError) as error:  # the latter for what no host is named
        reason = getattr(error, "strerror", None) or error
        raise CommandError(
            f"The metrics cannot be shown on RESEARCH_METRICS_HOST {host}, port {port} ({reason}). "
            "Each process of a machine needs a RESEARCH_METRICS_PORT of its own.",
            returncode=2,
        ) from None


class _OfOwnThread(Collector):
    """The numbers for a thread that lives for one answer, and takes its connection with it."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown

    def collect(self) -> Iterable[Metric]:
        try:
            yield from self._shown.collect()
        finally:
            connections.close_all()


def _topics(count_topics: CountTopics) -> Iterator[Metric]:
    try:
        counts = count_topics()
    except Error:  # /readyz reports it
        return
    family = GaugeMetricFamily("research_topics", "Topics in the database", labels=["status"])
    for status, count in counts.items():
        family.add_metric([status], count)
    yield family
