"""Secrets in the database: read again by this site, told to nobody who only has the database."""

from typing import Any

import pytest

from research.exceptions import SealBroken
from research.text.sealed import seal, unseal

SECRET = "sk-ünlikely-42"


def test_what_was_sealed_is_read_again_and_never_looks_the_same() -> None:
    first, second = seal(SECRET), seal(SECRET)
    assert unseal(first) == unseal(second) == SECRET
    assert first != second and SECRET not in first


def test_another_site_cannot_open_it(settings: Any) -> None:
    sealed = seal(SECRET)
    settings.SECRET_KEY = "another site's"
    with pytest.raises(SealBroken, match="again"):
        unseal(sealed)


def test_a_key_that_was_changed_opens_what_it_sealed_before(settings: Any) -> None:
    sealed = seal(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "tomorrow's"
    assert unseal(sealed) == SECRET


@pytest.mark.parametrize("damaged", ["", "no seal", "gAAAAA"])
def test_what_is_no_seal_says_so(damaged: str) -> None:
    with pytest.raises(SealBroken):
        unseal(damaged)
