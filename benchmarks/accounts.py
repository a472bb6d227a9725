"""What accounts cost: a site that people sign in to beside one that they do not, and its watchers.

    python -m benchmarks.accounts [--repeats N] [--sockets N] [--out FILE]

First both sites run the same topics in turn, started from one database. Then one site with accounts
holds the sockets of fifty users in ten teams, whose crews are at work, while somebody visits pages.
Times of a machine that does other things as well mean little: processor time is told beside them,
and the machine's load.
"""

import argparse
import asyncio
import contextlib
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks.bench import say
from benchmarks.contenders.site import Measured
from benchmarks.processes import PROJECT
from benchmarks.stopwatch import Stopwatch, cpu_seconds, memory_mb, percentile
from tests.support.people import make_people
from tests.support.provider import ScriptedProvider
from tests.support.site import Site, asking, start_site

FILE = PROJECT / "var" / "benchmarks" / "accounts.json"
TEAMS, USERS, TOPICS = 10, 50, 200
CALL_SECONDS = 8.0  # of the provider, while sockets watch: a run lasts two calls
AT_ONCE = 50  # sockets that are being opened
VISIT_SECONDS = 0.02  # between an answer and the next visit
OPENING = ", while sockets open"
SPEED = "topics through the site"

SESSIONS = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
keys = {}
for user in User.objects.exclude(memberships=None):
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    keys[user.username] = session.session_key
print(json.dumps(keys))
"""

Json = dict[str, Any]


@contextlib.contextmanager
def sites(folder: Path, provider: ScriptedProvider, *names: str) -> Iterator[list[Site]]:
    """Running sites with accounts `off` or `on`, each with a copy of one new database."""
    first = Site(folder)
    for command in (["migrate"], ["library", "fill"]):
        first.manage(*command).check_returncode()
    started: list[Site] = []
    try:
        for name in names:
            env = asking(provider.url) | {"RESEARCH_ACCOUNTS": name}
            site = start_site(folder / f"{name}-{len(started)}", first.database, **env)
            started.append(site)
        yield started
    finally:
        for site in started:
            site.kill()


async def compare(folder: Path, provider: ScriptedProvider, repeats: int) -> Json:
    """Seconds and processor time of the same topics, without and with accounts, in turn."""
    with sites(folder, provider, "off", "on") as (off, on):
        token = make_people(on, {"acme": {"max": "member"}})["max"]
        both = {
            "off": Measured(off),
            "on": Measured(on, headers={"Authorization": f"Bearer {token}"}),
        }
        found: dict[str, list[Json]] = {name: [] for name in both}
        for measured in both.values():
            await measured.measure(10, "quick")  # which imports CrewAI
        provider.script(latency=1.0)
        for number in range(repeats):
            order = list(both.items())[:: 1 if number % 2 else -1]  # neither always goes first
            for name, measured in order:
                answer = await measured.measure(TOPICS, "quick")
                found[name].append(
                    {
                        "seconds": answer["seconds"],
                        "cpu_ms": answer["cpu_ms"],
                        "wrong": answer["wrong"],
                    }
                )
                say(f"{number + 1}/{repeats} accounts {name}: {found[name][-1]}")
    told = {
        name: {figure: median(each[figure] for each in some) for figure in some[0]}
        for name, some in found.items()
    }
    ratios = {figure: told["on"][figure] / told["off"][figure] for figure in ("seconds", "cpu_ms")}
    return {**told, "ratio": ratios, "all": found}


class Crowd:
    """Users with many sockets on one site, each on a run of one of their teams."""

    def __init__(self, site: Site, sockets: int) -> None:
        self._site = site
        self._sockets = sockets
        names = [f"user{number}" for number in range(USERS)]
        self._team_of = {name: f"team{number % TEAMS}" for number, name in enumerate(names)}
        members: dict[str, dict[str, str]] = {f"team{number}": {} for number in range(TEAMS)}
        for name, team in self._team_of.items():
            members[team][name] = "member"
        self._tokens = make_people(site, members)
        done = site.manage("shell", "-v", "0", "-c", SESSIONS)
        done.check_returncode()
        self._cookies = {
            name: {"Cookie": f"sessionid={key}"} for name, key in json.loads(done.stdout).items()
        }
        self.codes: Counter[int | None] = Counter()
        self.frames = 0

    async def watch(self) -> Json:
        """A run of every team, watched by all its members, and visited."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(self._site.url, connector=connector) as self._session:
            await self._submit(1)  # which imports CrewAI
            self._opening = asyncio.Semaphore(AT_ONCE)
            runs = await self._submit(TOPICS // TEAMS)
            cpu = self._cpu()
            began = time.perf_counter()
            opened: list[float] = []
            watching = [
                asyncio.create_task(self._follow(name, runs[self._team_of[name]], opened))
                for _, name in zip(range(self._sockets), _cycle(self._team_of), strict=False)
            ]
            visiting = asyncio.create_task(self._visit(runs, opened))
            await asyncio.gather(*watching)
            seconds = time.perf_counter() - began
            visiting.cancel()
            pages = await visiting
            used = {name: self._cpu()[name] - before for name, before in cpu.items()}
        return {
            "sockets": self._sockets,
            "seconds": seconds,
            "all_open_after": max(opened) - began,
            "closed_with": {str(code): count for code, count in self.codes.items()},
            "frames": self.frames,
            "cpu_seconds": used,
            "web_memory_mb": memory_mb(self._site.pid),
            "pages": {
                name: {"count": len(ms), "p50": percentile(ms, 50), "p99": percentile(ms, 99)}
                for name, ms in pages.items()
            },
        }

    async def _submit(self, topics: int) -> dict[str, str]:
        """A run of every team, by its slug."""
        runs = {}
        for name, team in list(self._team_of.items())[:TEAMS]:
            body = {"topics": [f"python topic {n}" for n in range(topics)], "team": team}
            headers = {"Authorization": f"Bearer {self._tokens[name]}"}
            async with self._session.post("/api/runs", json=body, headers=headers) as answer:
                answer.raise_for_status()
                runs[team] = (await answer.json())["id"]
        return runs

    async def _follow(self, name: str, run: str, opened: list[float]) -> None:
        address = f"/ws/runs/{run}/"
        async with self._opening:
            socket = await self._session.ws_connect(address, headers=self._cookies[name])
            await socket.receive()
        opened.append(time.perf_counter())
        async for _ in socket:
            self.frames += 1
        self.codes[socket.close_code] += 1

    async def _visit(self, runs: dict[str, str], opened: Sequence[float]) -> dict[str, list[float]]:
        """How long pages take, in ms, for one user after the other; apart while sockets open."""
        found: dict[str, list[float]] = {}
        with contextlib.suppress(asyncio.CancelledError):
            for name in _cycle(self._team_of):
                run = runs[self._team_of[name]]
                paths = {"form": "/", "run": f"/runs/{run}/", "history": "/runs/"}
                for kind, path in (paths | {"health": "/healthz"}).items():
                    if len(opened) < self._sockets:
                        kind += OPENING
                    with Stopwatch() as watch:
                        async with self._session.get(path, headers=self._cookies[name]) as answer:
                            await answer.read()
                            answer.raise_for_status()
                    found.setdefault(kind, []).append(watch.seconds * 1000)
                    await asyncio.sleep(VISIT_SECONDS)
        return found

    def _cpu(self) -> dict[str, float]:
        web, engine = self._site.pid, self._site.engine_pid
        return {
            "web": cpu_seconds(web) or 0.0,
            "engine": (cpu_seconds(engine) if engine else None) or 0.0,
        }


def _cycle(names: dict[str, str]) -> Iterator[str]:
    while True:
        yield from names


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.accounts", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, metavar="N")
    parser.add_argument("--sockets", type=int, default=500, metavar="N")
    parser.add_argument("--only", choices=["compare", "watch"])
    parser.add_argument("--out", type=Path, default=FILE, metavar="FILE")
    options = parser.parse_args()
    results: Json = {"cores": os.cpu_count(), "load": [os.getloadavg()[0]]}
    with ScriptedProvider() as provider:
        if options.only != "watch":
            with tempfile.TemporaryDirectory() as folder:
                results["compare"] = asyncio.run(compare(Path(folder), provider, options.repeats))
        if options.only != "compare":
            provider.script(latency=CALL_SECONDS, tools=True)
            with (
                tempfile.TemporaryDirectory() as folder,
                sites(Path(folder), provider, "on") as (site,),
            ):
                results["watch"] = asyncio.run(Crowd(site, options.sockets).watch())
    results["load"].append(os.getloadavg()[0])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n")
    _print(results)


def _print(results: Json) -> None:
    console = Console(width=None if os.isatty(1) else 120)
    before, after = results["load"]
    note = f"load average {before:.1f} before, {after:.1f} after, on {results['cores']} cores"
    if compared := results.get("compare"):
        table = Table(f"{TOPICS} {SPEED}", "off", "on", "on / off", title=note)
        for figure, told in (("seconds", "s"), ("cpu_ms", "ms of CPU a topic")):
            off, on = compared["off"][figure], compared["on"][figure]
            table.add_row(told, f"{off:.2f}", f"{on:.2f}", f"{on / off:.3f}")
        console.print(table)
    if watched := results.get("watch"):
        title = f"{watched['sockets']} sockets of {USERS} users while {TOPICS} topics run; {note}"
        table = Table("page", "visits", "p50 ms", "p99 ms", title=title)
        for name, page in watched["pages"].items():
            table.add_row(name, str(page["count"]), f"{page['p50']:.0f}", f"{page['p99']:.0f}")
        console.print(table)
        console.print({name: watched[name] for name in watched if name != "pages"})


if __name__ == "__main__":
    main()
