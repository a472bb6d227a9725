"""What a team works with, its blueprints and column templates, as its managers change it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from research.exceptions import BadBlueprint, BlueprintExists, NotFound
from research.people.caller import Caller
from research.people.exceptions import NotAllowed
from research.people.models import Act, AuditEntry, Role, Team
from research.runs.models import Blueprint, ColumnTemplate
from research.text.cleaning import printable


@transaction.atomic
def keep_columns(
    caller: Caller, team: Team | None, name: str, columns: Sequence[Mapping[str, Any]]
) -> tuple[ColumnTemplate, bool]:
    """Keeps columns under a name; whether it is a new one. Raises NotAllowed and BadInput."""
    refuse_unless_manager(caller, team, "keep columns")
    template, is_new = ColumnTemplate.objects.keep(name, columns, team)
    AuditEntry.objects.keep(team, Act.COLUMNS_KEPT, caller.username, name=template.name)
    return template, is_new


@transaction.atomic
def delete_columns(caller: Caller, team: Team | None, name: str) -> None:
    """Forgets columns; runs keep theirs. Raises NotFound and NotAllowed."""
    template = ColumnTemplate.objects.usable_by(team).filter(name=printable(name)).first()
    if template is None:
        raise NotFound(thing="template", name=name[:80])
    refuse_unless_manager(caller, template.team, "delete columns")
    template.delete()
    AuditEntry.objects.keep(template.team, Act.COLUMNS_DELETED, caller.username, name=name)


@transaction.atomic
def save_blueprint(caller: Caller, blueprint: Blueprint) -> None:
    """Stores a new or a changed blueprint. Raises NotAllowed and BadInput."""
    refuse_unless_manager(caller, blueprint.team, "change blueprints")
    same = Blueprint.objects.filter(team=blueprint.team, name=blueprint.name)
    if same.exclude(pk=blueprint.pk).exists():
        raise BlueprintExists(name=blueprint.name)
    try:
        blueprint.full_clean()
    except ValidationError as error:
        raise BadBlueprint(reason=" ".join(error.messages)) from None
    act = Act.BLUEPRINT_CHANGED if blueprint.pk else Act.BLUEPRINT_MADE
    blueprint.save()
    AuditEntry.objects.keep(blueprint.team, act, caller.username, name=blueprint.name)


@transaction.atomic
def delete_blueprint(caller: Caller, blueprint: Blueprint) -> None:
    """Deletes a blueprint; runs keep theirs. Raises NotAllowed."""
    refuse_unless_manager(caller, blueprint.team, "delete blueprints")
    blueprint.delete()
    act = Act.BLUEPRINT_DELETED
    AuditEntry.objects.keep(blueprint.team, act, caller.username, name=blueprint.name)


def refuse_unless_manager(caller: Caller, team: Team | None, what: str) -> None:
    """Raises NotAllowed, which says who may; the site's things are the administrators'."""
    if not may_manage(caller, team):
        who = f"managers of {team}" if team else "administrators"
        raise NotAllowed(need=f"{who} {what}")


def may_manage(caller: Caller, team: Team | None) -> bool:
    """Whether what belongs to the team, or to the site, is theirs to change."""
    try:
        caller.refuse_unless(Role.MANAGER, team.pk if team else None)
    except NotAllowed:
        return False
    return True
