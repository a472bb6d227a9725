"""A database that takes no writes for a while: locked by another process, or on a full disk."""

import re
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from chaos.arena import Json, descendants, events_of, has_gaps, wait
from chaos.report import Row, none_of
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

TASKS = 3  # of the blueprint `deep`
SPARE = 8 * 1024 * 1024  # bytes on the small disk beyond the database
PATIENCE = 120.0
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""

Broken = Callable[[], AbstractContextManager[None]]
"""Begins the outage, and ends it on leaving."""


@dataclass
class Storage:
    """What a run lost to one outage, and what was said of it."""

    outage: str
    seconds: float
    skipped: str = ""
    """Why it was not tried."""
    topics: int = 0
    lost: int = 0
    lost_outputs: int = 0
    """Task results that were not stored exactly once."""
    lost_calls: int = 0
    """Model calls that no event reports."""
    gaps: int = 0
    lost_tokens: int = 0
    tracebacks: int = 0
    slowest_health: float = 0.0
    page: int = 0
    ready: str = ""
    submitted: str = ""
    """What the API answered to a new run meanwhile."""
    posted: str = ""
    """What the form answered."""
    logged: list[str] = field(default_factory=list)

    def rows(self) -> list[Row]:
        if self.skipped:
            return [Row(self.outage, self.skipped)]
        is_answered = self.submitted[:3] in ("202", "503") and self.posted[:3] in ("302", "503")
        return [
            Row(self.outage, f"{self.seconds:.0f} s in the middle of {self.topics} `deep` topics"),
            none_of("topics lost", self.lost),
            none_of("task outputs lost or stored twice", self.lost_outputs),
            none_of("model calls that no event reports", self.lost_calls),
            none_of("runs whose events have a gap", self.gaps),
            none_of("tokens lost", self.lost_tokens),
            none_of("tracebacks in the log", self.tracebacks),
            Row("a new run meanwhile: the API", self.submitted, "202 or 503", is_answered),
            Row("a new run meanwhile: the form", self.posted, "302 or 503", is_answered),
            Row("the run's page meanwhile", str(self.page), "200", self.page == 200),
            Row("`/healthz`, slowest answer", f"{self.slowest_health:.2f} s"),
            Row("`/readyz` says", self.ready),
            Row("the log says", " … ".join(self.logged[:2]) or "nothing"),
        ]


def measure(
    site: Site,
    provider: ScriptedProvider,
    *,
    outage: str,
    seconds: float = 20,
    topics: int = 20,
) -> Storage:
    """Has an outage (OUTAGES) of some seconds in the middle of a run, and lets it end."""
    name, prepare = OUTAGES[outage]
    with ExitStack() as stack:
        try:
            broken = stack.enter_context(prepare(site))
        except OSError as error:
            return Storage(name, seconds, skipped=f"not possible here: {error}")
        return _measure(site, provider, Storage(name, seconds, topics=topics), broken)


def _measure(site: Site, provider: ScriptedProvider, found: Storage, broken: Broken) -> Storage:
    provider.reset()
    provider.script(latency=0.5, tools=True)
    run_id = site.submit(*(f"python {n}" for n in range(found.topics)), blueprint="deep")["id"]
    wait(lambda: provider.stats()["requests"] > found.topics)
    log_before = len(site.log)
    with broken():
        submitting = threading.Thread(target=_submit, args=(site, found))
        submitting.start()
        ends = time.monotonic() + found.seconds
        while time.monotonic() < ends:
            _look(site, run_id, found)
            time.sleep(0.2)
    submitting.join()
    try:
        run = site.result(run_id, timeout=PATIENCE)
    except TimeoutError:
        run = site.get(f"/api/runs/{run_id}").json()
    _add(found, run, events_of(site, run_id), provider.stats()["recent"])
    written = site.log[log_before:]
    found.tracebacks = written.count("Traceback")
    lines = [line for line in written.splitlines() if re.search("database|disk|stored", line)]
    found.logged = [line.partition(" research")[2].partition(": ")[2] or line for line in lines]
    return found


def _look(site: Site, run_id: str, found: Storage) -> None:
    began = time.monotonic()
    site.get("/healthz").raise_for_status()
    found.slowest_health = max(found.slowest_health, time.monotonic() - began)
    found.page = max(found.page, site.get(f"/runs/{run_id}/").status_code)
    answer = site.get("/readyz")
    if not found.ready or answer.status_code != 200:
        body = answer.json()
        wrong = "; ".join(value for value in body.values() if value not in ("ok", body["status"]))
        found.ready = f"{answer.status_code} {body['status']}" + (f": {wrong}" if wrong else "")


def _submit(site: Site, found: Storage) -> None:
    """A new run through the API, and one through the form."""
    answer = site.post("/api/runs", {"topics": ["meanwhile"]})
    error = answer.json().get("error", {}) if "json" in answer.headers["content-type"] else {}
    found.submitted = f"{answer.status_code} {error.get('code', '')}".strip()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', site.get("/").text)
    form = {"topics": "meanwhile", "blueprint": "quick", "csrfmiddlewaretoken": token and token[1]}
    page = site.client.post("/", data=form, headers={"Referer": site.url + "/"})
    title = re.search(r"<h1>(.+?)</h1>", page.text)
    found.posted = f"{page.status_code} {title[1] if title else ''}".strip()


def _add(found: Storage, run: Json, events: list[Json], calls: list[Json]) -> None:
    found.gaps = has_gaps(events)
    for topic in run["topics"]:
        own = [event for event in events if event["topic"] == topic["position"]]
        asked = [call for call in calls if call["topic"] == topic["topic"]]
        kinds = Counter(event["kind"] for event in own)
        found.lost += not (topic["status"] == "succeeded" and topic["result"])
        found.lost_outputs += abs(TASKS - kinds["task.finished"])
        found.lost_calls += abs(len(asked) - kinds["llm.finished"])
        found.lost_tokens += abs(
            sum(call["tokens"] or 0 for call in asked) - topic["tokens"]["total"]
        )


# Outages -------------------------------------------------------------------------------------


@contextmanager
def _locked(site: Site) -> Iterator[Broken]:
    """Another process holds the database's write lock."""

    @contextmanager
    def broken() -> Iterator[None]:
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, site.database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as holder:
            assert holder.stdout and holder.stdin
            holder.stdout.readline()
            try:
                yield
            finally:
                holder.stdin.close()

    yield broken


@contextmanager
def _full_disk(site: Site) -> Iterator[Broken]:
    """The database lies on a small disk (tmpfs, which takes a right to mount) that is filled."""
    folder = site.database.parent
    size = site.database.stat().st_size + SPARE
    aside = folder.with_name(f"{folder.name}-aside")
    log_file, ballast = site.log_file, folder / "ballast"
    site.stop()
    shutil.copytree(folder, aside)
    try:
        with _mounted(folder, size):
            site.log_file = aside / log_file.name  # the log is on another disk
            shutil.copy(aside / site.database.name, site.database)
            site.start()

            @contextmanager
            def broken() -> Iterator[None]:
                _fill(ballast)
                try:
                    yield
                finally:
                    ballast.unlink()

            try:
                yield broken
            finally:
                site.stop()
    finally:
        site.log_file = log_file
        site.start()


@contextmanager
def _mounted(folder: Path, size: int) -> Iterator[None]:
    """A file system of some bytes over a folder; raises OSError where that is not allowed."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr.strip() or "mount refused")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(file: Path) -> None:
    """Writes until the disk takes no byte more."""
    with file.open("wb", buffering=0) as ballast:
        for piece in (1 << 20, 1 << 12):
            with suppress(OSError):
                while True:
                    ballast.write(bytes(piece))


@contextmanager
def _no_growth(site: Site) -> Iterator[Broken]:
    """No file of the site may grow any more: every write fails, as on a broken disk."""

    @contextmanager
    def broken() -> Iterator[None]:
        processes = [site.pid, *descendants(site.pid)]
        limit = site.log_file.stat().st_size + 64 * 1024
        before = resource.prlimit(site.pid, resource.RLIMIT_FSIZE)
        for pid in processes:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, before[1]))
        try:
            yield
        finally:
            for pid in processes:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, before)

    yield broken


OUTAGES = {
    "locked": ("a database that another process has locked", _locked),
    "full": ("a full disk", _full_disk),
    "io": ("a disk that refuses every write (file size limit)", _no_growth),
}
