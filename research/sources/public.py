"""The one guard before every fetch: only public addresses are connected to.

A page, a redirect, a search result and a name server may each name an address of this machine or of
the network it stands in. What a name resolves to is looked at, and connected to, once.
"""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from research.sources.exceptions import PageRefused

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


def check_host(url: str) -> None:
    """Raises PageRefused for an address whose host is a private IP: no resolver is asked of it."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    check_public(host, host)


def check_public(ip: str, named: str) -> None:
    """Raises PageRefused for an address of a private network, or of this machine."""
    if not is_public(ip):
        raise PageRefused(
            reason=f"{named[:200]} is a private address, and only public ones are read."
        )


def is_public(ip: str) -> bool:
    """Whether an IP address is one of the internet's, also where it carries another one."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return is_public(str(carried))
        if address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a way of connecting both worlds puts into an IPv6 one."""
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 0xFFFF):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


class PublicOnly(AbstractResolver):
    """Resolves names to public addresses; those that it returns are the ones connected to."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, family=family, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError):
            raise PageRefused(reason=f"Could not resolve the hostname {host[:200]}.") from None
        for *_, place in found:
            check_public(str(place[0]), host)
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
