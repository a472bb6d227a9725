"""Reading pages, each once for all crews of a run: they share what was read, and no objects."""

import asyncio
import functools
import re
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from django.conf import settings

from research.confined.exceptions import RefusedFile
from research.library.reading import WebPage, read_page
from research.sources.days import day_of
from research.sources.exceptions import NeedsSignIn, NotAllowed, PageRefused, TooOld
from research.sources.fetching import Download, download
from research.sources.where import ANYWHERE, Where
from research.text.addresses import place
from research.text.cleaning import MAX_TEXT

SECONDS = 20.0  # until a page is here: one that comes drop by drop is cut as well
READING_SECONDS = 20.0  # until it is read, its turn among others included
AT_ONCE = 4  # requests to one host
MAX_SHARED = 40_000_000  # characters of all pages that are kept for others to read
FAILED_SECONDS = 60.0  # after which a page that could not be had is asked for again

_SIGN_IN = re.compile(r"/(?:log-?in|sign-?in|sso|oauth2?|auth|authorize|account/login)\b", re.I)
# Reading blocks: more wait here than are read at once, so that a reader is never without work.
_readers = ThreadPoolExecutor(4, thread_name_prefix="pages")


class Pages:
    """The pages that the runs of this process have read; of one event loop."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[tuple[str, str], asyncio.Task[WebPage]] = OrderedDict()
        self._hosts: OrderedDict[str, asyncio.Semaphore] = OrderedDict()

    async def read(self, url: str, run: str = "", where: Where = ANYWHERE) -> WebPage:
        """A page as text, from what another crew of the run has read if there is such.

        Raises PageRefused when the page cannot be had or may not be read, and RefusedFile when its
        reader was stopped.
        """
        key = run, place(url)
        if not run or key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._read(url, where))
            self._tasks[key].add_done_callback(functools.partial(self._keep, key))
        self._tasks.move_to_end(key)
        return await asyncio.shield(self._tasks[key])  # others may be waiting for it

    async def _read(self, url: str, where: Where) -> WebPage:
        half = settings.RESEARCH_TOOL_TIMEOUT / 2
        host = urlsplit(url).hostname or ""
        async with self._turn(host):
            found = await download(
                url, min(SECONDS, half), functools.partial(_check_where, where), where.language
            )
        if _SIGN_IN.search(urlsplit(found.url).path) and place(found.url) != place(url):
            raise NeedsSignIn(status="a redirect to where they do")
        page = await _text_of(found, min(READING_SECONDS, half))
        published = day_of(page.published)
        if where.is_too_old(published):
            raise TooOld(published=published, since=where.since)
        return page

    def _turn(self, host: str) -> asyncio.Semaphore:
        turn = self._hosts.setdefault(host, asyncio.Semaphore(AT_ONCE))
        self._hosts.move_to_end(host)
        while len(self._hosts) > 1000 and not next(iter(self._hosts.values())).locked():
            self._hosts.popitem(last=False)
        return turn

    def _keep(self, key: tuple[str, str], task: "asyncio.Task[WebPage]") -> None:
        """Forgets what failed, after a while, and what has not been read for the longest time."""
        if not key[0] or task.cancelled():
            self._forget(key, task)
        elif task.exception():
            asyncio.get_running_loop().call_later(FAILED_SECONDS, self._forget, key, task)
        size = sum(len(done.result().text) for done in self._tasks.values() if _is_read(done))
        for old, done in list(self._tasks.items()):
            if size <= MAX_SHARED:
                break
            if _is_read(done):
                size -= len(done.result().text)
                del self._tasks[old]

    def _forget(self, key: tuple[str, str], task: "asyncio.Task[WebPage]") -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]


def _is_read(task: "asyncio.Task[WebPage]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _check_where(where: Where, url: str) -> None:
    if reason := where.refusal(url):
        raise NotAllowed(host=(urlsplit(url).hostname or "")[:200], reason=reason)


async def _text_of(found: Download, seconds: float) -> WebPage:
    """In a thread, since reading blocks; its turn there counts."""
    began = time.monotonic()

    def read() -> WebPage:
        left = seconds - (time.monotonic() - began)
        return read_page(
            found.body, found.content_type, found.encoding, MAX_TEXT + 1, max(left, 0.1), found.url
        )

    try:
        return await asyncio.get_running_loop().run_in_executor(_readers, read)
    except RefusedFile as error:
        raise PageRefused(reason=str(error)) from None


pages = Pages()
"""Of this process."""
