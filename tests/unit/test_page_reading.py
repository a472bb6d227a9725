"""Pages as a run's crews read them: once, by a site's rules, and where the run may look."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.conf import LazySettings

from research.crews.tools import web
from research.crews.tools.web import Web
from research.sources import fetching, pages
from research.sources import public as public_addresses
from research.sources.exceptions import AgainstRobots, NeedsSignIn, NotAllowed, PageRefused, TooOld
from research.sources.robots import Robots
from research.sources.where import Where
from tests.support import hostile
from tests.support.pages import PageServer
from tests.support.patience import patient

BEES = b"<html><body><p>Bees dance.</p></body></html>"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server that is taken for a public one, whose robots.txt nobody has read yet."""
    is_public = public_addresses.is_public
    monkeypatch.setattr(public_addresses, "is_public", lambda ip: ip[:4] == "127." or is_public(ip))
    monkeypatch.setattr(fetching, "_robots", Robots())
    server = PageServer()
    yield server
    server.stop()


async def test_crews_of_a_run_fetch_an_address_once(site: PageServer) -> None:
    url = site.page("/bees", BEES)
    read = await asyncio.gather(*(Web(run="one").read(each) for each in [url, f"{url}#a"] * 20))
    assert {page.text for page in read} == {"Bees dance."}
    assert len(site.asked) == 1
    await Web(run="two").read(url)
    assert len(site.asked) == 2


async def test_one_that_stops_waiting_leaves_the_page_to_the_others(site: PageServer) -> None:
    url = site.page("/bees", BEES)
    first, second = (asyncio.create_task(Web(run="stops").read(url)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).text == "Bees dance." and len(site.asked) == 1


async def test_a_page_that_failed_is_not_asked_for_by_every_crew(site: PageServer) -> None:
    url = site.page("/bees", b"", "image/png")
    read = (Web(run="fails").read(url) for _ in range(20))
    failed = await asyncio.gather(*read, return_exceptions=True)
    assert {str(each) for each in failed} == {"The page is not text but image/png."}
    assert len(site.asked) == 1


async def test_robots_txt_is_honoured(site: PageServer, settings: LazySettings) -> None:
    rules = b"User-agent: *\nDisallow: /*.html$\nDisallow: /private\nAllow: /private/open"
    site.page("/robots.txt", rules, "text/plain")
    for path in ("/private/x", "/a.html"):
        with pytest.raises(AgainstRobots, match="does not want programs to read"):
            await Web().read(site.page(path, BEES))
    assert (await Web().read(site.page("/private/open", BEES))).text == "Bees dance."
    assert [path for _, path in site.asked] == ["/robots.txt", "/private/open"]
    settings.RESEARCH_ROBOTS = False
    assert (await Web().read(site.page("/private/x", BEES))).text == "Bees dance."


async def test_a_redirect_does_not_lead_around_robots_txt(site: PageServer) -> None:
    site.page("/robots.txt", b"User-agent: research\nDisallow: /private", "text/plain")
    site.page("/private", BEES)
    with pytest.raises(AgainstRobots):
        await Web().read(site.page("/", b"", Location="/private"))


@pytest.mark.parametrize("status", [500, 503])
async def test_where_robots_txt_cannot_be_had_nothing_is_read(
    site: PageServer, status: int
) -> None:
    site.pages["/robots.txt"] = lambda handler: handler.send_error(status)
    with pytest.raises(AgainstRobots):
        await Web().read(site.page("/", BEES))


async def test_a_pdf_is_read_by_its_address(site: PageServer) -> None:
    pdf = hostile.pages(hostile.stream(hostile.showing(b"Bees dance in the dark of the hive.")))
    for content_type in ("application/pdf", "application/octet-stream"):
        url = site.page(f"/{len(content_type)}.pdf", pdf, content_type)
        assert "Bees dance in the dark" in (await Web().read(url)).text
    with pytest.raises(PageRefused, match="damaged or no PDF"):
        await Web().read(site.page("/no.pdf", b"%PDF-nothing", "application/pdf"))


async def test_a_pdf_that_is_too_large_is_refused(
    site: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_PDF", 1000)
    with pytest.raises(PageRefused, match="PDF is larger"):
        await Web().read(site.page("/", b"%PDF-1.7" + b"x" * 2000, "application/pdf"))


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A gigabyte and more, for as long as somebody listens."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(10**9))
    handler.end_headers()
    handler.wfile.write(b"<p>")
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"Bees dance. " * 10_000)


def around(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", f"{handler.path}x")
    handler.end_headers()


async def test_a_gigabyte_is_not_taken(site: PageServer) -> None:
    site.pages["/"] = endless
    began = time.monotonic()
    text = (await Web().read(f"http://127.0.0.1:{site.port}/")).text
    assert text.startswith("Bees dance.") and "Cut here" in text
    assert time.monotonic() - began < patient(20)


async def test_endless_redirects_end(site: PageServer) -> None:
    for length in range(30):
        site.pages["/" + "x" * length] = around
    with pytest.raises(PageRefused, match="redirects too often"):
        await Web().read(f"http://127.0.0.1:{site.port}/")
    assert len(site.asked) == fetching.MAX_REDIRECTS


def asks_to_sign_in(site: PageServer) -> str:
    site.page("/login", b"<form><input type=password></form>")
    return site.page("/inside", b"", Location="/login")


def answers_401(site: PageServer) -> str:
    site.pages["/inside"] = lambda handler: handler.send_error(401)
    return f"http://127.0.0.1:{site.port}/inside"


@pytest.mark.parametrize("closed", [asks_to_sign_in, answers_401])
async def test_a_page_behind_a_login_says_so(
    site: PageServer, closed: Callable[[PageServer], str]
) -> None:
    with pytest.raises(NeedsSignIn, match="only shown to people who sign in"):
        await Web().read(closed(site))


async def test_a_page_told_in_the_wrong_encoding_does_not_fail(site: PageServer) -> None:
    url = site.page("/", "<p>Grüße aus Köln".encode("cp1252"), "text/html; charset=utf-8")
    assert "aus K" in (await Web().read(url)).text


async def test_a_run_reads_its_own_sites_only(site: PageServer) -> None:
    url = site.page("/bees", BEES)
    for where in (Where(sites=("example.org",)), Where(not_sites=("127.0.0.1",))):
        with pytest.raises(NotAllowed, match=r"127\.0\.0\.1 is not a place where this run may"):
            await Web(where).read(url)
    assert site.asked == []


async def test_a_redirect_does_not_lead_out_of_a_runs_sites(site: PageServer) -> None:
    away = f"http://127.0.0.2:{site.port}/bees"
    with pytest.raises(NotAllowed, match=r"127\.0\.0\.2"):
        await Web(Where(not_sites=("127.0.0.2",))).read(site.page("/", b"", Location=away))


async def test_a_page_that_is_too_old_is_not_read(site: PageServer) -> None:
    old = "<meta property='article:published_time' content='2020-01-31T08:00:00Z'>"
    url = site.page("/old", f"<html><head>{old}</head><body><p>Bees.</p></body></html>".encode())
    with pytest.raises(TooOld, match="of 2020-01-31, and this run asks for nothing before 2025"):
        await Web(Where.parse(since="2025-01-01")).read(url)
    assert (await Web(Where.parse(since="2019-01-01")).read(url)).published == "2020-01-31"


async def test_one_host_is_not_asked_by_all_crews_at_once(
    site: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 2)
    monkeypatch.setattr(web, "pages", pages.Pages())
    together, at_once, most = threading.Barrier(2, timeout=patient(20)), [0], [0]

    def two_by_two(handler: BaseHTTPRequestHandler) -> None:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        together.wait()
        at_once[0] -= 1
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(BEES)

    site.pages |= {f"/{number}": two_by_two for number in range(12)}
    urls = [f"http://127.0.0.1:{site.port}/{number}" for number in range(12)]
    await asyncio.gather(*(Web().read(url) for url in urls))
    assert len(site.asked) == 12 and most == [2]


@pytest.mark.parametrize(
    "ip",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
     "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1",
     "ff02::1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
     "2001:db8::1", "not an ip", "fe80::1%eth0"],
)  # fmt: skip
def test_what_is_not_the_internet_is_not_public(ip: str) -> None:
    assert not public_addresses.is_public(ip)


@pytest.mark.parametrize("ip", ["93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_the_internet_is_public(ip: str) -> None:
    assert public_addresses.is_public(ip)
