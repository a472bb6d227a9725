"""Fetching a page: from public addresses only, within one deadline that closes its sockets."""

import asyncio
import ipaddress
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from research.crews.crewai.clients import tls
from research.text.web_address import web_address

MAX_REDIRECTS = 10
REDIRECTS = {301, 302, 303, 307, 308}
READABLE = ("text/", "application/xhtml+xml", "application/xml", "application/json")
ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}
LOOK_UPS = 16  # at once; one cannot be cut short, so those of dead name servers wait here
HEADERS = {
    "Accept": "text/html,application/xhtml+xml,text/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
    "Accept-Language": "en,*;q=0.5",
    "User-Agent": "Mozilla/5.0 (compatible; Research)",
}


@dataclass
class Download:
    """A page as it comes: its body may be compressed, and is cut where it was asked to be."""

    content_type: str = ""
    encoding: str = ""
    body: bytes = b""


def download(url: str, most: int, seconds: float) -> Download:
    """The first `most` bytes of a page, or as many of them as come in time.

    Blocks, so call it in a worker thread. Raises ValueError for what is not a public address, be
    it by a redirect or by what its name resolves to, for what is not text, and if nothing comes.
    """
    _check_public("192.0.43.7", url)  # so that its imports are not made on the loop
    getting = _get(web_address(url), most, seconds)
    return asyncio.run_coroutine_threadsafe(getting, _loop.get()).result()


class _Loop:
    """An event loop in a thread of its own, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: asyncio.AbstractEventLoop | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._running is None:
                self._running = asyncio.new_event_loop()
                self._running.set_default_executor(ThreadPoolExecutor(LOOK_UPS, "look-up"))
                threading.Thread(
                    target=self._running.run_forever, name="downloads", daemon=True
                ).start()
        return self._running


_loop = _Loop()


async def _get(url: str, most: int, seconds: float) -> Download:
    page = Download()
    try:
        async with asyncio.timeout(seconds), _session() as session:
            response = await _follow(session, url)
            page.content_type, page.encoding = _described(response)
            async for part in response.content.iter_any():
                page.body += part
                if len(page.body) >= most:
                    break
    except TimeoutError:
        if not page.body:
            raise ValueError(f"The page did not come within {seconds:g} s.") from None
    except (aiohttp.ClientError, OSError) as error:
        raise ValueError(f"The page cannot be had: {str(error)[:200]}") from None
    page.body = page.body[:most]
    return page


def _session() -> aiohttp.ClientSession:
    """For one page: without cookies, proxies and connections that are kept."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=_PublicOnly(), ssl=tls(), use_dns_cache=False, force_close=True
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=HEADERS,
        auto_decompress=False,  # a few bytes may become gigabytes
        timeout=aiohttp.ClientTimeout(total=None),  # there is one for all of it
    )


async def _follow(session: aiohttp.ClientSession, url: str) -> aiohttp.ClientResponse:
    """The response at the end of the redirects."""
    for _ in range(MAX_REDIRECTS):
        host = urlsplit(url).hostname or ""
        if _is_ip(host):  # no resolver is asked about it
            _check_public(host, host)
        response = await session.get(url, allow_redirects=False)
        target = response.headers.get("Location")
        if response.status not in REDIRECTS or not target:
            return response
        response.close()
        url = web_address(urljoin(url, target))
    raise ValueError("The page redirects too often.")


def _described(response: aiohttp.ClientResponse) -> tuple[str, str]:
    """A page's content type and how it is compressed; raises ValueError for what is not read."""
    if response.status >= 400:
        raise ValueError(f"The page's server answered with status {response.status}.")
    content_type = response.headers.get("Content-Type", "text/html").lower()[:200]
    if not content_type.startswith(READABLE):
        raise ValueError(f"The page is not text but {content_type[:80]}.")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ENCODINGS:
        raise ValueError(f"The page is compressed as {encoding[:40]}, which nobody asked for.")
    return content_type, encoding


class _PublicOnly(AbstractResolver):
    """Resolves names to public addresses; those that it returns are the ones connected to."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, family=family, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError):
            raise ValueError(f"Could not resolve the hostname {host}.") from None
        for *_, place in found:
            _check_public(str(place[0]), host)
        return [
            ResolveResult(
                hostname=host,
                host=str(place[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _, protocol, _, place in found
        ]

    async def close(self) -> None:
        """Holds nothing."""


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_public(ip: str, named: str) -> None:
    """Raises ValueError for an address of a private network, or of this machine."""
    from crewai_tools.security import safe_path

    if safe_path.is_blocked_ip(ip):
        raise ValueError(f"{named[:200]} is a private address, and only public ones are read.")
