"""The pages that are of use where the site sends mail."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

View = Callable[..., HttpResponse]


def where_mail_is_sent(view: View) -> View:
    """Elsewhere the page says whom to ask."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.RESEARCH_SENDS_MAIL:
            return render(request, "research/no_mail.html", status=404)
        return view(request, *args, **kwargs)

    return answer
