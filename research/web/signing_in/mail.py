"""Mail, where the site sends any: the pages that need it, and how it leaves."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import wraps
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from research.people.exceptions import NotMailed

View = Callable[..., HttpResponse]
TROUBLE = (OSError, SMTPException)

logger = logging.getLogger(__name__)
_sender = ThreadPoolExecutor(1, "mail")


def where_mail_is_sent(view: View) -> View:
    """Elsewhere the page says whom to ask."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.RESEARCH_SENDS_MAIL:
            return render(request, "research/no_mail.html", status=404)
        return view(request, *args, **kwargs)

    return answer


def send_later(send: Callable[[], Any]) -> None:
    """Sends in a thread, whose failures the log tells, without the address and the text."""
    context = copy_context()  # allauth looks its request up there

    def attempt() -> None:
        try:
            send()
        except TROUBLE as error:
            logger.error("%s did not take a mail: %s", settings.EMAIL_HOST, _reason(error))
        finally:
            connections.close_all()

    _sender.submit(context.run, attempt).add_done_callback(_tell_fault)


def _tell_fault(sent: "Future[None]") -> None:
    """What is not the server's is a fault of ours, which the thread would keep to itself."""
    if error := sent.exception():
        logger.error("A mail could not be written", exc_info=error)


def send_invitation(address: str, **context: Any) -> None:
    """Returns once the server has taken it. Raises NotMailed."""
    text = render_to_string("people/invitation.txt", context)
    subject, _, body = text.partition("\n")
    try:
        send_mail(subject, body.strip(), None, [address])
    except TROUBLE as error:
        logger.error("%s did not take a mail: %s", settings.EMAIL_HOST, _reason(error))
        raise NotMailed(address=address) from error


def _reason(error: Exception) -> str:
    """What stands in the way; a server's own words may repeat the address."""
    code = getattr(error, "smtp_code", None)
    return f"it answered {code}" if code else type(error).__name__
