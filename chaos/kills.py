"""The site is killed at random moments, with all topics in flight, and started again."""

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chaos.arena import Json, descendants, events_of, has_gaps, say, wait
from chaos.report import Row, none_of
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

LATENCY = 0.5
CALLS = 5  # of one topic, two of which use a tool
MOMENTS = (0.2, 0.9)  # the share of all calls that have been made when the kill comes
PATIENCE = 180.0  # for the topics to come to their end afterwards
TASKS = {  # of the blueprint `deep`, by how their prompts begin
    "research": "Research this topic",
    "check": "Check every note",
    "report": "Write a report",
}
VICTIMS = {
    "server": "the server",
    "worker": "its worker processes only",
    "all": "the server and its workers",
}


@dataclass
class Kills:
    """Sums over all kills of one kind.

    A call whose answer the provider had given completely, but the site had not yet stored when it
    was killed, is one that the site cannot know of: `unseen_tokens` are those of such calls, at
    most the last one of each topic. Any other difference in a topic's tokens is a wrong count.
    """

    victim: str
    kills: int = 0
    topics: int = 0
    resumed: int = 0
    """Topics that were in flight when the kill came."""
    finished: int = 0
    """Tasks whose output was stored when the kill came."""
    lost: int = 0
    """Topics without a result at the end."""
    repeated: int = 0
    """Model calls of tasks whose output had been stored."""
    cut_off: int = 0
    """Model calls of other tasks that were open at the kill, and were made once more."""
    answered: int = 0
    """Model calls of other tasks that had been answered, and were made once more: an unfinished
    task starts anew."""
    gaps: int = 0
    """Runs whose events do not count 1, 2, 3 …"""
    twice_ended: int = 0
    wrong_counts: int = 0
    """Topics whose tokens are neither the provider's nor explained by the call in flight."""
    tokens: int = 0
    unseen_tokens: int = 0
    left_behind: int = 0
    """Processes that outlived the kill by more than a few seconds."""
    slowest: float = 0.0
    """Seconds from the kill to the end of the run."""

    def rows(self) -> list[Row]:
        if not self.kills:
            return [Row(f"kill -9 of {VICTIMS[self.victim]}", "there are none")]
        what = f"{self.kills} times with {self.topics // self.kills} `deep` topics"
        figure = f"{what}, {self.resumed} topics in flight, {self.slowest:.0f} s to the end"
        unseen = f"{self.unseen_tokens:,} of {self.tokens + self.unseen_tokens:,}"
        return [
            Row(f"kill -9 of {VICTIMS[self.victim]}", figure),
            none_of("topics lost", self.lost),
            none_of(f"model calls of the {self.finished} finished tasks made again", self.repeated),
            Row("model calls made again that were open at the kill", f"{self.cut_off:,}"),
            Row("answered calls of unfinished tasks made again", f"{self.answered:,}"),
            none_of("runs whose events have a gap", self.gaps),
            none_of("topics that ended twice", self.twice_ended),
            none_of("topics with tokens counted wrong", self.wrong_counts),
            Row("tokens of answers in flight at the kill, not counted", unseen),
            none_of("processes left behind", self.left_behind),
        ]


def measure(
    site: Site,
    provider: ScriptedProvider,
    *,
    victim: str = "server",
    kills: int = 5,
    topics: int = 50,
) -> Kills:
    """Kills `victim` (VICTIMS) in the middle of that many runs, one after the other."""
    found = Kills(victim)
    if victim != "server" and not list(descendants(site.pid)):
        return found
    for number in range(kills):
        provider.reset()
        provider.script(latency=LATENCY, tools=True)
        run_id = site.submit(*(f"python {n}" for n in range(topics)), blueprint="deep")["id"]
        calls = round(random.uniform(*MOMENTS) * CALLS * topics)
        wait(lambda: provider.stats()["requests"] >= calls)  # noqa: B023 it is called here only
        time.sleep(random.uniform(0, LATENCY))
        killed, victims = time.time(), _kill(site, victim)
        if victim != "worker":
            site.start()
        _add(found, site, provider, run_id, killed)
        found.left_behind += _end(victims)
        say(f"kill {number + 1}/{kills} of {VICTIMS[victim]}: {found.slowest:.1f} s at most so far")
    return found


def _kill(site: Site, victim: str) -> list[int]:
    """Kills, and returns the processes that should be gone because of it."""
    workers = list(descendants(site.pid))
    if victim != "server":
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    if victim != "worker":
        site.kill()
    return workers


def _end(pids: list[int]) -> int:
    """How many processes are still there, which are then ended."""
    left = 0
    for pid in pids:
        with suppress(ProcessLookupError, FileNotFoundError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                os.kill(pid, signal.SIGKILL)
                left += 1
    return left


def _add(found: Kills, site: Site, provider: ScriptedProvider, run_id: str, killed: float) -> None:
    try:
        run = site.result(run_id, timeout=PATIENCE)
    except TimeoutError:
        run = site.get(f"/api/runs/{run_id}").json()
    events = events_of(site, run_id)
    calls = provider.stats()["recent"]
    found.kills += 1
    found.topics += len(run["topics"])
    found.slowest = max(found.slowest, time.time() - killed)
    found.gaps += has_gaps(events)
    for topic in run["topics"]:
        own = [event for event in events if event["topic"] == topic["position"]]
        asked = [call for call in calls if call["topic"] == topic["topic"]]
        kinds = Counter(event["kind"] for event in own)
        found.resumed += kinds["topic.resumed"]
        found.lost += not (topic["status"] == "succeeded" and topic["result"])
        found.twice_ended += kinds["topic.succeeded"] + kinds["topic.failed"] != 1
        _add_repeats(found, own, asked, killed)
        _add_tokens(found, topic["tokens"]["total"], asked, killed)


def _add_repeats(found: Kills, events: list[Json], calls: list[Json], killed: float) -> None:
    """What stands before `topic.resumed` was stored when the kill came."""
    kinds = [event["kind"] for event in events]
    before = events[: kinds.index("topic.resumed")] if "topic.resumed" in kinds else []
    stored = {event["data"]["task"] for event in before if event["kind"] == "task.finished"}
    earlier = {call["digest"]: call for call in calls if call["time"] <= killed}
    found.finished += len(stored)
    for call in calls:
        if call["time"] <= killed:
            continue
        if _task(call) in stored:
            found.repeated += 1
        elif known := earlier.get(call["digest"]):
            found.answered += known["tokens"] is not None
            found.cut_off += known["tokens"] is None


def _task(call: Json) -> str:
    return next(name for name, beginning in TASKS.items() if beginning in call["asked"])


def _add_tokens(found: Kills, counted: int, calls: list[Json], killed: float) -> None:
    given = sum(call["tokens"] or 0 for call in calls)
    last = [call["tokens"] for call in calls if call["time"] <= killed and call["tokens"]][-1:]
    found.tokens += counted
    if given != counted and [given - counted] == last:
        found.unseen_tokens += given - counted
    else:
        found.wrong_counts += given != counted
