"""Daphne, with limits while a request comes in and while an answer goes out.

Daphne reads a request whole before the application sees its headers, waits for it as long as bytes
trickle in, and keeps in memory what a client does not read. Here the guard decides on the headers,
a body has a largest size, headers and body have deadlines, and an application's `send` waits for
slow readers. `tests/site/test_server_limits.py` names what an upgrade of Daphne or Twisted broke.
"""

import asyncio
import contextlib
import io
import json
from typing import Any

from daphne import server as daphne
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor as _reactor
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.web.http import HTTPChannel, _GenericHTTPChannelProtocol

from research.exceptions import BodyTooLarge, ResearchError, TooSlow
from research.web import guard

reactor: Any = _reactor
Channel: Any = HTTPChannel  # Twisted's types say nothing of its methods

MAX_UPLOAD = 100 * 1024 * 1024  # bytes of a form with files; any other body is smaller
FILES = b"multipart/form-data"
HEADER_SECONDS = 10.0  # from a request's first line to its last header
BODY_SECONDS = 120.0
IDLE_SECONDS = 15.0  # without a byte, or between two requests of a connection
LINGER_SECONDS = 2.0  # in which a refused client may read why, while its bytes are dropped
SLOW_READER_SECONDS = 60.0  # for which an answer waits for a client that does not read
CLOSE_SECONDS = 300.0  # for which a WebSocket's client may read on before it answers our close
PHRASES = {400: b"Bad Request", 403: b"Forbidden", 408: b"Request Timeout", 413: b"Too Large"}


class LimitedRequest(WebRequest):
    """A request that is refused as soon as its headers, its size or its slowness say so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django takes forms apart; Twisted would too, on the loop: 0.6 s for 10 MB.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.channel.has_begun = True
        self._is_refused = False
        self._received = 0
        self._most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        self._deadline = reactor.callLater(HEADER_SECONDS, self._too_slow, HEADER_SECONDS)

    def gotLength(self, length: int | None) -> None:
        """The headers are there. `length` is the body's in bytes; None: it comes in chunks."""
        super().gotLength(length)
        self._stop_deadline()
        self._deadline = reactor.callLater(BODY_SECONDS, self._too_slow, BODY_SECONDS)
        if self.requestHeaders.getRawHeaders(b"content-type", [b""])[0].startswith(FILES):
            self._most = MAX_UPLOAD
        refused = guard.refusal(self._scope())
        if refused:
            self._refuse(refused)
        elif length is not None and length > self._most:
            self._refuse(BodyTooLarge(limit=self._most))

    def handleContentChunk(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._received += len(data)
        if self._received > self._most:
            self._refuse(BodyTooLarge(limit=self._most))
        else:
            super().handleContentChunk(data)

    def process(self) -> Any:
        """The request is there whole."""
        self._stop_deadline()
        if self._is_refused:
            self.channel.loseConnection()
            return None
        return super().process()

    def connectionLost(self, reason: Any) -> None:
        self._stop_deadline()
        super().connectionLost(reason)

    def _scope(self) -> guard.Scope:
        """What the guard looks at, as in an ASGI scope."""
        headers = self.requestHeaders.getAllRawHeaders()
        peer = self.channel.transport.getPeer()
        upgrade = self.requestHeaders.getRawHeaders(b"upgrade", [b""])[0]
        return {
            "type": "websocket" if upgrade.lower() == b"websocket" else "http",
            "method": self.channel._command.decode("latin-1"),
            "client": [peer.host, peer.port] if hasattr(peer, "host") else None,
            "headers": [(name, value) for name, values in headers for value in values],
        }

    def _too_slow(self, seconds: float) -> None:
        self._refuse(TooSlow(seconds=seconds))

    def _refuse(self, error: ResearchError) -> None:
        """Answers at once, and drops what the client still sends until it has read why."""
        self._is_refused = True
        self._stop_deadline()
        self.content = io.BytesIO()
        self.requestHeaders.removeHeader(b"expect")  # no "100 Continue" after the answer
        self.channel.persistent = False
        body = json.dumps(error.as_json()).encode()
        phrase = PHRASES.get(error.status, b"Refused")
        self.channel.transport.write(
            b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b" % (error.status, phrase, len(body), body)
        )
        reactor.callLater(LINGER_SECONDS, _drop, self.channel)

    def _stop_deadline(self) -> None:
        with contextlib.suppress(AlreadyCalled, AlreadyCancelled):
            self._deadline.cancel()


class TellingChannel(Channel):
    """A connection that tells when there is room for more: `room` is set while there is.

    It stays the producer of its transport when a WebSocket takes the connection over.
    """

    def __init__(self) -> None:
        super().__init__()
        self.room = asyncio.Event()
        self.room.set()

    def pauseProducing(self) -> None:
        self.room.clear()
        super().pauseProducing()

    def resumeProducing(self) -> None:
        self.room.set()
        super().resumeProducing()

    def stopProducing(self) -> None:
        """The connection is gone: nobody needs to wait any more."""
        self.room.set()
        super().stopProducing()


class LimitedFactory(HTTPFactory):
    """Makes the protocol of each connection."""

    def protocol(self) -> _GenericHTTPChannelProtocol:
        return _GenericHTTPChannelProtocol(TellingChannel())

    def __init__(self, server: daphne.Server) -> None:
        super().__init__(server)
        self.timeOut = IDLE_SECONDS

    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = LimitedRequest
        reactor.callLater(HEADER_SECONDS, _drop_unless_begun, protocol)
        return protocol


class QuietProtocol(WebSocketProtocol):
    """A WebSocket without the line that Autobahn styles for its log, kept or not: 3 µs a frame."""

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        if sync or chopsize or self.send_queue:
            super().sendData(data, sync, chopsize)
        else:
            self.transport.write(data)


class PatientFactory(WebSocketFactory):
    """Makes the WebSockets, whose clients get all that was sent before the close.

    By default the line is cut a second after it, in the middle of what a slow one still carries.
    """

    protocol = QuietProtocol

    def resetProtocolOptions(self) -> None:
        super().resetProtocolOptions()
        self.closeHandshakeTimeout = CLOSE_SECONDS


class Server(daphne.Server):
    """Daphne's server with limited requests, whose answers wait for slow readers."""

    def run(self) -> None:
        # `run` has no parameters for these.
        daphne.HTTPFactory = LimitedFactory
        daphne.WebSocketFactory = PatientFactory
        super().run()

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        room = _room_of(protocol)
        if room is not None and not room.is_set():
            try:
                async with asyncio.timeout(SLOW_READER_SECONDS):
                    await room.wait()
            except TimeoutError:
                protocol.transport.abortConnection()
                return
        await super().handle_reply(protocol, message)


def _room_of(protocol: Any) -> asyncio.Event | None:
    """Set while the client of an HTTP request or a WebSocket reads what is sent; None: it left."""
    channel = getattr(protocol, "channel", None)
    if channel is None:  # a WebSocket: its transport still belongs to the channel that upgraded
        channel = getattr(getattr(protocol, "transport", None), "producer", None)
    return getattr(channel, "room", None)


def _drop(channel: Any) -> None:
    if channel.transport is not None:
        channel.transport.abortConnection()


def _drop_unless_begun(protocol: Any) -> None:
    """Ends a connection on which not even a first line has come."""
    if not getattr(protocol._channel, "has_begun", False):
        _drop(protocol._channel)
