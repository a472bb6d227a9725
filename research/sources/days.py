"""The day on which something was published, from how servers write it."""

import re
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
MAX_DATE = 60  # characters


def day_of(text: object) -> date | None:
    """`2025-01-31T…`, `Jan 31, 2025`, `3 days ago`; None for what is not understood."""
    if not isinstance(text, str) or not text.strip():
        return None
    found = _ISO.match(text.strip())
    day = _in_numbers(found) if found else _in_words(text[:MAX_DATE])
    return day if day and day <= date.today() + timedelta(days=1) else None


def _in_numbers(found: re.Match[str]) -> date | None:
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _in_words(text: str) -> date | None:
    import dateparser  # takes a while, and most engines write days as ISO has them

    settings = {"PREFER_DATES_FROM": "past", "REQUIRE_PARTS": ["month", "year"]}
    is_relative = re.search(r"\d+\s+\w+\s+ago|yesterday|today", text, re.I)
    found = dateparser.parse(text, settings=None if is_relative else settings)
    return found.date() if found else None
