"""The library's pages: search, upload, the list of documents, and a document to read."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from research.library import documents, index
from research.library.exceptions import FileTooLarge, RefusedFile
from research.library.forms import SearchForm, UploadForm
from research.library.models import Document
from research.library.search import Hit, content_words, search

DOCUMENTS_PER_PAGE = 30
PASSAGES_PER_PAGE = 40
HITS = 10
SHOWN = {"all": "All", "yours": "Yours", "built-in": "Built in"}


@require_http_methods(["GET", "HEAD", "POST"])
def library(request: HttpRequest) -> HttpResponse:
    """Search results or the list of documents; takes uploads, and says of each refused one why."""
    form = UploadForm()
    added: list[Document] = []
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            added = _add(form)
        if form.is_valid():
            for document in added:
                messages.success(request, f"Added “{document.title}”.")
            return redirect("library")
    context = {"upload": form, "added": added, **_found(request), **_listed(request)}
    return render(request, "library/library.html", context, status=400 if form.errors else 200)


def _add(form: UploadForm) -> list[Document]:
    """Adds the files one by one; a refused one becomes an error of the form."""
    added = []
    for file in form.cleaned_data["files"]:
        try:
            if file.size > documents.MAX_BYTES:
                raise FileTooLarge(file.name, limit=documents.MAX_BYTES // 1024**2)
            added.append(documents.add_bytes(file.name, file.read()))
        except RefusedFile as error:
            form.add_error("files", str(error))
    return added


def _found(request: HttpRequest) -> dict[str, Any]:
    """The search form with what it found; `results` is None when nothing was asked."""
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    return {"search": form, "query": query, "results": _results(query) if query else None}


def _results(query: str) -> list[tuple[Hit, str]]:
    hits = search(query, HITS)
    excerpts = index.excerpts(content_words(query), [hit.passage_id for hit in hits])
    return [(hit, excerpts.get(hit.passage_id, hit.text)) for hit in hits]


def _listed(request: HttpRequest) -> dict[str, Any]:
    """One page of the documents, of all or of one kind."""
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "all"
    listed = Document.objects.listed()
    if shown != "all":
        listed = listed.filter(built_in=shown == "built-in")
    page = Paginator(listed, DOCUMENTS_PER_PAGE).get_page(request.GET.get("page"))
    return {"shown": shown, "choices": SHOWN, "page": page}


@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A document's passages in order; `?passage=<index>` opens the page that holds that one."""
    found = get_object_or_404(Document.objects.defer("text"), pk=pk)
    paginator = Paginator(found.passages.order_by("index"), PASSAGES_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return render(request, "library/document.html", {"document": found, "page": page})


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes a document that a person added; the sample's are not theirs to remove."""
    found = get_object_or_404(Document.objects.yours(), pk=pk)
    found.delete()
    messages.success(request, f"Removed “{found.title}”.")
    return redirect("library")
