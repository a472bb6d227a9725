"""Every fault that the scripted provider knows: met once, and met for good."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path

from chaos.arena import KEY, Json, events_of
from chaos.report import Row, none_of
from tests.support.provider import ScriptedProvider
from tests.support.script import FAULTS
from tests.support.site import Site

MOST_REQUESTS = 6
RATE_LIMIT = "429"

Fault = tuple[str, int | None]
"""Its name, and how often it is met; None: for good."""


@dataclass(frozen=True)
class Outcome:
    """How one topic fared."""

    fault: str
    times: int | None
    """How often the fault was there; None: for good."""
    requests: int
    status: str
    kind: str
    message: str
    seconds: float

    @property
    def is_told(self) -> bool:
        """Whether it ended with a result, or with a kind and a sentence."""
        return self.status == "succeeded" or bool(self.kind and self.message.endswith((".", ")")))


@dataclass
class Faults:
    outcomes: list[Outcome] = field(default_factory=list)
    secrets: int = 0
    """Places in which the key was found: answers, events, the page, the log, the database."""

    def rows(self) -> list[Row]:
        return [
            *(_row(list(some)) for _, some in groupby(self.outcomes, lambda each: each.fault)),
            none_of("places that show the key", self.secrets),
        ]


def _row(outcomes: Sequence[Outcome]) -> Row:
    """One fault: met once, met for good, and the sentence that it ends with."""
    told = [
        f"{'once' if each.times else 'for good'}: asked {each.requests} times, "
        f"{each.kind or each.status} after {each.seconds:.1f} s"
        for each in outcomes
    ]
    sentences = dict.fromkeys(each.message for each in outcomes if each.message)
    return Row(
        f"provider: {outcomes[0].fault}",
        "; ".join(told) + "".join(f". “{sentence}”" for sentence in sentences),
        f"ends, asked ≤ {MOST_REQUESTS} times",
        all(each.is_told and each.requests <= MOST_REQUESTS for each in outcomes),
    )


def measure(
    site: Site,
    provider: ScriptedProvider,
    *,
    faults: frozenset[str] = frozenset(FAULTS),
    patience: float = 120.0,
) -> Faults:
    """A topic for each fault and number of times, all at once but for rate limits.

    A 429 holds up all calls of its model, so those are met when the others are over. The site has
    KEY as its key, and a time limit for topics that ends within `patience` seconds.
    """
    provider.reset()
    found = Faults()
    for wanted in _runs(faults):
        run_id = site.submit(*(_topic(fault, times) for fault, times in wanted))["id"]
        run = site.result(run_id, timeout=patience)
        found.outcomes += _outcomes(site, provider, wanted, run)
        found.secrets += _places_with_the_key(site, run_id)
    return found


def _runs(faults: frozenset[str]) -> Iterator[list[Fault]]:
    """What is met together."""
    wanted: list[Fault] = [(fault, times) for fault in sorted(faults) for times in (1, None)]
    yield [one for one in wanted if one[0] != RATE_LIMIT]
    yield from ([one] for one in wanted if one[0] == RATE_LIMIT)


def _outcomes(
    site: Site, provider: ScriptedProvider, wanted: list[Fault], run: Json
) -> list[Outcome]:
    asked = [call["topic"] for call in provider.stats()["recent"]]
    events = events_of(site, run["id"])
    return [
        Outcome(
            fault=fault,
            times=times,
            requests=asked.count(topic["topic"]),
            status=topic["status"],
            kind=topic["error"]["kind"] if topic["error"] else "",
            message=topic["error"]["message"] if topic["error"] else "",
            seconds=_seconds(events, topic["position"]),
        )
        for (fault, times), topic in zip(wanted, run["topics"], strict=True)
    ]


def _topic(fault: str, times: int | None) -> str:
    return f"provider [[fault={fault}]]" if times is None else f"once [[fault={fault} times=1]]"


def _seconds(events: list[Json], position: int) -> float:
    own = [event for event in events if event["topic"] == position]
    at = [datetime.fromisoformat(event["at"]) for event in own if event["kind"] != "topic.queued"]
    return (at[-1] - at[0]).total_seconds()


def _places_with_the_key(site: Site, run_id: str) -> int:
    told = [
        *(site.get(path).text for path in (f"/api/runs/{run_id}", f"/runs/{run_id}/")),
        site.get(f"/api/runs/{run_id}/events").text,
        site.log,
    ]
    kept = [site.database, Path(f"{site.database}-wal")]
    found = [KEY in text for text in told]
    found += [KEY.encode() in file.read_bytes() for file in kept if file.exists()]
    return sum(found)
