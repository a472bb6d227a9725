"""How well web pages are read: `python -m benchmarks.pages [--json] [--missed]`.

On annotated pages, where they are (`pages.json.gz` in COLLECTIONS, by default `../shared/data`):
texts that a reader has to keep, and clutter that it has to drop. Precision is the share of what is
kept, of both, that had to be; recall the share of what has to be kept that is. Beside ours stand
trafilatura by itself, and the whole text of the page that our reader sees.
"""

import argparse
import base64
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from trafilatura import extract

from benchmarks.processes import Json
from benchmarks.search import COLLECTIONS
from research.library.blocks import as_text
from research.library.readers import html
from research.library.reading import page

EMPTY = 200  # characters; a page that is left with fewer is as good as not read

Read = Callable[[bytes], str]


def ours(body: bytes) -> str:
    return page.read(body, "text/html", "").text


def trafilatura(body: bytes) -> str:
    return extract(body, include_comments=False) or ""


def whole(body: bytes) -> str:
    return as_text(html.read(page.decoded(body, "text/html")).blocks)


READERS: dict[str, Read] = {"ours": ours, "trafilatura": trafilatura, "whole": whole}


def measure(pages: list[Json]) -> Json:
    """`{reader: {"f1", "precision", "recall", "clutter", "empty", "ms"}}`; shares from 0 to 1."""
    return {name: _scores(pages, read) for name, read in READERS.items()}


def _scores(pages: list[Json], read: Read) -> Json:
    began = time.perf_counter()
    texts = [read(base64.b64decode(each["html"])) for each in pages]
    seconds = time.perf_counter() - began
    kept = sum(len(each["keep"]) for each in pages) - len(list(_missed(pages, texts)))
    clutter = sum(
        _holds(text, drop) for each, text in zip(pages, texts, strict=True) for drop in each["drop"]
    )
    precision = kept / (kept + clutter)
    recall = kept / sum(len(each["keep"]) for each in pages)
    return {
        "f1": round(2 * precision * recall / (precision + recall), 3),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "clutter": round(clutter / sum(len(each["drop"]) for each in pages), 3),
        "empty": sum(len(text) < EMPTY for text in texts),
        "ms": round(1000 * seconds / len(pages), 1),
    }


def _missed(pages: list[Json], texts: list[str]) -> Iterator[tuple[str, str]]:
    for each, text in zip(pages, texts, strict=True):
        for keep in each["keep"]:
            if not _holds(text, keep):
                yield each["name"], keep


def _holds(text: str, part: str) -> bool:
    """Whatever the white space, and with or without soft hyphens, which nobody sees."""
    return _flat(part) in _flat(text)


def _flat(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--missed", action="store_true", help="list what ours does not keep")
    options = parser.parse_args(arguments)
    file = COLLECTIONS / "pages.json.gz"
    if not file.exists():
        print(
            f"There are no annotated pages: {file.name} is not in {COLLECTIONS}.", file=sys.stderr
        )
        return 2
    pages: list[Any] = json.loads(gzip.decompress(file.read_bytes()))
    if options.missed:
        texts = [ours(base64.b64decode(each["html"])) for each in pages]
        print("\n".join(f"{name}  {keep!r}" for name, keep in _missed(pages, texts)))
        return 0
    found = measure(pages)
    if options.json:
        print(json.dumps({"pages": len(pages), "readers": found}, indent=2))
        return 0
    print(f"{len(pages)} pages  " + "".join(f"{name:>11}" for name in next(iter(found.values()))))
    for reader, scores in found.items():
        print(f"{reader:<10}" + "".join(f"{value:>11}" for value in scores.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
