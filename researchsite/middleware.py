"""Django's own middleware, run on the event loop instead of in a thread.

Under ASGI Django calls each middleware's methods in a thread, a dozen hops for a request, and every
hop waits for the interpreter lock while crews compute. None of these waits for anything, given that
sessions and messages live in signed cookies (settings.py); so they are called where they are.
"""

from typing import Any, cast

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.deprecation import MiddlewareMixin


class OnTheLoop(MiddlewareMixin):
    """A middleware whose methods do not block."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        before = getattr(self, "process_request", None)
        after = getattr(self, "process_response", None)
        get_response: Any = self.get_response
        response: HttpResponseBase | None = before(request) if before else None
        if response is None:
            response = await get_response(request)
        return cast(HttpResponseBase, after(request, response) if after else response)


class Security(OnTheLoop, SecurityMiddleware):
    """Headers."""


class Session(OnTheLoop, SessionMiddleware):
    """Sessions in signed cookies."""


class Common(OnTheLoop, CommonMiddleware):
    """The Host check, and slashes."""


class Csrf(OnTheLoop, CsrfViewMiddleware):
    """Forms come from the site's own pages."""

    async def process_view(self, *args: Any) -> Any:  # type: ignore[override]
        return super().process_view(*args)


class Authentication(OnTheLoop, AuthenticationMiddleware):
    """`request.user`, which nobody has looked up yet."""


class Message(OnTheLoop, MessageMiddleware):
    """Messages in signed cookies."""


class XFrameOptions(OnTheLoop, XFrameOptionsMiddleware):
    """A header."""
