"""Documents that were made to stop their reader, uploaded one after another."""

import contextlib
import html
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from chaos.arena import descendants, wait
from chaos.report import Row, none_of
from tests.support.hostile import PDFS, SIZE, TEXTS
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

ENDINGS = {"markdown": ".md", "text": ".txt", "html": ".html", "rst": ".rst", "pdf": ".pdf"}
SLOWEST = 0.1  # seconds that `/healthz` may take meanwhile
IDLE = 0.5  # seconds of processor time that the site may use in the second after
REASON = re.compile(r'<p class="error" role="alert">(.*?)</p>', re.S)


@dataclass(frozen=True)
class Upload:
    """A document and what became of it; `reason` is the refusal's, empty when it was added."""

    kind: str
    name: str
    size: int
    status: int
    seconds: float
    reason: str


@dataclass(frozen=True)
class Documents:
    """All uploads, and how the site was meanwhile and afterwards."""

    uploads: list[Upload] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    """Seconds of each answer of `/healthz`, from the quickest to the slowest."""
    busy_after: float = 0.0
    """Seconds of processor time in the second after the last upload."""

    def rows(self) -> list[Row]:
        unclear = [u for u in self.uploads if u.status not in (302, 400) or self._is_mute(u)]
        return [
            *(self._of_kind(kind) for kind in dict.fromkeys(u.kind for u in self.uploads)),
            none_of("hostile documents neither added nor refused with a reason", len(unclear)),
            Row(
                "`/healthz` meanwhile",
                f"p99 {self._p99 * 1000:.0f} ms, worst {self.answers[-1] * 1000:.0f} ms",
                f"p99 ≤ {SLOWEST * 1000:.0f} ms",
                self._p99 <= patient(SLOWEST),
            ),
            Row(
                "processor time in the second after",
                f"{self.busy_after:.2f} s",
                f"≤ {IDLE} s",
                self.busy_after <= IDLE,
            ),
        ]

    @property
    def _p99(self) -> float:
        return self.answers[len(self.answers) * 99 // 100]

    @staticmethod
    def _is_mute(upload: Upload) -> bool:
        return upload.status == 400 and not upload.reason

    def _of_kind(self, kind: str) -> Row:
        of_kind = [upload for upload in self.uploads if upload.kind == kind]
        slowest = max(of_kind, key=lambda upload: upload.seconds)
        refused = [upload for upload in of_kind if upload.reason]
        last = f", such as “{refused[-1].reason}”" if refused else ""
        return Row(
            f"hostile documents: {kind}, {len(of_kind)} of at most "
            f"{max(upload.size for upload in of_kind) // 1000:,} kB",
            f"{len(of_kind) - len(refused)} read, {len(refused)} refused{last}; "
            f"slowest {slowest.seconds:.1f} s ({slowest.name})",
        )


def measure(site: Site, provider: ScriptedProvider, *, every: int = 1) -> Documents:
    """Uploads the documents, or each of that many, and asks `/healthz` all the while."""
    provider.reset()
    with _asking(site) as times:
        uploads = [_upload(site, *each) for each in list(_documents())[::every]]
    before = _processor_seconds(site.pid)
    time.sleep(1)
    return Documents(uploads, sorted(times), _processor_seconds(site.pid) - before)


def _documents() -> Iterator[tuple[str, str, bytes]]:
    for kind, texts in TEXTS.items():
        for name, make in texts.items():
            yield kind, name, make(SIZE).encode()
    for name, make_pdf in PDFS.items():
        yield "pdf", name, make_pdf()


def _upload(site: Site, kind: str, name: str, content: bytes) -> Upload:
    site.get("/library/").raise_for_status()
    token = {"csrfmiddlewaretoken": site.client.cookies["csrftoken"]}
    file = {"documents": (f"{name}{ENDINGS[kind]}", content)}
    began = time.monotonic()
    answer = site.client.post("/library/", data=token, files=file, timeout=300)
    seconds = round(time.monotonic() - began, 2)
    reason = REASON.search(answer.text)
    said = html.unescape(reason[1]).strip() if reason else ""
    return Upload(kind, name, len(content), answer.status_code, seconds, said)


@contextlib.contextmanager
def _asking(site: Site) -> Iterator[list[float]]:
    """Asks `/healthz` from a thread of its own; the seconds of each answer."""
    times: list[float] = []
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=site.url, trust_env=False, timeout=60) as client:
            while not stop.wait(0.02):
                began = time.monotonic()
                client.get("/healthz").raise_for_status()
                times.append(time.monotonic() - began)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        wait(lambda: times)
        yield times
    finally:
        stop.set()
        asking.join()


def _processor_seconds(pid: int) -> float:
    """Of a process and those that it has started; 0 without /proc."""
    ticks = 0
    for each in (pid, *descendants(pid)):
        with contextlib.suppress(OSError):
            figures = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(figures[11]) + int(figures[12])  # in user mode and in the system's
    return ticks / os.sysconf("SC_CLK_TCK")
