"""A proxy that ends TLS, as Caddy or nginx do in front of a site."""

import asyncio
import datetime
import ipaddress
import re
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class TlsProxy:
    """Listens on a port of this machine under a certificate of its own, which `context` trusts.

    It passes on one request for each connection, with X-Forwarded-Proto and X-Forwarded-For, as it
    came else; `client` is the address that it tells.
    """

    def __init__(self, folder: Path) -> None:
        self.backend = ("127.0.0.1", 0)
        self.client = "203.0.113.9"
        certificate = folder / "proxy.pem"
        certificate.write_bytes(_certificate())
        self.context = ssl.create_default_context(cafile=certificate)
        self._own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._own.load_cert_chain(certificate)
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._own)
        server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *raised: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _serve(self, browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await browser.readuntil(b"\r\n\r\n")
            site, to_site = await asyncio.open_connection(*self.backend)
            line, _, rest = head.partition(b"\r\n")
            if b"upgrade: websocket" not in rest.lower():  # one request for each connection
                rest = re.sub(rb"(?im)^connection:.*\r\n", b"", rest)
                line += b"\r\nConnection: close"
            told = f"X-Forwarded-Proto: https\r\nX-Forwarded-For: {self.client}\r\n"
            to_site.write(line + b"\r\n" + told.encode() + rest)
            await asyncio.wait(
                [
                    asyncio.create_task(_carry(browser, to_site)),
                    asyncio.create_task(_carry(site, to_browser)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
            to_site.close()
        to_browser.close()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()


def _certificate() -> bytes:
    """A key, and its certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
