"""HTTP as the MCP client asks for it, within bounds: what goes wrong is the answer to one request.

The client's transport ends the whole session where a request fails, and waits for ever where the
answer is not MCP. So it is given an error in the protocol's own words instead, which
`raised` makes an exception of again.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
from mcp.types import ErrorData, JSONRPCError, JSONRPCMessage, JSONRPCResponse
from pydantic import ValidationError

from research.ops.tls import tls
from research.sources.engines.asking import retry_after
from research.sources.exceptions import EngineFailed
from research.sources.mcp.contract import Connection
from research.sources.mcp.exceptions import (
    Answered,
    AnswerTooLarge,
    CannotReach,
    LetsNobodyIn,
    Redirects,
    SpeaksNoMCP,
    TakesNoMore,
    UnknownSession,
    WasLost,
)
from research.text.cleaning import printable
from research.text.redaction import redact

MAX_ANSWER = 4 * 1024 * 1024  # bytes
MAX_WORDS = 300  # characters of somebody else's
CONNECT_SECONDS = 10.0
CODE = -32099  # of the errors made here
SESSION = "mcp-session-id"
JSON, EVENTS = "application/json", "text/event-stream"

_FAILURES: dict[str, type[EngineFailed]] = {
    failure.__name__: failure
    for failure in (
        *(Answered, AnswerTooLarge, CannotReach, LetsNobodyIn, Redirects),
        *(SpeaksNoMCP, TakesNoMore, UnknownSession, WasLost),
    )
}


class _Failure(Exception):
    """What becomes of a request, on its way to whoever made it."""

    def __init__(self, kind: type[EngineFailed], **details: Any) -> None:
        self.told = {"failure": kind.__name__, "details": details}


class GuardedClient(httpx.AsyncClient):
    """Asks one server; an answer is read as far as MAX_ANSWER and has to be MCP."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        is_sse = connection.kind == "sse"  # where all answers come in one stream, which may rest
        timeout = httpx.Timeout(
            seconds, connect=min(CONNECT_SECONDS, seconds), read=None if is_sse else seconds
        )
        headers = {"Accept-Encoding": "identity", **connection.headers}
        super().__init__(verify=tls(), headers=headers, timeout=timeout)
        self._connection, self._is_sse = connection, is_sse

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Its errors are those of the request alone; those of a stream that listens are raised."""
        if request.method != "POST" or self._is_sse:
            response = await super().send(request, **options)
            if request.method == "GET" and not response.is_closed:
                response.stream = _Listening(response.stream)
            return response
        number = _number(request)
        try:
            response = await super().send(request, **options)
            return await self._looked_at(response, request, number)
        except _Failure as failure:
            return _told(request, number, failure)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            return _told(request, number, self._unreachable(error))

    async def _looked_at(
        self, response: httpx.Response, request: httpx.Request, number: Any
    ) -> httpx.Response:
        """The answer as it is, if the client can make something of it."""
        kind = response.headers.get("content-type", "").lower()
        try:
            self._check_status(response, request)
            if number is None or response.next_request is not None:
                return response
            if response.headers.get("content-encoding", "identity") not in ("", "identity"):
                raise _Failure(SpeaksNoMCP, reason="it is compressed, which nobody asked for")
            if kind.startswith(EVENTS):
                response.stream = _Events(response.stream, number)
                return response
            body = await _body(response)
            await response.aclose()
        except BaseException:
            await response.aclose()
            raise
        if not kind.startswith(JSON):
            is_page = body.lstrip()[:1] == b"<"
            raise _Failure(SpeaksNoMCP, reason="a web page" if is_page else "no JSON")
        _check_answer(body, number)
        return httpx.Response(
            200, headers=_kept(response), content=body, request=request, history=response.history
        )

    def _check_status(self, response: httpx.Response, request: httpx.Request) -> None:
        status = response.status_code
        if response.has_redirect_location:
            if response.next_request and _same_origin(response.next_request.url, request.url):
                return
            place = response.next_request.url if response.next_request else "nowhere"
            if isinstance(place, httpx.URL):
                place = place.copy_with(userinfo=b"", query=None, fragment=None)
            raise _Failure(Redirects, place=printable(str(place))[:MAX_WORDS])
        if status in (400, 404) and SESSION in request.headers:
            raise _Failure(UnknownSession)
        if status in (401, 403, 407):
            raise _Failure(LetsNobodyIn, status=status)
        if status == 429 or (status == 503 and retry_after(response.headers) is not None):
            raise _Failure(TakesNoMore, retry_after=retry_after(response.headers))
        if not 200 <= status < 300:
            raise _Failure(Answered, status=status)

    def _unreachable(self, error: Exception) -> _Failure:
        if isinstance(error, (httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout)):
            return _Failure(WasLost)  # it may have begun with the call
        reason = printable(str(error))[:MAX_WORDS] or type(error).__name__
        return _Failure(CannotReach, reason=redact(self._connection.hide(reason)).rstrip("."))


class _Listening(httpx.AsyncByteStream):
    """A stream of what a server says unasked, none of which may be too long."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            ends = max(part.rfind(b"\n\n"), part.rfind(b"\r\n\r\n"))
            size = len(part) - ends if ends >= 0 else size + len(part)
            if size > MAX_ANSWER:
                raise httpx.ReadError("It said more than is read.")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Events(httpx.AsyncByteStream):
    """A stream of events, which ends in an error where it ends without the answer.

    One that has told how to take it up again is left to the client, which does that.
    """

    def __init__(self, stream: Any, number: Any) -> None:
        self._stream, self._number = stream, number

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, can_go_on, last = 0, False, b"\n"
        failure = _Failure(SpeaksNoMCP, reason="its stream ended without the answer")
        try:
            async for part in self._stream:
                size += len(part)
                if size > MAX_ANSWER:
                    failure, can_go_on = _too_large(), False
                    break
                can_go_on = can_go_on or b"\nid:" in last + part
                last = part[-4:]
                yield part
        except (httpx.HTTPError, OSError):
            failure = _Failure(WasLost)
        if not can_go_on:
            yield f"\n\nevent: message\ndata: {_error(self._number, failure)}\n\n".encode()

    async def aclose(self) -> None:
        await self._stream.aclose()


def raised(error: ErrorData, connection: Connection) -> EngineFailed | None:
    """The failure that the client was told of; None where the server itself sent the error."""
    told = error.data
    if error.code != CODE or not isinstance(told, dict):
        return None
    kind = _FAILURES.get(str(told.get("failure")), WasLost)
    details = told.get("details")
    try:
        return kind(connection.title, **(details if isinstance(details, dict) else {}))
    except (KeyError, TypeError):  # somebody else's, after all
        return None


def words_of(error: ErrorData, connection: Connection) -> str:
    """A server's own words about a failure, in one line and without secrets."""
    return own_words(error.message, connection)


def own_words(text: str, connection: Connection) -> str:
    """The same of any text."""
    line = " ".join(printable(connection.hide(text[: 10 * MAX_WORDS])).split())
    return redact(line)[:MAX_WORDS]


def _number(request: httpx.Request) -> Any:
    """What the answer to a message is known by; None for one that has no answer."""
    try:
        message = json.loads(request.content)
    except (ValueError, httpx.RequestNotRead):
        return None
    return message.get("id") if isinstance(message, dict) and "method" in message else None


def _same_origin(place: httpx.URL, origin: httpx.URL) -> bool:
    return (place.scheme, place.host, place.port) == (origin.scheme, origin.host, origin.port)


async def _body(response: httpx.Response) -> bytes:
    body = b""
    async for part in response.aiter_raw():
        body += part
        if len(body) > MAX_ANSWER:
            raise _too_large()
    return body


def _check_answer(body: bytes, number: Any) -> None:
    try:
        message = JSONRPCMessage.model_validate_json(body).root
    except (ValidationError, RecursionError):
        raise _Failure(SpeaksNoMCP, reason="its JSON is no message of MCP") from None
    if not isinstance(message, JSONRPCResponse | JSONRPCError) or str(message.id) != str(number):
        raise _Failure(SpeaksNoMCP, reason="its message is not the answer")


def _kept(response: httpx.Response) -> Mapping[str, str]:
    told = {"content-type": JSON}
    return told | ({SESSION: response.headers[SESSION]} if SESSION in response.headers else {})


def _too_large() -> _Failure:
    return _Failure(AnswerTooLarge, limit=MAX_ANSWER // 1024**2)


def _told(request: httpx.Request, number: Any, failure: _Failure) -> httpx.Response:
    """An error in place of an answer; what has no answer is let go."""
    if number is None:
        return httpx.Response(202, request=request)
    content = _error(number, failure)
    return httpx.Response(200, headers={"content-type": JSON}, content=content, request=request)


def _error(number: Any, failure: _Failure) -> str:
    error = ErrorData(code=CODE, message="The request failed.", data=failure.told)
    return JSONRPCError(jsonrpc="2.0", id=number, error=error).model_dump_json(by_alias=True)
