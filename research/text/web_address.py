"""Addresses that a search or a page names, taken apart once where they come in, or refused."""

import ipaddress
import re
from typing import TypeGuard
from urllib.parse import SplitResult, urlsplit

import idna

MAX_ADDRESS = 2000  # characters
MAX_HOST = 253

_PLACE = re.compile(r"(?P<host>\[[^\[\]]*\]|[^\[\]:@]*)(?::(?P<port>[0-9]*))?")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")


class InvalidAddress(ValueError):
    """An address that leads nowhere, or where it does not seem to lead."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid address: {reason}.")


def web_address(text: str) -> str:
    """The address in its usual form, its host in ASCII; raises InvalidAddress.

    Only `http` and `https`, without a user's name and password.
    """
    if len(text) > MAX_ADDRESS:
        raise InvalidAddress(f"it is longer than {MAX_ADDRESS} characters")
    if not text.isprintable() or " " in text or "\\" in text:
        raise InvalidAddress("it holds a character that addresses do not have")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise InvalidAddress(str(error)) from None
    if parts.scheme not in ("http", "https"):
        raise InvalidAddress("only http and https are allowed")
    if "@" in parts.netloc:
        raise InvalidAddress("it names a user")
    address = parts._replace(netloc=_place(parts)).geturl()
    if len(address) > MAX_ADDRESS:
        raise InvalidAddress(f"it is longer than {MAX_ADDRESS} characters")
    return address


def is_web_address(text: object) -> TypeGuard[str]:
    try:
        return isinstance(text, str) and bool(web_address(text))
    except InvalidAddress:
        return False


def host_of(address: str) -> str:
    """Where an address leads, in a word; empty if it is none of the web's."""
    try:
        return urlsplit(web_address(address)).hostname or ""
    except InvalidAddress:
        return ""


def _place(parts: SplitResult) -> str:
    """Host and port."""
    match = _PLACE.fullmatch(parts.netloc)
    if not match or not match["host"]:
        raise InvalidAddress("it has no hostname")
    port = int(match["port"][:6]) if match["port"] else None
    if port is not None and not 0 < port < 2**16:
        raise InvalidAddress("its port is not a number from 1 to 65535")
    host = _host(match["host"])
    return host if port is None else f"{host}:{port}"


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1])}]"
        except ValueError:
            raise InvalidAddress("its hostname is not an IPv6 address") from None
    if not host.isascii():
        try:
            host = idna.encode(host[: MAX_HOST + 1], uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            raise InvalidAddress("its hostname is not a domain name") from None
    host = host.lower()
    if len(host) > MAX_HOST or not _NAME.fullmatch(host):
        raise InvalidAddress("its hostname is not a domain name")
    if _NUMBER.search(host) and not _IPV4.fullmatch(host):  # `0x7f000001` is 127.0.0.1 to some
        raise InvalidAddress("its hostname is a number, which may hide a private address")
    return host
