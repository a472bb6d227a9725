"""Signing in, by django-allauth: nobody makes an account for themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Accounts are made by administrators and by invitation."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
