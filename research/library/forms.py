"""The forms of the library's page."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from research.library.documents import KINDS

MAX_QUERY = 1000  # characters


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Cleans to a list of files."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    documents = ManyFilesField(
        label="Files",
        label_suffix="",
        allow_empty_file=True,  # the library says itself what is wrong with one
        help_text="Text, Markdown, reStructuredText, HTML or PDF, at most 10 MB each.",
        widget=ManyFilesInput(attrs={"accept": ",".join(KINDS)}),
        error_messages={"required": "Choose at least one file."},
    )


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Search the library",
        label_suffix="",
        required=False,
        max_length=MAX_QUERY,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
