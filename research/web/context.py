"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def accounts(request: HttpRequest) -> dict[str, Any]:
    """Whether people sign in, and whether the page is one of their account's."""
    is_account = request.path.startswith("/accounts/")
    return {"accounts": settings.RESEARCH_ACCOUNTS, "account_page": is_account}
