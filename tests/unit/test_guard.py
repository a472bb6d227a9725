"""Which clients, addresses and headers count as this machine."""

import ipaddress
from typing import Any

import httpx
import pytest

from research.web.guard import OwnSiteOnly, Receive, Scope, Send, is_loopback, may_serve_on


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "", "127.0.0.1.evil"])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """A site that answers everybody."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def ask(client: str, headers: dict[str, str] | None = None) -> int:
    """The guard's answer to a client from that address."""
    transport = httpx.ASGITransport(OwnSiteOnly(hello), client=(client, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as site:
        return (await site.get("/", headers=headers)).status_code


async def test_no_network_is_trusted_unless_one_is_named() -> None:
    assert await ask("127.0.0.1") == 200
    for client in ("10.213.77.1", "192.168.1.5", "203.0.113.9", "::ffff:10.213.77.1", "fe80::1"):
        assert await ask(client) == 403


async def test_a_trusted_network_counts_as_this_machine_and_no_other(
    settings: Any,
) -> None:
    settings.RESEARCH_TRUSTED_NETWORK = ipaddress.ip_network("10.213.77.0/24")
    assert await ask("10.213.77.1") == await ask("127.0.0.1") == 200
    for client in ("10.213.78.1", "192.168.1.5", "203.0.113.9", "::ffff:203.0.113.9", "testclient"):
        assert await ask(client) == 403
    for headers in ({"host": "evil.example"}, {"host": "10.213.77.2"}, {"origin": "http://x.y"}):
        assert await ask("10.213.77.1", headers) == 403


def test_other_addresses_are_served_on_for_a_trusted_network_only(
    settings: Any,
) -> None:
    assert may_serve_on("127.0.0.1") and not may_serve_on("0.0.0.0")
    settings.RESEARCH_TRUSTED_NETWORK = ipaddress.ip_network("10.213.77.0/24")
    assert may_serve_on("127.0.0.1") and may_serve_on("0.0.0.0")
    assert not may_serve_on("example.org")
