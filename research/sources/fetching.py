"""Fetching a page: from public addresses only, within one deadline that closes its sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp
from django.conf import settings

from research.ops.tls import tls
from research.sources.exceptions import AgainstRobots, NeedsSignIn, PageRefused
from research.sources.public import PublicOnly, check_host
from research.sources.robots import MAX_BYTES, Robots
from research.text.web_address import web_address

MAX_PAGE = 2 * 1024 * 1024  # bytes; what a longer page holds beyond them is not read
MAX_PDF = 10 * 1024 * 1024  # bytes; half a PDF cannot be read
MAX_REDIRECTS = 10
ROBOTS_SECONDS = 5.0
REDIRECTS = {301, 302, 303, 307, 308}
READABLE = ("text/", "application/xhtml+xml", "application/xml", "application/json")
PDF = "application/pdf"
UNTOLD = ("application/octet-stream", "binary/octet-stream")
ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}
HEADERS = {
    "Accept": "text/html,application/xhtml+xml,text/*;q=0.8,application/pdf;q=0.7",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "Mozilla/5.0 (compatible; Research/1.0)",
}

Allowed = Callable[[str], None]
"""Raises PageRefused for an address that is not to be read."""

Before = Callable[[str], Awaitable[None]]

_robots = Robots()


@dataclass
class Download:
    """A page as it comes: its body may be compressed, and is cut where that is long enough."""

    url: str = ""
    """Where it was found, at the end of the redirects."""
    content_type: str = ""
    encoding: str = ""
    body: bytes = b""

    @property
    def is_pdf(self) -> bool:
        return self.content_type.startswith(PDF)


async def download(
    url: str, seconds: float, allowed: Allowed = lambda url: None, language: str = ""
) -> Download:
    """The first MAX_PAGE bytes of a page, or as many of them as come in time; a PDF as a whole.

    Raises PageRefused for what is not a public address, be it by a redirect or by what its name
    resolves to, for what is not `allowed`, for what cannot be read, and if nothing comes.
    """
    page = Download()
    try:
        async with (
            asyncio.timeout(seconds),
            _session(language) as session,
            _followed(session, web_address(url), _before(allowed)) as response,
        ):
            page.url = str(response.url)
            page.content_type, page.encoding = _described(response)
            most = MAX_PDF + 1 if page.is_pdf else MAX_PAGE
            async for part in response.content.iter_any():
                page.body += part
                if len(page.body) >= most:
                    break
    except TimeoutError:
        if not page.body or page.is_pdf:
            raise PageRefused(reason=f"The page did not come within {seconds:g} s.") from None
    except (aiohttp.ClientError, OSError) as error:
        raise PageRefused(reason=f"The page cannot be had: {str(error)[:200]}") from None
    except ValueError as error:  # an address that leads nowhere
        raise error if isinstance(error, PageRefused) else PageRefused(reason=str(error)) from None
    if page.is_pdf and len(page.body) > MAX_PDF:
        raise PageRefused(reason=f"The PDF is larger than {MAX_PDF // 1024**2} MB.")
    page.body = page.body[: MAX_PDF if page.is_pdf else MAX_PAGE]
    return page


def _before(allowed: Allowed) -> Before:
    """What is looked at before each request for a page."""

    async def check(url: str) -> None:
        check_host(url)
        allowed(url)
        if settings.RESEARCH_ROBOTS and not await _robots.allows(url, _get_robots):
            raise AgainstRobots(host=urlsplit(url).hostname)

    return check


async def _get_robots(url: str) -> tuple[int, bytes]:
    async def check(url: str) -> None:
        check_host(url)

    async with asyncio.timeout(ROBOTS_SECONDS), _session("") as session:
        session.headers["Accept-Encoding"] = "identity"
        async with _followed(session, url, check) as response:
            return response.status, await response.content.read(MAX_BYTES)


def _session(language: str) -> aiohttp.ClientSession:
    """For one page: without cookies, proxies and connections that are kept."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=PublicOnly(), ssl=tls(), use_dns_cache=False, force_close=True
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={**HEADERS, "Accept-Language": f"{language or 'en'},*;q=0.5"},
        auto_decompress=False,  # a few bytes may become gigabytes
        timeout=aiohttp.ClientTimeout(total=None),  # there is one for all of it
    )


@asynccontextmanager
async def _followed(
    session: aiohttp.ClientSession, url: str, before: Before
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The response at the end of the redirects, each of which might lead anywhere."""
    for _ in range(MAX_REDIRECTS):
        await before(url)
        response = await session.get(url, allow_redirects=False)
        target = response.headers.get("Location")
        if response.status not in REDIRECTS or not target:
            async with response:
                yield response
            return
        response.close()
        url = web_address(urljoin(url, target))
    raise PageRefused(reason="The page redirects too often.")


def _described(response: aiohttp.ClientResponse) -> tuple[str, str]:
    """A page's content type and how it is compressed; raises PageRefused for what is not read."""
    if response.status in (401, 407):
        raise NeedsSignIn(status=response.status)
    if response.status >= 400:
        raise PageRefused(reason=f"The page's server answered with status {response.status}.")
    content_type = response.headers.get("Content-Type", "text/html").lower()[:200]
    if content_type.startswith(UNTOLD) and response.url.path.lower().endswith(".pdf"):
        content_type = PDF
    if not content_type.startswith((*READABLE, PDF)):
        raise PageRefused(reason=f"The page is not text but {content_type[:80]}.")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ENCODINGS:
        reason = f"The page is compressed as {encoding[:40]}, which nobody asked for."
        raise PageRefused(reason=reason)
    return content_type, encoding
