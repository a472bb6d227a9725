"""How passages are shown: code between backticks as code, found words marked."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from research.library.excerpts import MARK_END, MARK_START

register = template.Library()


@register.filter
def with_code(text: str) -> SafeString:
    """The text, escaped, with `code` for what stands between backticks."""
    shown = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(text))
    return mark_safe(shown)  # noqa: S308  (escaped above)


@register.filter
def with_marks(excerpt: str) -> SafeString:
    """An excerpt of `index.excerpts`, escaped, with `mark` around the words that were found."""
    plain = re.sub(r"^(`{3,}|#{1,6} |- )", "", excerpt, flags=re.M).replace("`", "")
    marked = escape(plain).replace(MARK_START, "<mark>").replace(MARK_END, "</mark>")
    return mark_safe(marked)  # noqa: S308  (escaped above)
