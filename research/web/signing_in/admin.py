"""The admin's own sign-in, in whose place the site's stands, with its second factor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def into_admin(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Who comes here has passed the gate, so is signed in; no name and password are taken."""
    if not getattr(request.user, "is_staff", False):
        raise PermissionDenied
    place = request.GET.get("next", "")
    is_own = url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    return redirect(place if is_own else "admin:index")
