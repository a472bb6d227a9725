"""The site's middleware, and Django's own, run on the event loop instead of in a thread.

Under ASGI Django calls each middleware's methods in a thread, a dozen hops for a request, and every
hop waits for the interpreter lock while crews compute. These wait for nothing, so they are called
where they are; a session that was used goes to its database in a thread.
"""

import logging
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

from research.exceptions import BadInput
from research.ops.outages import refusal_of
from research.runs.models import LOCAL

logger = logging.getLogger(__name__)


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
    """Sessions in the database, where they can be ended; no query where nobody has one."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        self.process_request(request)
        response = await cast(Any, self.get_response)(request)
        if request.session.accessed or request.session.modified:
            response = await sync_to_async(self.process_response)(request, response)
        else:
            response = self.process_response(request, response)
        return cast(HttpResponseBase, response)


class Common(OnTheLoop, CommonMiddleware):
    """The Host check, and slashes."""


class Csrf(OnTheLoop, CsrfViewMiddleware):
    """Forms come from the site's own pages."""

    async def process_view(  # type: ignore[override]
        self, request: HttpRequest, *args: Any
    ) -> HttpResponse | None:
        check = super().process_view
        if request.method in ("GET", "HEAD"):
            return check(request, *args)
        return await sync_to_async(check)(request, *args)  # a refusal is a page, which may ask


class Authentication(OnTheLoop, AuthenticationMiddleware):
    """`request.user`, which nobody has looked up yet."""


class Message(OnTheLoop, MessageMiddleware):
    """Messages in signed cookies."""


class XFrameOptions(OnTheLoop, XFrameOptionsMiddleware):
    """A header."""


# The site's own ----------------------------------------------------------------------------


def local_user() -> Any:
    """The person at the keyboard: an administrator without a password, made on first use."""
    user, _ = get_user_model().objects.get_or_create(
        username=LOCAL, defaults={"is_staff": True, "is_superuser": True}
    )
    return user


class ContentSecurityPolicy(OnTheLoop):
    """Pages load nothing from elsewhere and run no script that is written into them."""

    policy = (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class TellOutage(OnTheLoop):
    """A page that met an outage says so; nothing that it needs can be what broke."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = refusal_of(error) if isinstance(error, Error) else None
        if isinstance(refusal, BadInput):
            return HttpResponse(render_to_string("400.html"), status=400)
        if refusal is None:
            return None
        logger.error("The database could not serve %s %s: %s", request.method, request.path, error)
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})
