"""Secrets that the database keeps: encrypted, so that a copy of it alone gives none away."""

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from research.exceptions import SealBroken

_PURPOSE = b"research.text.sealed"


def seal(secret: str) -> str:
    """The secret in a form that only this site's SECRET_KEY opens."""
    return _keys(*_site_keys()).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. Raises SealBroken where it was sealed under another SECRET_KEY."""
    try:
        return _keys(*_site_keys()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None


def _site_keys() -> tuple[str | bytes, ...]:
    """The key of today, and those of before that still open."""
    return settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS


@functools.cache
def _keys(*site_keys: str | bytes) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in site_keys])


def _derived(site_key: str | bytes) -> bytes:
    """A key for this purpose only: what signs cookies encrypts nothing."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(force_bytes(site_key)))
