"""The library's pages: search, upload, the list of documents, and a document to read.

Plain views, which Django runs in a thread each: reading an uploaded PDF takes its time.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from research.library import documents, uploads
from research.library.blocks import Block, parse
from research.library.excerpts import excerpt
from research.library.forms import SearchForm, UploadForm
from research.library.index.contract import Readers
from research.library.limits import MAX_BYTES
from research.library.models import Document, Passage
from research.library.query import parse as parse_query
from research.library.search import Hit, search
from research.library.suggestions import did_you_mean
from research.people.caller import caller_in, member_team, readers_of

DOCUMENTS_PER_PAGE = 30
PASSAGES_PER_PAGE = 40
HITS = 10
SHOWN = {"all": ("All", None), "yours": ("Yours", False), "built-in": ("Built in", True)}


@require_http_methods(["GET", "HEAD", "POST"])
def library(request: HttpRequest) -> HttpResponse:
    """Search results or the list of documents; takes uploads, and says of each refused one why."""
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            data, team = form.cleaned_data, member_team(caller_in(request))
            outcomes = uploads.add(data, team)
            uploads.keep(request, outcomes, data["upload"], data["hidden"] or 0)
            if not data["upload"]:
                return redirect("library")
            # A script shows what became of these, and sends the next ones.
            return JsonResponse({"files": [outcome.state for outcome in outcomes]})
    context = {
        "upload": form,
        "uploaded": None if form.errors else uploads.told(request),
        "kinds": ",".join(documents.TAKEN),
        "max_bytes": MAX_BYTES,
        **_found(request),
        **_listed(request),
    }
    return render(request, "library/library.html", context, status=400 if form.errors else 200)


def _found(request: HttpRequest) -> dict[str, Any]:
    """The search form with what it found; `results` is None when nothing was asked."""
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    if not query:
        return {"search": form, "query": "", "results": None}
    readers = readers_of(caller_in(request))
    results = _results(query, readers)
    return {
        "search": form,
        "query": query,
        "results": results,
        "meant": "" if results else did_you_mean(query, readers),
    }


def _results(query: str, readers: Readers) -> list[tuple[Hit, str, str]]:
    """The hits, each with its place in its document and an excerpt."""
    hits = search(query, HITS, readers=readers)
    ids = [hit.passage_id for hit in hits]
    places = dict(Passage.objects.filter(pk__in=ids).values_list("pk", "index"))
    sought = parse_query(query)
    return [
        (hit, _address(hit, places.get(hit.passage_id, 0)), excerpt(hit.text, sought))
        for hit in hits
    ]


def _address(hit: Hit, place: int) -> str:
    """Where a passage stands: `document` shows that many passages on a page."""
    page = place // PASSAGES_PER_PAGE + 1
    return f"{hit.url}{f'?page={page}' if page > 1 else ''}#passage-{place}"


def _listed(request: HttpRequest) -> dict[str, Any]:
    """One page of the documents, of all or of one kind."""
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "all"
    documents_shown = Document.objects.visible_to(caller_in(request))
    listed = documents_shown.of_origin(SHOWN[shown][1]).listed()
    page = Paginator(listed, DOCUMENTS_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "shown": shown,
        "choices": {name: label for name, (label, _) in SHOWN.items()},
        "page": page,
    }


@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A document's passages in order, a page at a time."""
    found = get_object_or_404(Document.objects.defer("text"), pk=pk)
    passages = found.passages.order_by("index")
    page = Paginator(passages, PASSAGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"document": found, "page": page, "sections": _sections(page.object_list)}
    return render(request, "library/document.html", context)


def _sections(passages: Iterable[Passage]) -> list[tuple[str, list[tuple[Passage, list[Block]]]]]:
    """Passages that follow each other under the same heading, together, parsed for showing."""
    return [
        (heading, [(passage, list(parse(passage.text))) for passage in group])
        for heading, group in groupby(passages, key=attrgetter("heading"))
    ]


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes a document that a person added; the sample's are not theirs to remove."""
    found = get_object_or_404(Document.objects.yours(), pk=pk)
    found.delete()
    messages.success(request, f"Removed “{found.title}”.")
    return redirect("library")
