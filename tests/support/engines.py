"""Search engines on this machine, which answer as the real ones do: see docs/sources.md."""

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "engine-key-0123456789"


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: Any = None


@dataclass
class Answer:
    status: int = 200
    body: bytes | str | dict[str, Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[BaseHTTPRequestHandler], None] | None = None
    """Answers in its own way."""


class EngineServer:
    """Answers every request with `answer`, or with the one for the beginning of its path."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer = Answer()
        self.answers: dict[str, Answer] = {}
        self.most_at_once = self._at_once = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._handle(self)

            do_POST = do_GET

            def log_message(self, *args: object) -> None:
                """Silent."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 300

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        is_json = (handler.headers.get("content-type") or "").startswith("application/json")
        asked = Asked(
            handler.command,
            parts.path,
            {name: values[0] for name, values in parse_qs(parts.query).items()},
            {name.lower(): value for name, value in handler.headers.items()},
            json.loads(body) if is_json and body else body.decode(),
        )
        with self._lock:
            self.asked.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            chosen = next((a for p, a in self.answers.items() if parts.path.startswith(p)), None)
            with contextlib.suppress(OSError):
                _send(handler, chosen or self.answer)
        finally:
            with self._lock:
                self._at_once -= 1


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    if answer.act:
        answer.act(handler)
        return
    body = json.dumps(answer.body) if isinstance(answer.body, dict) else answer.body
    body = body.encode() if isinstance(body, str) else body
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


# What each answers ------------------------------------------------------------------------------

SERPER = {
    "searchParameters": {"q": "bees", "type": "search", "engine": "google"},
    "organic": [
        {
            "title": "Bees dance",
            "link": "https://example.org/bees",
            "snippet": "They tell where flowers are.",
            "date": "Jan 31, 2025",
            "position": 1,
        },
        {"title": "Old bees", "link": "https://old.example.com/", "snippet": "x", "position": 2},
    ],
    "credits": 1,
}
BRAVE = {
    "type": "search",
    "query": {"original": "bees", "more_results_available": True},
    "web": {
        "type": "search",
        "results": [
            {
                "title": "Bees <strong>dance</strong>",
                "url": "https://example.org/bees",
                "description": "They tell &amp; show where <strong>flowers</strong> are.",
                "page_age": "2025-01-31T08:00:00",
                "age": "January 31, 2025",
                "language": "en",
            }
        ],
    },
}
TAVILY = {
    "query": "bees",
    "follow_up_questions": None,
    "answer": None,
    "images": [],
    "results": [
        {
            "title": "Bees dance",
            "url": "https://example.org/bees",
            "content": "They tell where flowers are.",
            "score": 0.98,
            "raw_content": None,
            "published_date": "Fri, 31 Jan 2025 08:00:00 GMT",
        }
    ],
    "response_time": 1.2,
}
EXA = {
    "requestId": "b5947044c4b78efa9552a7c89b306d95",
    "resolvedSearchType": "neural",
    "results": [
        {
            "id": "https://example.org/bees",
            "title": "Bees dance",
            "url": "https://example.org/bees",
            "publishedDate": "2025-01-31T00:00:00.000Z",
            "author": "K. Frisch",
            "highlights": ["They tell where", "flowers are."],
            "highlightScores": [0.5, 0.4],
        }
    ],
    "costDollars": {"total": 0.005},
}
SEARXNG = {
    "query": "bees",
    "number_of_results": 0,
    "results": [
        {
            "url": "https://example.org/bees",
            "title": "Bees dance",
            "content": "They tell where flowers are.",
            "publishedDate": "2025-01-31T00:00:00",
            "engine": "mojeek",
            "engines": ["mojeek", "qwant"],
            "positions": [1, 2],
            "score": 3.0,
            "category": "general",
        }
    ],
    "answers": [],
    "corrections": [],
    "infoboxes": [],
    "suggestions": [],
    "unresponsive_engines": [["google", "Suspended: CAPTCHA"]],
}
WIKIPEDIA = {
    "batchcomplete": True,
    "query": {
        "pages": [
            {
                "pageid": 2,
                "ns": 0,
                "title": "Honey",
                "index": 2,
                "extract": "Honey is made by bees.",
                "fullurl": "https://en.wikipedia.org/wiki/Honey",
            },
            {
                "pageid": 1,
                "ns": 0,
                "title": "Waggle dance",
                "index": 1,
                "extract": "The waggle dance tells bees where flowers are.",
                "fullurl": "https://en.wikipedia.org/wiki/Waggle_dance",
            },
        ]
    },
}
ARXIV = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title type="html">ArXiv Query: search_query=all:bees</title>
  <opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">1</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/2501.00001v2</id>
    <updated>2025-02-03T00:00:00Z</updated>
    <published>2025-01-31T18:00:00Z</published>
    <title>Bees
  dance</title>
    <summary>  They tell where
flowers are. </summary>
    <author><name>Ada Apis</name></author>
    <author><name>Bo Bombus</name></author>
    <link href="http://arxiv.org/abs/2501.00001v2" rel="alternate" type="text/html"/>
  </entry>
</feed>"""
OPENALEX = {
    "meta": {"count": 1, "db_response_time_ms": 20, "page": 1, "per_page": 10},
    "results": [
        {
            "id": "https://openalex.org/W1",
            "doi": "https://doi.org/10.1234/bees",
            "display_name": "Bees dance",
            "publication_date": "2025-01-31",
            "abstract_inverted_index": {"They": [0], "tell": [1], "flowers": [3], "where": [2]},
            "primary_location": {"landing_page_url": "https://example.org/bees", "pdf_url": None},
            "authorships": [{"author": {"id": "A1", "display_name": "Ada Apis"}}],
        }
    ],
}
DUCKDUCKGO = """<!DOCTYPE html><html><body><div class="serp__results"><div class="results">
<div class="result results_links web-result"><div class="links_main links_deep result__body">
<h2 class="result__title"><a rel="nofollow" class="result__a"
 href="https://example.org/bees">Bees dance</a></h2>
<a class="result__snippet" href="https://example.org/bees">They tell <b>where</b> flowers are.</a>
</div></div></div></div></body></html>"""
CAPTCHA = """<!DOCTYPE html><html><body><div class="anomaly-modal__title">Unfortunately, bots use
DuckDuckGo too. Please complete the following challenge.</div></body></html>"""

ANSWERS: dict[str, dict[str, Any] | str] = {
    "serper": SERPER,
    "brave": BRAVE,
    "tavily": TAVILY,
    "exa": EXA,
    "searxng": SEARXNG,
    "duckduckgo": DUCKDUCKGO,
    "wikipedia": WIKIPEDIA,
    "arxiv": ARXIV,
    "openalex": OPENALEX,
}
NOTHING: dict[str, dict[str, Any] | str] = {
    "serper": {"organic": [], "credits": 1},
    "brave": {"type": "search", "query": {"original": "x"}},
    "tavily": {"query": "x", "results": []},
    "exa": {"requestId": "1", "results": []},
    "searxng": {**SEARXNG, "results": [], "unresponsive_engines": []},
    "duckduckgo": "<html><body><div class='no-results'>No results.</div></body></html>",
    "wikipedia": {"batchcomplete": True},
    "arxiv": '<feed xmlns="http://www.w3.org/2005/Atom"><title>none</title></feed>',
    "openalex": {"meta": {"count": 0}, "results": []},
}
