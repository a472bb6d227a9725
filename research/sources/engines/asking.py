"""Asking an engine over HTTP, and making of whatever comes an answer or a reason why there is none.

Others' servers answer with anything: a web page, half a JSON, a gigabyte, nothing.
"""

import asyncio
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from research.ops.tls import tls
from research.sources.exceptions import (
    Blocked,
    EngineFailed,
    HadAnError,
    KeyRefused,
    OutOfCredit,
    RateLimited,
    SearchRefused,
    TooSlow,
    Unreachable,
    Unreadable,
)
from research.text.cleaning import printable
from research.text.redaction import redact

if TYPE_CHECKING:
    import httpx

SECONDS = 15.0  # for an answer; the next engine may still be asked within a tool's time
MAX_ANSWER = 4 * 1024 * 1024  # bytes
MAX_WORDS = 200  # characters of an engine's own words
USER_AGENT = "Research/1.0 (a site for research by agents; asks what its user asks)"

CREDIT = ("credit", "quota", "plan limit", "usage limit", "spending", "billing", "budget")
CAPTCHA = (b"captcha", b"anomaly", b"unusual traffic", b"are you a robot", b"not a robot")
OUT_OF_CREDIT = {402, 432, 433}  # the last two are Tavily's


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an engine; `body` is sent as JSON."""

    url: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    is_xml: bool = False
    """Whether the answer is XML, not JSON."""


async def ask(engine: str, request: Request, key: str = "") -> Any:
    """The engine's answer: JSON as Python has it, or the bytes of an XML document.

    `key` is the name of the variable that holds the engine's key. Raises EngineFailed.
    """
    import httpx

    try:
        async with asyncio.timeout(SECONDS):
            status, headers, body = await _sent(engine, request)
    except TimeoutError:
        raise TooSlow(engine, limit=SECONDS) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        reason = printable(str(error))[:MAX_WORDS] or type(error).__name__
        raise Unreachable(engine, reason=redact(reason)) from None
    if status != 200:
        raise failure(engine, status, headers, body, key)
    if request.is_xml:
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise _unreadable(engine, body) from None


async def _sent(engine: str, request: Request) -> tuple[int, Mapping[str, str], bytes]:
    async with _client().stream(
        "POST" if request.body is not None else "GET",
        request.url,
        params=dict(request.params) or None,
        headers=dict(request.headers),
        json=request.body,
    ) as response:
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > MAX_ANSWER:
                raise Unreadable(engine, reason=f"it is longer than {MAX_ANSWER // 1024**2} MB")
        return response.status_code, response.headers, body


@functools.cache
def _client() -> "httpx.AsyncClient":
    """Of the sources' loop, for all engines: connections are kept."""
    import httpx

    return httpx.AsyncClient(  # follows no redirect: it would take a key along
        verify=tls(), timeout=SECONDS, headers={"User-Agent": USER_AGENT}
    )


def failure(
    engine: str, status: int, headers: Mapping[str, str], body: bytes, key: str = ""
) -> EngineFailed:
    """What an answer that is none means, by its status and by what it says."""
    wait, words = retry_after(headers), words_of(body)
    is_page = is_captcha(body)
    if status in OUT_OF_CREDIT or (
        status in (400, 403, 429) and any(word in words.lower() for word in CREDIT)
    ):
        return OutOfCredit(engine, retry_after=wait)
    if is_page or (status in (401, 403) and not key):
        reason = "it asks whether a person searches" if is_page else f"status {status}"
        return Blocked(engine, retry_after=wait, reason=reason)
    if status in (401, 403) or (status == 422 and "token" in words.lower()):
        return KeyRefused(engine, variable=key)
    if status == 429:
        return RateLimited(engine, retry_after=wait)
    if status >= 500:
        return HadAnError(engine, retry_after=wait, status=status)
    return SearchRefused(engine, reason=words or f"status {status}")


def is_captcha(body: bytes) -> bool:
    """Whether a page asks who searches to show that they are a person."""
    head = body[:100_000].lower()
    return b"<" in head[:200] and any(sign in head for sign in CAPTCHA)


def words_of(body: bytes) -> str:
    """An engine's own words about a failure, in one line and without secrets."""
    try:
        text = _words(json.loads(body[:20_000]))
    except (ValueError, RecursionError):
        return ""
    return redact(" ".join(printable(text).split()))[:MAX_WORDS].rstrip(".")


def _words(answer: Any) -> str:
    """The first text under one of the names that servers give their reasons."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, dict):
        for name in ("message", "detail", "error", "code", "tag"):
            if text := _words(answer.get(name)):
                return text
    return ""


def _unreadable(engine: str, body: bytes) -> EngineFailed:
    if is_captcha(body):
        return Blocked(engine, reason="it asks whether a person searches")
    if not body.strip():
        return Unreadable(engine, reason="nothing")
    is_page = body.lstrip()[:1] == b"<"
    return Unreadable(engine, reason="a web page" if is_page else "no JSON")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait; None if it does not."""
    text = headers.get("retry-after", "").strip()
    if not text:
        # Brave's: seconds until each of its windows begins anew, the shortest first.
        text = headers.get("x-ratelimit-reset", "").partition(",")[0].strip()
        return float(text) if text.isdigit() and len(text) < 7 else None
    if text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
