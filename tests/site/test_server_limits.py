"""The server decides on headers, keeps no more of a body than it takes, and waits for nobody."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import wait

MEGABYTE = 1024 * 1024


@contextlib.contextmanager
def connected(site: Site) -> Iterator[socket.socket]:
    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=patient(30)) as line:
        yield line


def head(site: Site, method: str = "POST", path: str = "/api/runs", **headers: str) -> bytes:
    usual = {"host": site.url.removeprefix("http://"), "content-type": "application/json"}
    named = {name.replace("_", "-"): value for name, value in (usual | headers).items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(line: socket.socket) -> bytes:
    """All that the server says until it closes; what a reset connection had said before."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while part := line.recv(65536):
            said += part
    return said


def memory(site: Site) -> int:
    """Bytes that the site's process holds."""
    status = Path(f"/proc/{site.pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


def pour(line: socket.socket, megabytes: int, chunked: bool = False) -> int:
    """Sends that much, or until the server ends the connection; how many megabytes went out."""
    block = b"x" * MEGABYTE
    if chunked:
        block = b"%x\r\n%b\r\n" % (MEGABYTE, block)
    for sent in range(megabytes):
        try:
            line.sendall(block)
        except OSError:
            return sent
    return megabytes


def test_a_foreign_page_is_refused_before_its_body(site: Site) -> None:
    before = memory(site)
    with connected(site) as line:
        line.sendall(head(site, origin="http://evil.example", content_length=str(300 * MEGABYTE)))
        assert b" 403 " in line.recv(4096)  # with not one byte of the body sent
        pour(line, 300)
    assert memory(site) - before < 40 * MEGABYTE


@pytest.mark.parametrize("origin", ["http://[::1", "http://[", "null", "http://a b", "\xe9"])
def test_an_origin_that_cannot_be_read_is_refused(site: Site, origin: str) -> None:
    with connected(site) as line:
        line.sendall(head(site, "GET", "/", origin=origin))
        assert b" 403 " in line.recv(4096)


@pytest.mark.parametrize("source", ["cross-site", "same-site"])
def test_a_request_that_another_sites_page_began_changes_nothing(site: Site, source: str) -> None:
    sent = {"topics": ["x"]}
    assert site.post("/api/runs", sent, headers={"sec-fetch-site": source}).status_code == 403
    assert site.post("/", sent, headers={"sec-fetch-site": source}).status_code == 403
    assert site.get("/", headers={"sec-fetch-site": source}).status_code == 200


def test_a_body_is_as_large_as_its_length_says_or_smaller(site: Site) -> None:
    with connected(site) as line:
        line.sendall(head(site, content_length=str(300 * MEGABYTE)))
        assert b" 413 " in line.recv(4096)


def test_a_body_in_chunks_has_the_same_limit(site: Site) -> None:
    before = memory(site)
    with connected(site) as line:
        line.sendall(head(site, transfer_encoding="chunked"))
        pour(line, 300, chunked=True)
        assert b" 413 " in answer(line)
    assert memory(site) - before < 60 * MEGABYTE


def test_what_is_small_enough_still_comes_through(site: Site) -> None:
    with connected(site) as line:
        body = b'{"topics": [], "padding": "%b"}' % (b"x" * 8 * MEGABYTE)
        line.sendall(head(site, content_length=str(len(body)), connection="close") + body)
        assert b"no_topics" in answer(line)


def test_half_requests_do_not_live_long(site: Site) -> None:
    """They end at the deadline, however the bytes trickle in; nobody else waits."""
    with contextlib.ExitStack() as lines:
        halves = [lines.enter_context(connected(site)) for _ in range(60)]
        begun = (b"", b"POST /api/runs HT", head(site)[:-2], head(site, content_length="9"))
        for number, line in enumerate(halves):
            line.sendall(begun[number % 4])
        assert site.get("/healthz").status_code == 200
        deadline = time.monotonic() + patient(60)
        for line in halves:
            line.settimeout(max(1.0, deadline - time.monotonic()))
            assert b" 200 " not in answer(line)


def test_watchers_that_never_read_hold_up_nobody(
    make_site: Callable[..., Site], provider: ScriptedProvider
) -> None:
    provider.script(answer="word " * 2000, tools=True)
    site = make_site()
    run = site.submit(*(f"topic {number}" for number in range(100)))["id"]
    site.result(run, timeout=180)
    accept = {"accept": "text/event-stream"}
    before = memory(site)
    with contextlib.ExitStack() as lines:
        for _ in range(60):
            line = lines.enter_context(connected(site))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.sendall(head(site, "GET", f"/api/runs/{run}/events", **accept))
        slowest = max(site.get("/healthz").elapsed.total_seconds() for _ in range(20))
    assert slowest < patient(5)
    assert memory(site) - before < 60 * MEGABYTE
    wait(lambda: 'research_watchers{process="web"} 0.0' in site.get("/metrics").text)


def test_a_number_of_any_length_is_only_a_number(site: Site) -> None:
    run = site.submit("one")["id"]
    site.result(run)
    for after in ("9" * 30, "9" * 4400, "0" * 4400):
        answer: Any = site.get(f"/api/runs/{run}/events", params={"after": after})
        assert answer.status_code in (200, 400), answer.text


def test_json_of_any_depth_is_an_answer(site: Site) -> None:
    for opening in ("[", '{"a":'):
        refused = site.client.post(
            "/api/runs", content=opening * 200_000, headers={"content-type": "application/json"}
        )
        assert refused.status_code == 400
        assert refused.json()["error"]["code"] == "bad_input"
