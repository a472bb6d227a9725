"""Who may talk to the site: until accounts exist, the person at this machine and nobody else."""

import ipaddress
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from research.exceptions import Refused

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


def is_loopback(host: str) -> bool:
    """Whether an address to serve on, or that a client comes from, is this machine's own."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def may_serve_on(host: str) -> bool:
    """Whether the site may listen there: in a container's network, on every address of its own."""
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
    above all, which browsers open across sites freely. A client without an Origin is not a browser.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = _refusal(scope) if scope["type"] in ("http", "websocket") else None
        if reason is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})  # before accepting: the server answers 403
        else:
            body = json.dumps(Refused(reason=reason).as_json()).encode()
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": body})


def _refusal(scope: Scope) -> str | None:
    """Why a request is not served, or None."""
    client = scope.get("client")
    if client and not is_trusted(client[0]):
        return "This site serves its own machine only."
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return "This Host is not the site's own. Set ALLOWED_HOSTS to serve it."
    origin = headers.get(b"origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return "This Origin is not the site's own."
    return None
