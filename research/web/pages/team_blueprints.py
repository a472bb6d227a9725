"""The blueprints that a team can use; its managers copy the site's, change and delete their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from research.exceptions import BadBlueprint, ResearchError
from research.people.caller import caller_in
from research.people.models import Team
from research.runs.belongings import delete_blueprint, may_manage, save_blueprint
from research.runs.blueprints.written import as_yaml, from_yaml
from research.runs.models import Blueprint, McpTool
from research.web.pages.teams import PAGES, where_people_sign_in


class BlueprintForm(forms.Form):
    """A blueprint as managers write it; valid, its `definition` is data."""

    name = forms.SlugField(
        max_length=50,
        error_messages={"invalid": "A name has letters, digits, hyphens and underscores only."},
    )
    title = forms.CharField(max_length=80)
    description = forms.CharField(max_length=300)
    definition = forms.CharField(strip=False)

    def clean_definition(self) -> dict[str, Any]:
        try:
            return from_yaml(self.cleaned_data["definition"])
        except BadBlueprint as error:
            raise forms.ValidationError(str(error)) from None

    def fill(self, blueprint: Blueprint) -> Blueprint:
        for name, value in self.cleaned_data.items():
            setattr(blueprint, name, value)
        return blueprint


@require_safe
@where_people_sign_in
def blueprints(request: HttpRequest, slug: str) -> HttpResponse:
    """The team's own blueprints, and the site's beside them."""
    team = get_object_or_404(Team, slug=slug)
    own = Blueprint.objects.filter(team=team).order_by("name")
    names = {blueprint.name for blueprint in own}
    context = {
        "team": team,
        "own": own,
        "site": Blueprint.objects.usable_by(None),
        "replaced": names,
        "manages": may_manage(caller_in(request), team),
    }
    return render(request, "people/blueprints.html", context)


@require_http_methods(PAGES)
@where_people_sign_in
def blueprint(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """What a name stands for in the team; a POST saves it, copies it or deletes it."""
    caller, team = caller_in(request), get_object_or_404(Team, slug=slug)
    usable = Blueprint.objects.usable_by(team).select_related("team")
    shown = usable.filter(name=name).first()
    if shown is None:
        raise Http404("The team has no such blueprint.")
    is_own, error, status = shown.team is not None, "", 200
    form = BlueprintForm(initial=_initial(shown))
    if request.method == "POST":
        try:
            if request.POST.get("do") == "delete" and is_own:
                delete_blueprint(caller, shown)
                messages.success(request, f"{shown.name} is deleted. Runs keep what they ran with.")
                return redirect("blueprints", slug)
            form = BlueprintForm(request.POST)
            if form.is_valid():
                is_change = is_own and request.POST.get("do") == "save"
                saved = form.fill(shown if is_change else Blueprint(team=team))
                save_blueprint(caller, saved)
                messages.success(request, f"{saved.name} is saved. Runs from now on use it.")
                return redirect("blueprint", slug, saved.name)
            status = 400
        except ResearchError as refusal:
            error, status = str(refusal), refusal.status
    context = {
        "team": team,
        "name": name,
        "is_own": is_own,
        "title": form["title"].value(),
        "form": form,
        "error": error,
        "manages": may_manage(caller, team),
        "tools": McpTool.objects.usable_by(team).select_related("server"),
    }
    return render(request, "people/blueprint.html", context, status=status)


def _initial(blueprint: Blueprint) -> dict[str, str]:
    return {
        "name": blueprint.name,
        "title": blueprint.title,
        "description": blueprint.description,
        "definition": as_yaml(blueprint.definition),
    }
