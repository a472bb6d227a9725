"""The part of the form in which rows are pasted or uploaded, and shown before they run.

They are read in research.tables.rows. What an upload holds comes back as text, which is looked at,
corrected and sent again: nothing of it is kept between the two.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from research.confined.exceptions import FileTooLarge, RefusedFile
from research.tables.rows.exceptions import UnknownTopicColumn
from research.tables.rows.limits import MAX_BYTES
from research.tables.rows.preview import Placed, Preview, Problem, preview
from research.tables.rows.read import read_file, read_text
from research.tables.rows.table import Table

ROWS = "rows"
ENDINGS = ".csv,.tsv,.tab,.txt,.md,.xlsx,.xlsm"
HEADER = {"yes": True, "no": False}
FIRST = 5  # rows that are shown
PROBLEMS = 20  # that are shown

NOT_SEEN = "Look at what will run, below. Then start the crews again."
NO_ROWS = "Paste a table or choose a file, with a topic in each row."
NOTHING_FITS = "None of the rows can run. Mend them above, or choose a mended file."
UNFIT = "Some rows cannot run. Mend them, or have the others run without them."


class RowsForm(forms.Form):
    """Rows as text or as a file, how they are read, and whether they were looked at."""

    source = forms.CharField(required=False, initial="topics")
    rows = forms.CharField(required=False, strip=False)
    rows_file = forms.FileField(required=False, allow_empty_file=True)
    header = forms.CharField(required=False)
    topic_column = forms.CharField(required=False)
    leave_out = forms.BooleanField(required=False)
    looked_at = forms.CharField(required=False)

    def __init__(self, data: Any = None, files: MultiValueDict[str, UploadedFile] | None = None):
        super().__init__(data, files)
        self.trouble = ""
        """Why they cannot run; known once `preview` was asked for."""

    @property
    def is_chosen(self) -> bool:
        """Whether rows are to run, and not the topics beside them."""
        return bool(self["source"].value() == ROWS)

    @cached_property
    def preview(self) -> Preview | None:
        """What will run; None where there is nothing to read, or it is in trouble."""
        if not self.is_bound or not self.is_chosen:
            return None
        try:
            table = self._table()
            return self._previewed(table) if table else None
        except RefusedFile as error:
            self.trouble = str(error)
            return None

    @cached_property
    def text(self) -> str:
        """What was pasted, or what the file holds."""
        return self.preview.table.text if self.preview and self._file else self._pasted

    @property
    def digest(self) -> str:
        """Of what will run: a start with the same one starts what was looked at."""
        rows = self.preview.as_data() if self.preview else []
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def ready(self) -> list[dict[str, str]] | None:
        """The rows to submit; None where they are in trouble, or were not looked at."""
        if self.preview is None:
            self.trouble = self.trouble or NO_ROWS
        elif not self.preview.rows:
            self.trouble = NOTHING_FITS
        elif self["looked_at"].value() != self.digest:
            self.trouble = NOT_SEEN
        elif self.preview.problems and not self["leave_out"].value():
            self.trouble = UNFIT
        else:
            return self.preview.as_data()
        return None

    @property
    def accepts(self) -> str:
        return ENDINGS

    @property
    def first(self) -> list[tuple[Placed, list[str]]]:
        """The first rows, each with its cells in the order of the columns."""
        if not self.preview:
            return []
        columns, topic = self.preview.columns, self.preview.topic
        return [(placed, _cells(placed, columns, topic)) for placed in self.preview.rows[:FIRST]]

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return max(0, len(self.preview.rows) - FIRST) if self.preview else 0

    @property
    def problems(self) -> list[Problem]:
        return self.preview.problems[:PROBLEMS] if self.preview else []

    @property
    def more_problems(self) -> int:
        return max(0, len(self.preview.problems) - PROBLEMS) if self.preview else 0

    @property
    def _file(self) -> UploadedFile | None:
        return self.files.get("rows_file") or None

    @property
    def _pasted(self) -> str:
        return str(self["rows"].value() or "")

    def _table(self) -> Table | None:
        most = settings.RESEARCH_MAX_TOPICS
        if file := self._file:
            if (file.size or 0) > MAX_BYTES:
                raise FileTooLarge(str(file.name), limit=MAX_BYTES // 1024**2)
            return read_file(file.read(), str(file.name), most)
        return read_text(self._pasted, most=most) if self._pasted.strip() else None

    def _previewed(self, table: Table) -> Preview:
        most = settings.RESEARCH_MAX_TOPICS
        header, topic = HEADER.get(self["header"].value()), self["topic_column"].value() or ""
        try:
            return preview(table, most, header, topic)
        except UnknownTopicColumn:  # it was chosen for another table, which stood here before
            return preview(table, most, header)


def _cells(placed: Placed, columns: Sequence[Any], topic: int) -> list[str]:
    row = placed.row
    return [
        row.topic if at == topic else row.inputs[column.name] for at, column in enumerate(columns)
    ]
