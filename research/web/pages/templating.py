"""Jinja's environment, for what a page has hundreds of; all else is in Django's templates."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.text import Truncator, capfirst
from jinja2 import Environment

from research.web.templatetags.research import duration, is_linkable, site, thousands, words


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else Truncator(text).chars(length)


def environment(**options: Any) -> Environment:
    made = Environment(**options, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 Django sets it
    made.globals |= {
        "icons": static("research/icons.svg"),
        "url": lambda name, *args: reverse(name, args=args),
    }
    made.filters |= {
        "capfirst": capfirst,
        "cut": cut,
        "duration": duration,
        "is_linkable": is_linkable,
        "site": site,
        "thousands": thousands,
        "words": words,
    }
    return made
