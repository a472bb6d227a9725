"""The tools that agents may use: search the library, search the web, read what was found.

An agent reads by source number, never by address: a page that asks for an internal address, or a
model that makes one up, has no way to reach it. A tool is awaited on the crews' loop, and only what
blocks goes to a thread; a tool object belongs to one crew.
"""

import asyncio
import copy
import functools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field

from research.crews.crewai import BaseTool, ToolFailure, failed, from_thread, limited
from research.crews.definition import MCP
from research.crews.llms import catalog
from research.crews.tools.mcp import PREFIX, Remote, make_mcp_tools
from research.crews.tools.sources import SourceBook
from research.crews.tools.web import Web
from research.exceptions import ResearchError
from research.library.index.contract import Readers
from research.library.reading import WebPage
from research.library.search import Hit, read, search
from research.library.suggestions import did_you_mean
from research.sources import engines
from research.sources.engines import Result
from research.sources.web_search import Found
from research.sources.where import Where
from research.text.cleaning import MAX_TEXT, printable

MAX_HITS = 5
MAX_QUERY = 500  # characters; a longer one says no more, and search engines refuse it
READ_LENGTH = 6000  # characters of a source per call
LIBRARY = "/library/"

# The ORM keeps a connection per thread; a few readers serve the threads of all crews.
_readers = ThreadPoolExecutor(4, thread_name_prefix="library")


class _Arguments(BaseModel):
    """A tool's arguments. CrewAI asks for their schema six times a crew, and it never changes."""

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        return copy.deepcopy(_schema(cls, args, tuple(options.items())))


@functools.cache
def _schema(
    cls: type[BaseModel], args: tuple[Any, ...], options: tuple[tuple[str, Any], ...]
) -> dict[str, Any]:
    uncached: Any = BaseModel.model_json_schema
    return cast("dict[str, Any]", uncached.__func__(cls, *args, **dict(options)))


class _Query(_Arguments):
    query: str = Field(min_length=1, description="A few words to look for.")


class _Reading(_Arguments):
    source: int = Field(ge=1, description="The number that the source has in the search results.")
    start: int = Field(default=0, ge=0, description="The character to start from, to read on.")


class _SourceTool(BaseTool):
    """A tool that enters what it shows into the topic's book."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    book: SourceBook = Field(exclude=True)

    def _run(self, **arguments: Any) -> Any:
        """For calls that are written as text, which CrewAI runs in a thread."""
        return asyncio.run(self._arun(**arguments))


class SearchLibrary(_SourceTool):
    name: str = "search_library"
    description: str = "Searches the site's library of documents. Returns numbered sources."
    args_schema: type[BaseModel] = _Query

    @limited
    async def _arun(self, query: str) -> str:
        query = _bounded(query)
        hits, meant = await from_thread(_readers.submit(_search, query, self.book.readers))
        found = [
            self.book.add(hit.title, hit.url, text, _from_library(hit)).quoted(text)
            for hit, text in ((hit, _below_heading(hit)) for hit in hits)
        ]
        return "\n\n".join(found) or f"The library holds nothing on “{query}”.{meant}"


class SearchWeb(_SourceTool):
    """Waiting for an engine's turn is not the tool's time, which each request has for itself."""

    name: str = "search_web"
    description: str = "Searches the web. Returns numbered sources with a snippet of each."
    args_schema: type[BaseModel] = _Query

    web: Web = Field(exclude=True)

    async def _arun(self, query: str) -> str | ToolFailure:
        query = _bounded(query)
        try:
            found = await self.web.search(query, MAX_HITS)
        except ResearchError as error:
            return failed(error)
        shown = [self._shown(hit, query) for hit in found.results]
        return "\n\n".join([*shown, *_left_out(found, self.web.where)]) or (
            f"The web search found nothing on “{query}”."
        )

    def _shown(self, hit: Result, query: str) -> str:
        origin: dict[str, Any] = {"kind": "search", "engine": hit.engines[0], "query": query}
        if len(hit.engines) > 1:
            origin["engines"] = [*hit.engines]
        origin |= _dated(str(hit.published or ""), hit.author, self.web.where)
        source = self.book.add(hit.title, hit.url, hit.snippet, origin)
        return source.quoted(hit.snippet) + _age(origin)


class ReadSource(_SourceTool):
    name: str = "read_source"
    description: str = "Reads a source that a search has returned, by its number."
    args_schema: type[BaseModel] = _Reading

    web: Web = Field(exclude=True)

    @limited
    async def _arun(self, source: int, start: int = 0) -> str:
        known = self.book.get(source)
        if known is None:
            raise ValueError(f"There is no source [{source}] yet. Search first.")
        if known.url.startswith(MCP):  # all that there is of it was shown
            page = WebPage(known.text)
        else:
            page = await self._open(known.url)
        text = page.text[start : start + READ_LENGTH]
        if not text:
            return f"Source [{source}] ends before character {start}."
        told = {}
        if not known.url.startswith(LIBRARY):
            told = _dated(page.published, page.author, self.web.where)
        read = self.book.add(known.title or page.title, known.url, text, told)
        rest = len(page.text) - start - len(text)
        more = f"\n\n({rest} more characters: start={start + len(text)})" if rest > 0 else ""
        return f"{read.quoted(text)}{_age(read.origin or {})}{more}"

    async def _open(self, url: str) -> WebPage:
        """What is behind an address that a search returned."""
        if url.startswith(LIBRARY):
            document = int(url.removeprefix(LIBRARY).strip("/"))
            return WebPage(await from_thread(_readers.submit(read, document, 0, MAX_TEXT)))
        return await self.web.read(url)


def _left_out(found: Found, where: Where) -> Iterator[str]:
    """What a run may not see is told, so that nobody takes it for not there."""
    if found.not_allowed:
        yield f"(Left out: {found.not_allowed} of sites that this run does not look at.)"
    if found.too_old:
        yield f"(Left out: {found.too_old} from before {where.since}.)"


def _dated(published: str, author: str, where: Where) -> dict[str, Any]:
    """What is known of a page's origin; where a day is asked for, also that none is known."""
    told = {"published": published, "author": author}
    known: dict[str, Any] = {name: value for name, value in told.items() if value}
    if where.since and not published:
        known["published"] = None
    return known


def _age(origin: dict[str, Any]) -> str:
    """A line behind the text of a source, where its day matters."""
    if "published" not in origin:
        return ""
    return f"\n(Published: {origin['published'] or 'on a day that is not known'})"


def _search(query: str, readers: Readers) -> tuple[list[Hit], str]:
    """What is found; where nothing is, a question what may have been meant.

    Models like to put a whole query in quotation marks: where that finds nothing, its words may.
    """
    hits = search(query, MAX_HITS, readers=readers)
    hits = hits or search(query.strip('"“”'), MAX_HITS, readers=readers)
    meant = "" if hits else did_you_mean(query, readers)
    return hits, f" Did you mean “{meant}”?" if meant else ""


def _below_heading(hit: Hit) -> str:
    """A passage with its section's heading, without which its sentences may say too little."""
    is_titled = not hit.heading or hit.title.startswith(hit.heading)
    return hit.text if is_titled else f"### {hit.heading}\n\n{hit.text}"


def _from_library(hit: Hit) -> dict[str, Any]:
    """Which document a passage is of; one that is read in anew has another time."""
    version = hit.added_at.isoformat(timespec="milliseconds")
    return {"kind": "library", "document": hit.document_id, "version": version}


def _bounded(query: str) -> str:
    """A query as a search takes it: the offline model's is its topic, as long as that may be."""
    query = printable(" ".join(query.split()))
    if len(query) <= MAX_QUERY:
        return query
    whole_words, _, _ = query[: MAX_QUERY + 1].rpartition(" ")
    return whole_words or query[:MAX_QUERY]


def make_tools(
    names: Sequence[str],
    book: SourceBook,
    model: str,
    web: Web | None = None,
    remote: Remote | None = None,
) -> list[BaseTool]:
    """New tool objects for one agent. The offline model, true to its name, has no web.

    Tools of MCP servers are of the web: a run that looks in the library or at some sites only has
    none.
    """
    web = web or Web()
    tools: list[BaseTool] = []
    if "search" in names:
        if web.where.web and engines.ready() and model != catalog.OFFLINE:
            tools.append(SearchWeb(book=book, web=web))
        if web.where.library:
            tools.append(SearchLibrary(book=book))
    if "read" in names:
        tools.append(ReadSource(book=book, web=web))
    if remote and web.where.web and not web.where.sites and model != catalog.OFFLINE:
        tools += make_mcp_tools(names, remote, book, web)
    return tools


def describe_use(tool: str, arguments: dict[str, Any]) -> str:
    """What an agent does with a tool, as the page says it."""
    match tool:
        case "search_library":
            return f"searches the library: “{arguments.get('query', '')}”"
        case "search_web":
            return f"searches the web: “{arguments.get('query', '')}”"
        case "read_source":
            return f"reads source [{arguments.get('source', '?')}]"
    if tool.startswith(PREFIX):
        first = next((each for each in arguments.values() if isinstance(each, str)), "")
        asked = f": “{first}”" if first else ""
        return f"asks an MCP server by {tool.removeprefix(PREFIX)}{asked}"
    return f"uses {tool}"
