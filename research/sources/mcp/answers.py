"""What a tool returned, as sources: texts with a title and an address, within bounds."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from mcp.types import (
    AudioContent,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from research.sources.mcp.contract import Connection
from research.text.cleaning import is_blank, printable
from research.text.web_address import is_web_address, web_address

MAX_SHOWN = 20_000  # characters of one answer
MAX_PIECES = 20
MAX_ADDRESS = 300  # characters of an `mcp:` address
MAX_FAILURE = 500  # characters that a tool may say about its failure
SCHEME = "mcp:"
LISTS = ("results", "result", "items", "documents", "data", "hits", "pages")
TEXTS = ("text", "content", "snippet", "summary", "description", "body")


@dataclass(frozen=True)
class Piece:
    """A source that a tool returned."""

    title: str
    url: str
    text: str


@dataclass(frozen=True)
class Answer:
    """The sources of one answer, and what of it is not shown."""

    pieces: tuple[Piece, ...]
    left_out: tuple[str, ...] = ()
    failure: str = ""
    """What the tool says where it failed."""


def read_answer(
    result: CallToolResult, connection: Connection, tool: str, arguments: Mapping[str, Any]
) -> Answer:
    """What a call's result says, without the server's secrets."""
    texts: list[str] = []
    pieces: list[Piece] = []
    left_out: list[str] = []
    for block in result.content:
        if isinstance(block, TextContent):
            texts.append(block.text)
        elif isinstance(block, ImageContent | AudioContent):
            what = "an image" if isinstance(block, ImageContent) else "a sound"
            left_out.append(f"{what} ({block.mimeType})")
        elif isinstance(block, ResourceLink):
            texts.append(" — ".join(filter(None, (block.title or block.name, str(block.uri)))))
        elif isinstance(block, EmbeddedResource):
            _take_resource(block, texts, pieces, left_out)
    text = "\n\n".join(text for text in texts if not is_blank(text))
    if not text and not pieces and result.structuredContent:
        text = json.dumps(result.structuredContent, ensure_ascii=False, indent=1)
    text = connection.hide(text)
    if result.isError:
        return Answer((), failure=" ".join(printable(text).split())[:MAX_FAILURE])
    found = list(_with_addresses(text))
    if not found and text:
        title = f"{connection.name}: {tool}{_in_words(arguments)}"
        found = [Piece(title, address_of(connection.name, tool, arguments), text)]
    pieces = [*found, *(Piece(p.title, p.url, connection.hide(p.text)) for p in pieces)]
    return _bounded(pieces, [printable(each)[:100] for each in left_out])


def address_of(server: str, tool: str, arguments: Mapping[str, Any]) -> str:
    """`mcp:docs/search?query=bees`: the same for the same call."""
    place = f"{SCHEME}{server}/{quote(tool, safe='')}"
    flat = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in arguments.items()
    }
    address = f"{place}?{urlencode(flat)}" if flat else place
    if len(address) <= MAX_ADDRESS:
        return address
    return f"{place[:200]}#{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def _take_resource(
    block: EmbeddedResource, texts: list[str], pieces: list[Piece], left_out: list[str]
) -> None:
    held = block.resource
    if not isinstance(held, TextResourceContents):
        left_out.append(f"a file ({held.mimeType or 'of an unknown kind'}, {held.uri})")
    elif is_web_address(str(held.uri)):
        pieces.append(Piece(str(held.uri), web_address(str(held.uri)), held.text))
    else:
        texts.append(held.text)


def _with_addresses(text: str) -> Iterator[Piece]:
    """Where the answer is JSON of pages, or of one, each of them is a source of its own."""
    if not text.lstrip().startswith(("{", "[")):
        return
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(data, dict) and "url" not in data:
        data = next((data[name] for name in LISTS if isinstance(data.get(name), list)), None)
    rows = data if isinstance(data, list) else [data]
    if not all(isinstance(row, dict) and is_web_address(row.get("url")) for row in rows):
        return
    for row in rows:
        own = next((row[name] for name in TEXTS if isinstance(row.get(name), str)), None)
        rest = json.dumps(row, ensure_ascii=False)
        title = row.get("title") or row.get("name")
        url = web_address(row["url"])
        yield Piece(title if isinstance(title, str) else url, url, own or rest)


def _in_words(arguments: Mapping[str, Any]) -> str:
    """The first argument that is words, which tells one call from another."""
    first = next((v for v in arguments.values() if isinstance(v, str) and not is_blank(v)), "")
    return f" “{' '.join(first.split())[:80]}”" if first else ""


def _bounded(pieces: list[Piece], left_out: list[str]) -> Answer:
    kept, room, more = [], MAX_SHOWN, 0
    for piece in pieces[:MAX_PIECES]:
        text = piece.text[:room]
        more += len(piece.text) - len(text)
        room -= len(text)
        if text:
            kept.append(Piece(piece.title, piece.url, text))
    more += sum(len(piece.text) for piece in pieces[MAX_PIECES:])
    if more:
        left_out.append(f"{more:,} more characters; ask for less")
    return Answer(tuple(kept), tuple(left_out))
