"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def accounts(request: HttpRequest) -> dict[str, Any]:
    """Whether people sign in, whether they get mail, and whether the page is of their account."""
    return {
        "accounts": settings.RESEARCH_ACCOUNTS,
        "account_page": request.path.startswith("/accounts/"),
        "sends_mail": settings.RESEARCH_SENDS_MAIL,
    }
