"""The variables that other people's libraries read: keys, addresses, proxies, certificates.

A library meets a bad one in the middle of a crew's work, and says little about it. So they are
looked at here, at the start: each raises ImproperlyConfigured with one line that names it. None is
repeated in a message, since an address may hold a password.
"""

import ipaddress
import os
import ssl
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from research.crews.llms import catalog
from research.exceptions import BadInput, MissingKey
from research.keyring.flaws import address_flaw, key_flaw
from research.sources import engines

KEYS: tuple[str, ...] = (*catalog.KEYS, *engines.KEYS)
ADDRESSES: tuple[str, ...] = (*catalog.ADDRESSES, *engines.ADDRESSES)
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
NO_PROXY = ("no_proxy", "NO_PROXY")  # the first that is set counts, for all libraries
CERTIFICATES = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
)
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


def check() -> None:
    """Trims what is set, in the environment itself, and refuses what cannot be used."""
    for name in {*KEYS, *ADDRESSES, *PROXIES, *CERTIFICATES} & os.environ.keys():
        os.environ[name] = os.environ[name].strip()
        if not os.environ[name]:
            del os.environ[name]
    for name in _set(KEYS):
        _check_key(name)
    for name in _set(ADDRESSES):
        _check_address(name, bare=name in catalog.BARE_ADDRESSES)
    for name in _set(CERTIFICATES):
        _check_certificates(name)
    proxies = _set(PROXIES)
    for name in proxies:
        _check_address(name, bare=True, what="a proxy's address such as http://host:3128")
    if proxies or _set(NO_PROXY):
        _use_no_proxy_for_this_machine()


def check_model(name: str) -> None:
    """Whether there is such a model. Raises ImproperlyConfigured.

    One whose key is not in the environment may have it from `/setup/`.
    """
    try:
        catalog.resolve(name)
    except MissingKey:
        pass
    except BadInput as error:
        raise ImproperlyConfigured(f"RESEARCH_MODEL cannot be used: {error}") from None


def _set(names: Sequence[str]) -> list[str]:
    """Those of the variables that are set."""
    return [name for name in names if name in os.environ]


def _check_key(name: str) -> None:
    if (reason := key_flaw(os.environ[name])) is not None:
        raise ImproperlyConfigured(f"{name} cannot be used: {reason}.")


def _check_address(
    name: str, bare: bool, what: str = "an address such as https://host:8000/v1"
) -> None:
    """`bare`: it may lack its `http://`."""
    text = os.environ[name]
    if bare and "://" not in text:
        text = f"http://{text}"
    if (reason := address_flaw(text)) is not None:
        raise ImproperlyConfigured(f"{name} cannot be used: it is not {what} ({reason}).")


def _check_certificates(name: str) -> None:
    text = os.environ[name]
    paths = text.split(os.pathsep) if name == "SSL_CERT_DIR" else [text]
    for path in map(Path, paths):
        try:
            if path.is_dir() and name != "SSL_CERT_FILE":
                next(path.iterdir(), None)  # a folder's certificates are read one by one, later
            else:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ImproperlyConfigured(
                f"{name} cannot be used: no certificates can be read from {str(path)!r} ({reason})."
            ) from None


def _use_no_proxy_for_this_machine() -> None:
    """A model on this machine is asked directly, as a browser does it, whatever library asks."""
    import httpx

    listed = next((os.environ[name] for name in _set(NO_PROXY)), "")
    given = filter(None, (each.strip(" \t\r\n[]") for each in listed.split(",")))
    hosts = [_host(os.environ[name]) for name in _set(ADDRESSES)]
    wanted = dict.fromkeys([*given, *OWN_MACHINE, *filter(_is_this_machine, hosts)])
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(wanted)
    try:
        httpx.Client().close()
    except (ImportError, ValueError, httpx.InvalidURL):
        raise ImproperlyConfigured(
            "NO_PROXY cannot be used: it is not a list such as localhost,10.0.0.0/8,.example.org."
        ) from None


def _host(address: str) -> str:
    return urlsplit(address if "://" in address else f"//{address}").hostname or ""


def _is_this_machine(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
