"""Who opens a WebSocket: by the session's cookie, or by a token."""

from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from research.people.caller import Caller, caller_of, everyone
from research.people.models import Token

BEARER = "Bearer "


async def caller_in(scope: dict[str, Any]) -> Caller | None:
    """The caller as they are now; None: they have to sign in."""
    if not settings.RESEARCH_ACCOUNTS:
        return everyone(AnonymousUser())
    caller: Caller | None = await database_sync_to_async(_caller)(scope)
    return caller


def _caller(scope: dict[str, Any]) -> Caller | None:
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    header = headers.get(b"authorization", "")
    if header.startswith(BEARER):
        token = Token.objects.valid(header[len(BEARER) :].strip())
        return caller_of(token.user, token) if token else None
    return _by_session(headers.get(b"cookie", ""))


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
