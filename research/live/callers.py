"""Who watches a run, by the session's cookie or by a token, and for how long they may."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from research.live.asking import ask
from research.people.caller import Caller, caller_of, everyone
from research.people.exceptions import BadToken
from research.people.models import Token, bearer_in
from research.runs.models import Line, Run

SEEN_AGAIN = 4.0  # seconds, after which it is asked again whether somebody may see a run
SHARED_SECONDS = 2.0  # for which an answer holds for all who ask alike


def scope_of(request: HttpRequest) -> dict[str, Any]:
    """What of an HTTP request tells its caller, as a WebSocket's scope has it."""
    pairs = request.headers.items()
    return {"headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]}


async def sees(scope: dict[str, Any], run_id: uuid.UUID) -> bool:
    """Whether the caller may see a run, as things are now; false for nobody."""
    return await ask(_sees, _credentials(scope), run_id)


def _sees(credentials: tuple[str, str], run_id: uuid.UUID) -> bool:
    caller = _caller(credentials) if settings.RESEARCH_ACCOUNTS else everyone(AnonymousUser())
    return caller is not None and Run.objects.visible_to(caller).filter(pk=run_id).exists()


async def still_sees(scope: dict[str, Any], run_id: uuid.UUID) -> bool:
    """As `sees`, a moment ago at most: a person's many windows on a run ask together."""
    key = (*_credentials(scope), run_id)
    now = time.monotonic()
    asked_at, answer = _asked.get(key, (-SHARED_SECONDS, None))
    if answer is None or now - asked_at >= SHARED_SECONDS:
        for old in [old for old, (at, _) in _asked.items() if now - at >= SHARED_SECONDS]:
            del _asked[old]
        answer = asyncio.ensure_future(sees(scope, run_id))
        _asked[key] = now, answer
    return await asyncio.shield(answer)  # one who leaves takes it from nobody


_asked: dict[tuple[str, str, uuid.UUID], tuple[float, "asyncio.Future[bool]"]] = {}


async def while_seen(
    lines: AsyncGenerator[Line, None], scope: dict[str, Any], run_id: uuid.UUID
) -> AsyncGenerator[Line, None]:
    """The lines of a run, for as long as the caller may see it; those come every few seconds."""
    asked = time.monotonic()
    async with aclosing(lines):
        async for line in lines:
            if settings.RESEARCH_ACCOUNTS and time.monotonic() - asked > SEEN_AGAIN / 2:
                if not await still_sees(scope, run_id):
                    return
                asked = time.monotonic()
            yield line


async def caller_in(scope: dict[str, Any]) -> Caller | None:
    """The caller as they are now; None: they have to sign in."""
    if not settings.RESEARCH_ACCOUNTS:
        return everyone(AnonymousUser())
    return await ask(_caller, _credentials(scope))


def _credentials(scope: dict[str, Any]) -> tuple[str, str]:
    """The headers by which somebody comes in: `Authorization`, and the cookies."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return headers.get(b"authorization", ""), headers.get(b"cookie", "")


def _caller(credentials: tuple[str, str]) -> Caller | None:
    header, cookies = credentials
    text = bearer_in(header)
    if text is not None:
        try:
            token = Token.objects.valid(text)
        except BadToken:
            return None
        return caller_of(token.user, token)
    return _by_session(cookies)


def _by_session(cookies: str) -> Caller | None:
    jar: SimpleCookie = SimpleCookie(cookies)
    key = jar.get(settings.SESSION_COOKIE_NAME)
    if key is None:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key.value)
    if SESSION_KEY not in request.session:
        return None
    user = get_user(request)
    return caller_of(user) if user.is_authenticated and user.is_active else None
