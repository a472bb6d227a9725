"""The links that are given out."""

from django.conf import settings
from django.http import HttpRequest


def public_url(request: HttpRequest, path: str) -> str:
    """A path of the site as an address that works from elsewhere, however the request came in."""
    public = settings.RESEARCH_PUBLIC_URL
    return f"{public}{path}" if public else request.build_absolute_uri(path)


def socket_url(request: HttpRequest, path: str) -> str:
    """The same for a WebSocket."""
    return "ws" + public_url(request, path).removeprefix("http")
