"""The forms of the library's page."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from research.library.documents import TAKEN

MAX_QUERY = 1000  # characters


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Cleans to a list of files."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files if file]


class UploadForm(forms.Form):
    """Files, by themselves or of folders; in several requests where a script sends them."""

    documents = ManyFilesField(
        label="Files",
        label_suffix="",
        required=False,
        allow_empty_file=True,  # the library says itself what is wrong with one
        help_text="Text, Markdown, MDX, reStructuredText, HTML, PDF, Word, PowerPoint, Excel, "
        "OpenDocument, EPUB, RTF, CSV, JSON or notebooks, "
        "also in zip archives; at most 10 MB each.",
        widget=ManyFilesInput(attrs={"accept": ",".join(TAKEN)}),
    )
    replaces = forms.BooleanField(
        label="Replace what I added before under the same name and folder",
        label_suffix="",
        required=False,
    )
    paths = forms.JSONField(required=False)  # of the files, within the folder that was chosen
    left = forms.JSONField(required=False)  # [path, bytes] of files that were not sent at all
    hidden = forms.IntegerField(required=False, min_value=0)  # files that were not even named
    upload = forms.CharField(required=False, max_length=40)  # which requests belong together

    def clean(self) -> dict[str, Any]:
        """Adds `named`: each file with its path."""
        data = super().clean() or {}
        files, paths, left = data.get("documents") or [], data.get("paths"), data.get("left") or []
        if not files and not left:
            self.add_error("documents", "Choose at least one file.")
        if paths is None:
            paths = [file.name for file in files]
        if not _are_texts(paths) or len(paths) != len(files):
            self.add_error("documents", "There must be a path for each file.")
        elif not _are_sizes(left):
            self.add_error("documents", "Each file that is left out needs a path and a size.")
        else:
            data["named"] = list(zip(paths, files, strict=True))
        return data


def _are_texts(paths: Any) -> bool:
    return isinstance(paths, list) and all(isinstance(path, str) for path in paths)


def _are_sizes(left: Any) -> bool:
    return isinstance(left, list) and all(
        isinstance(each, list) and [type(part) for part in each] == [str, int] for each in left
    )


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Search the library",
        label_suffix="",
        required=False,
        max_length=MAX_QUERY,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
