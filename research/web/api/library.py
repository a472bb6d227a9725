"""The library by API: searched as crews search it, listed, added to, and removed from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile as NinjaFile

from research.exceptions import BadInput, BuiltIn, NotFound, QueryTooLong
from research.library import archives, documents
from research.library.forms import MAX_QUERY
from research.library.models import MAX_ID, Document
from research.library.outcomes import Outcome
from research.library.search import Hit, search
from research.library.suggestions import did_you_mean
from research.people.caller import caller_in, member_team, readers_of
from research.web.api.schemas import ErrorOut
from research.web.links import public_url

MOST_HITS = 50
PAGE_SIZE = 50  # documents in one answer
REFUSALS = dict.fromkeys((400, 404, 409, 413, 503), ErrorOut)
BUILT_IN = {"all": None, "yours": False, "built-in": True}

Origin = Literal["all", "yours", "built-in"]

router = Router()


class HitOut(Schema):
    """A passage. `document` is the id of what it stands in, `file` "" for a built-in one."""

    document: int
    title: str
    file: str
    url: str
    heading: str
    text: str
    score: float


class HitsOut(Schema):
    """The best first. `did_you_mean`: the query with words put right that stand nowhere, if any."""

    hits: list[HitOut]
    did_you_mean: str | None


class DocumentOut(Schema):
    id: int
    title: str
    kind: str
    file: str
    built_in: bool
    passages: int
    added_at: datetime
    url: str

    @classmethod
    def of(cls, document: Document, request: HttpRequest) -> Self:
        passages = getattr(document, "passage_count", None)  # of a list
        return cls(
            id=document.pk,
            title=document.title,
            kind=document.kind,
            file=document.file,
            built_in=document.built_in,
            passages=document.passages.count() if passages is None else passages,
            added_at=document.added_at,
            url=public_url(request, document.get_absolute_url()),
        )


class DocumentsOut(Schema):
    """`next` is the page that follows; null at the end."""

    documents: list[DocumentOut]
    count: int
    next: int | None


class ArchivedOut(Schema):
    """A file of an archive. `change`: added, beside, replaced, equal, or refused.

    `told` is the document's title, or the reason that it was refused for.
    """

    path: str
    change: str
    told: str
    url: str | None

    @classmethod
    def of(cls, outcome: Outcome, request: HttpRequest) -> Self:
        return cls(
            path=outcome.path,
            change=outcome.change or "refused",
            told=outcome.told,
            url=public_url(request, outcome.url) if outcome.url else None,
        )


class ArchiveOut(Schema):
    files: list[ArchivedOut]


@router.get("/api/library/search", response={200: HitsOut, **REFUSALS})
async def search_library(
    request: HttpRequest, q: str = "", limit: int = 10, origin: Origin = "all"
) -> HitsOut:
    """What a crew's search would find, best first: nothing, rather than something else."""
    if len(q) > MAX_QUERY:
        raise QueryTooLong(length=len(q), limit=MAX_QUERY)
    if not 1 <= limit <= MOST_HITS:
        raise BadInput(reason=f"the limit is a number from 1 to {MOST_HITS}.")

    def found() -> HitsOut:
        readers = readers_of(caller_in(request))
        hits = search(q, limit, BUILT_IN[origin], readers)
        return HitsOut(hits=_hits(hits, request), did_you_mean=did_you_mean(q, readers) or None)

    return await sync_to_async(found)()


def _hits(hits: Sequence[Hit], request: HttpRequest) -> list[HitOut]:
    return [
        HitOut(
            document=hit.document_id,
            title=hit.title,
            file=hit.file,
            url=public_url(request, hit.url),
            heading=hit.heading,
            text=hit.text,
            score=hit.score,
        )
        for hit in hits
    ]


@router.get("/api/library", response={200: DocumentsOut, **REFUSALS})
async def list_documents(
    request: HttpRequest, page: int = 1, origin: Origin = "all"
) -> DocumentsOut:
    """Documents, a person's own first, then by title."""
    if page < 1:
        raise BadInput(reason="the page is a number from 1.")

    def listed() -> DocumentsOut:
        caller = caller_in(request)
        found = Document.objects.visible_to(caller).of_origin(BUILT_IN[origin])
        count = found.count()
        start = (min(page, MAX_ID) - 1) * PAGE_SIZE
        shown = found.listed()[start : start + PAGE_SIZE] if start < count else []
        return DocumentsOut(
            documents=[DocumentOut.of(each, request) for each in shown],
            count=count,
            next=page + 1 if start + PAGE_SIZE < count else None,
        )

    return await sync_to_async(listed)()


@router.post("/api/library", response={200: DocumentOut, 201: DocumentOut, **REFUSALS})
async def add_document(
    request: HttpRequest, file: File[NinjaFile], path: Form[str] = "", replace: Form[bool] = False
) -> tuple[int, DocumentOut]:
    """Adds a document (201); an equal one that is there already is answered with 200.

    `path` is its name with the folders that it comes from, which keep namesakes apart. One that
    was added under the same name before is kept beside it, unless `replace` is true (200).
    """

    def added() -> tuple[int, DocumentOut]:
        team = member_team(caller_in(request))
        name = path or file.name or ""
        if documents.is_archive(name):
            raise BadInput(reason="an archive goes to /api/library/archive.")
        documents.check(name, file.size or 0)
        each = documents.add_bytes(name, file.read(), replaces=replace, team=team)
        return 201 if each.is_new else 200, DocumentOut.of(each.document, request)

    return await sync_to_async(added)()


@router.post("/api/library/archive", response={200: ArchiveOut, **REFUSALS})
async def add_archive(
    request: HttpRequest, file: File[NinjaFile], path: Form[str] = "", replace: Form[bool] = False
) -> ArchiveOut:
    """Adds the files of a zip archive, each as if it came from a folder of the archive's name.

    Refused as a whole (400) if it cannot be unpacked; one of its files is refused by itself.
    """

    def added() -> ArchiveOut:
        team = member_team(caller_in(request))
        name = path or file.name or ""
        if not documents.is_archive(name):
            raise BadInput(reason="the file's name does not end in .zip.")
        documents.check(name, file.size or 0)
        outcomes = archives.add_upload(name, file.read(), replaces=replace, team=team)
        return ArchiveOut(files=[ArchivedOut.of(each, request) for each in outcomes])

    return await sync_to_async(added)()


@router.delete("/api/library/{document_id}", response={204: None, **REFUSALS})
async def delete_document(request: HttpRequest, document_id: int) -> tuple[int, None]:
    """Removes a document that a person added; the built-in ones are not theirs to remove."""

    def delete() -> None:
        found = Document.objects.filter(pk=min(max(document_id, 0), MAX_ID)).first()
        if found is None:
            raise NotFound(thing="document", name=document_id)
        if found.built_in:
            raise BuiltIn(name=found.title)
        found.delete()

    await sync_to_async(delete)()
    return 204, None
