"""What the site decides for django-allauth: nobody makes an account for themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Accounts are made by administrators, by invitation and by the OpenID Connect provider."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The name or the password is wrong.",
        "too_many_login_attempts": "Too many attempts have failed. Wait five minutes, "
        "then try again.",
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False
