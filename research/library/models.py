"""Documents and the passages they are found by."""

from typing import Self

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from research.library import keys
from research.people.models import Team
from research.people.visible import OfTeam

MAX_ID = 2**63 - 1  # that a column takes
YOURS = "yours"  # the origin of what a person added


class DocumentQuerySet(OfTeam, models.QuerySet["Document"]):
    site_is_shared = True

    def yours(self) -> Self:
        return self.filter(built_in=False)

    def built_in(self) -> Self:
        return self.filter(built_in=True)

    def uploaded_as(self, name: str, team: int | None = None) -> Self:
        """The team's uploads of a file of that name."""
        return self.filter(key__startswith=keys.of_uploads(name, team))

    def of_origin(self, built_in: bool | None) -> Self:
        """Built-in documents, the others, or both (None)."""
        return self.all() if built_in is None else self.filter(built_in=built_in)

    def listed(self) -> Self:
        """Without the texts, a person's own first; adds `passage_count`."""
        documents = self.defer("text").order_by("built_in", "title", "pk")
        # A count for each of the rows that are shown, not for all documents and then a page.
        passages = Passage.objects.filter(document=OuterRef("pk")).order_by()
        count = passages.values("document").annotate(count=Count("pk")).values("count")
        return documents.annotate(passage_count=Coalesce(Subquery(count), 0))


class Document(models.Model):
    """A text with a title, in the light markup of `research.library.blocks`."""

    class Kind(models.TextChoices):
        TEXT = "text"
        MARKDOWN = "markdown"
        HTML = "html"
        PDF = "pdf"
        RST = "rst", "reStructuredText"
        DOCX = "docx", "Word"
        PPTX = "pptx", "PowerPoint"
        XLSX = "xlsx", "Excel"
        EPUB = "epub", "EPUB"
        ODT = "odt", "OpenDocument"
        RTF = "rtf", "RTF"
        CSV = "csv", "CSV"
        JSON = "json", "JSON"
        NOTEBOOK = "notebook", "Notebook"
        MDX = "mdx", "MDX"

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind)
    origin = models.CharField(max_length=200, default=YOURS)
    key = models.TextField(unique=True, help_text="The same thing added again has the same key.")
    text = models.TextField()
    built_in = models.BooleanField(default=False, editable=False)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, related_name="+", help_text="None: the whole site's."
    )
    added_at = models.DateTimeField(default=timezone.now)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["built_in", "title", "id"], name="document_listed"),  # the page
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.pk])

    @property
    def file(self) -> str:
        """The name of the file that it was made of; empty for one of the sample."""
        return keys.file_of(self.key)


class Passage(models.Model):
    """A part of a document, short enough to quote; what search finds."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="passages")
    index = models.PositiveIntegerField(help_text="The passage's place in the document, from 0.")
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["document", "index"]
        constraints = [
            models.UniqueConstraint(fields=["document", "index"], name="one_passage_per_index")
        ]

    def __str__(self) -> str:
        return self.heading or self.text[:80]


class Sample(models.Model):
    """What the sample library was last filled from: one row, or none before the first fill."""

    fingerprint = models.CharField(max_length=64)
    filled_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.fingerprint[:12]
