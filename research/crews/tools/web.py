"""Reading a page of the web: public addresses only, and limits on bytes and seconds."""

from django.conf import settings

from research.crews.tools.download import download
from research.library.reading import read_page
from research.text.cleaning import MAX_TEXT, cut

MAX_PAGE = 2 * 1024 * 1024  # bytes; what a longer page holds beyond them is not read
SECONDS = 20.0  # until it is here: one that comes drop by drop is cut as well
READING_SECONDS = 20.0  # until it is read, its turn among others included


def fetch(url: str) -> str:
    """The text of a page, without its navigation.

    Raises ValueError when the page cannot be had or may not be read (see `download`), and
    RefusedFile when its reader was stopped. Both are over before the tool's time is up.
    """
    half = settings.RESEARCH_TOOL_TIMEOUT / 2
    page = download(url, MAX_PAGE, min(SECONDS, half))
    text = read_page(
        page.body, page.content_type, page.encoding, MAX_TEXT + 1, min(READING_SECONDS, half)
    )
    return cut(text, MAX_TEXT)
