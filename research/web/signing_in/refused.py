"""The page for a sign-in that did not work: one sentence, and the way to try again."""

import logging
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from research.exceptions import ResearchError

logger = logging.getLogger(__name__)


def refused(request: HttpRequest, error: ResearchError) -> HttpResponse:
    """Nothing is lost: who tries again gets to where they wanted to go."""
    if error.status >= 500:
        logger.warning("Nobody can sign in by the provider: %s (%r)", error, error.__cause__)
    wanted, place = getattr(request, "wanted", ""), reverse("account_login")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        place += f"?{urlencode({'next': wanted})}"
    context = {"error": error, "place": place}
    return render(request, "research/not_signed_in.html", context, status=error.status)
