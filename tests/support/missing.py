"""What a machine lacks: the tests that need it are skipped, and say how to get it."""

import os
from typing import NoReturn

import pytest


def unavailable(what: str, remedy: str) -> NoReturn:
    """Skips a test for want of something; where CI=true, nothing may be missing."""
    reason = f"{what} is not there: {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
