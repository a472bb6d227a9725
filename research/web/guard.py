"""Who may talk to the site: until accounts exist, the person at this machine and nobody else."""

import ipaddress
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from research.exceptions import Refused

OWN_PAGES = ("same-origin", "none")  # what Sec-Fetch-Site says of requests by the site or a person

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


def is_loopback(host: str) -> bool:
    """Whether an address to serve on, or that a client comes from, is this machine's own."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def may_serve_on(host: str) -> bool:
    """Whether the site may listen there: in a container's network, or with accounts, anywhere."""
    if settings.RESEARCH_ACCOUNTS:
        return is_loopback(host) or _address(host) is not None
    if settings.RESEARCH_TRUSTED_NETWORK is None:
        return is_loopback(host)
    return is_loopback(host) or _address(host) is not None


def is_trusted(client: str) -> bool:
    """Whether a client is this machine, or stands in the network that counts as this machine.

    A port that a container publishes on the host's loopback address brings its clients from the
    container network's gateway. RESEARCH_TRUSTED_NETWORK names that network; unset, none is.
    """
    address, network = _address(client), settings.RESEARCH_TRUSTED_NETWORK
    return is_loopback(client) or (
        address is not None and network is not None and address in network
    )


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


class OwnSiteOnly:
    """Refuses HTTP and WebSocket requests of other machines, other hosts and other sites.

    The Host check stops DNS rebinding; the Origin check stops other sites' pages, on WebSockets
    above all, which browsers open across sites freely. A client without an Origin is not a browser,
    or a browser that says in Sec-Fetch-Site where the request comes from.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refused is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})  # before accepting: the server answers 403
        else:
            body = json.dumps(refused.as_json()).encode()
            headers = [(b"content-type", b"application/json")]
            await send(
                {"type": "http.response.start", "status": refused.status, "headers": headers}
            )
            await send({"type": "http.response.body", "body": body})


def refusal(scope: Scope) -> Refused | None:
    """Why a request is not served, or None; looks at an ASGI scope's client, method and headers."""
    client = scope.get("client")
    if client and not settings.RESEARCH_ACCOUNTS and not is_trusted(client[0]):
        return Refused(reason="This site serves its own machine only.")
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return Refused(reason="This Host is not the site's own.")
    origin = headers.get(b"origin")
    if origin is not None and not _is_own(origin, host):
        return Refused(reason="This Origin is not the site's own.")
    fetched_from = headers.get(b"sec-fetch-site", "none")
    if fetched_from not in OWN_PAGES and not _only_reads(scope):
        return Refused(reason="This request comes from a page of another site.")
    return None


def _is_own(origin: str, host: str) -> bool:
    """Whether the site's own pages come from there: the address that browsers use, or the Host."""
    public, place = settings.RESEARCH_PUBLIC_URL, _place(origin)
    if public and place == _place(public):  # a page that came without TLS may be anybody's
        return origin.lower() == public
    return place == host.lower()


def _only_reads(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in ("GET", "HEAD", "OPTIONS")


def _place(origin: str) -> str | None:
    """Host and port of an origin; None for one that cannot be read."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
