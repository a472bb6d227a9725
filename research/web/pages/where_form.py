"""The part of a form in which is said where to look."""

from typing import Any

from django import forms

from research.exceptions import ResearchError
from research.sources.exceptions import (
    NotADate,
    NotALanguage,
    NotASite,
    NoWebSearch,
    OnlyOfTheWeb,
    TooManySites,
    UnknownWhere,
)
from research.sources.where import PLACES, Where

SITES = ("sites", "not_sites")
FIELD_OF_WHERE: dict[type[ResearchError], str] = {
    UnknownWhere: "where",
    NoWebSearch: "where",
    OnlyOfTheWeb: "where",
    NotASite: "sites",
    TooManySites: "sites",
    NotADate: "since",
    NotALanguage: "language",
}


class WhereForm(forms.Form):
    """Web or library, and what of the web."""

    where = forms.CharField(required=False, initial=PLACES[0])
    sites = forms.CharField(required=False)
    not_sites = forms.CharField(required=False)
    since = forms.CharField(required=False)
    language = forms.CharField(required=False)

    def look(self, cleaned: dict[str, Any]) -> Where:
        """Raises BadInput. Sites stand apart by commas, white space or lines."""
        sites, not_sites = (cleaned[name].replace(",", " ").split() for name in SITES)
        return Where.parse(
            cleaned["where"], sites, not_sites, cleaned["since"], cleaned["language"]
        )

    def places(self) -> dict[str, str]:
        """Where a run may look, by what a request calls it."""
        return {"both": "The web and the library", "web": "The web", "library": "The library"}

    def has_where(self) -> bool:
        """Whether something is chosen, or wrong."""
        names = (*SITES, "since", "language")
        narrowed = any(self[name].value() or self[name].errors for name in names)
        chosen = self["where"].value() or PLACES[0]
        return narrowed or bool(self["where"].errors) or chosen != PLACES[0]
