"""The part of a form in which a crew is chosen: blueprint, model and budget."""

import contextlib

from django import forms
from django.conf import settings

from research.crews.llms import catalog
from research.exceptions import (
    BadInput,
    BadMoneyBudget,
    BadTokenBudget,
    MissingKey,
    NoPrice,
    ResearchError,
    ToolNotAllowed,
    UnknownBlueprint,
    UnknownModel,
    UnknownPriority,
    UnknownTool,
)
from research.keyring.exceptions import KeySealed
from research.people.models import Team
from research.runs.estimate import Estimate, estimate_of
from research.runs.models import Blueprint
from research.runs.submission import DEFAULT_BLUEPRINT
from research.sources import engines

FIELD_OF: dict[type[ResearchError], str] = {
    UnknownBlueprint: "blueprint",
    UnknownTool: "blueprint",
    ToolNotAllowed: "blueprint",
    UnknownPriority: "priority",
    UnknownModel: "model",
    MissingKey: "model",
    KeySealed: "model",
    BadTokenBudget: "token_budget",
    BadMoneyBudget: "money_budget",
    NoPrice: "money_budget",
}


class CrewForm(forms.Form):
    """What crews are to be, and what they may spend."""

    blueprint = forms.CharField(required=False, initial=DEFAULT_BLUEPRINT)
    model = forms.CharField(required=False, initial=catalog.default_model)
    token_budget = forms.CharField(required=False, initial=lambda: settings.RESEARCH_TOKEN_BUDGET)
    money_budget = forms.CharField(required=False, initial=lambda: settings.RESEARCH_MONEY_BUDGET)

    team: Team | None = None
    """Whose blueprints there are to choose from, beside the site's."""

    def blueprints(self) -> list[Blueprint]:
        return list(Blueprint.objects.usable_by(self.team).select_related("team"))

    def estimate(self) -> Estimate | None:
        """For what is chosen now; None for a model that cannot be read."""
        with contextlib.suppress(BadInput):
            model = catalog.resolve(self["model"].value())
            return estimate_of(model, self.estimated_blueprint() or DEFAULT_BLUEPRINT, self.team)
        return None

    def estimated_blueprint(self) -> str:
        """The name of the blueprint that is chosen now; empty: none is."""
        return self["blueprint"].value() or ""

    def searches_library_only(self) -> bool:
        """Whether the chosen model could search the web, if that were set up."""
        chosen = (self["model"].value() or "").strip() or catalog.default_model()
        return chosen != catalog.OFFLINE and not engines.ready()

    def models(self) -> list[str]:
        return catalog.suggestions()
