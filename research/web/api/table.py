"""A run's table by API: columns, single cells, the rows behind a pilot; and kept columns."""

from datetime import datetime
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, ConfigDict

from research.people.caller import caller_in
from research.runs import belongings, cells, table
from research.runs.cells import Change
from research.runs.models import ColumnTemplate, Run
from research.runs.table_comparison import comparison_of
from research.web.api.changing import after, allowance_in
from research.web.api.lookup import find_run
from research.web.api.schemas import (
    AgainOut,
    BudgetIn,
    ColumnIn,
    ErrorOut,
    RetryIn,
    RunOut,
    ValueIn,
    ValueOut,
    places_of,
    with_topics,
)

REFUSALS = dict.fromkeys((400, 404, 409, 422, 429, 503), ErrorOut)

router = Router()


class ColumnsIn(BaseModel):
    """All columns of a table, in their order."""

    model_config = ConfigDict(extra="forbid")

    columns: list[ColumnIn]


class ComparisonIn(BaseModel):
    """Who writes a comparison, and what it may spend; null: the table's model, the usual budget."""

    model_config = ConfigDict(extra="forbid")

    model: str | None = None
    budget: BudgetIn | None = None


class WaitingIn(BaseModel):
    """How many of the rows that wait are to be started; null: all."""

    model_config = ConfigDict(extra="forbid")

    rows: int | None = None


class TemplateIn(ColumnsIn):
    """Columns under a name, of a team: the token's, or the personal one, if none is named."""

    name: str
    team: str | None = None


class TemplateOut(BaseModel):
    name: str
    team: str | None
    """None: the site's, which all teams can use."""
    columns: list[ColumnIn]
    changed_at: datetime

    @classmethod
    def of(cls, template: ColumnTemplate) -> "TemplateOut":
        columns = [ColumnIn(**column) for column in template.columns]
        team = template.team.slug if template.team else None
        return cls(name=template.name, team=team, columns=columns, changed_at=template.changed_at)


class TemplatesOut(BaseModel):
    templates: list[TemplateOut]


@router.post(
    "/api/runs/{run_id}/topics/{position}/values/{path:column}/retry",
    response={202: RunOut, **REFUSALS},
)
async def retry_value(
    request: HttpRequest, run_id: str, position: int, column: str, body: RetryIn | None = None
) -> tuple[int, RunOut]:
    """Asks for one cell of an ended topic again; its sources are used again, other cells stay.

    A budget is the whole run's.
    """
    return 202, await after(
        run_id, table.retry_cell, position, column, allowance_in(body), request=request
    )


@router.patch(
    "/api/runs/{run_id}/topics/{position}/values/{column}", response={200: ValueOut, **REFUSALS}
)
async def amend_value(
    request: HttpRequest, run_id: str, position: int, column: str, body: ValueIn
) -> ValueOut:
    """Notes or corrects one cell: null takes back, what is left out stays.

    A correction stands in place of what the crew found, also when the cell is asked for again.
    """
    by = await request.auser()
    change = cast(Change, body.model_dump(exclude_unset=True))

    def amend() -> ValueOut:
        return ValueOut.of(cells.amend(find_run(run_id), position, column, change, by))

    return await sync_to_async(amend)()


@router.post("/api/runs/{run_id}/columns/{path:column}/retry", response={202: RunOut, **REFUSALS})
async def retry_column(
    request: HttpRequest, run_id: str, column: str, body: RetryIn | None = None
) -> tuple[int, RunOut]:
    """Asks again for all cells of a column that have no value; a budget is the whole run's.

    Rows at work are left out; 409 where no other one lacks a value.
    """
    return 202, await after(
        run_id, table.retry_missing, column, allowance_in(body), request=request
    )


@router.post("/api/runs/{run_id}/columns", response={202: RunOut, **REFUSALS})
async def add_columns(
    request: HttpRequest, run_id: str, body: ColumnIn | list[ColumnIn]
) -> tuple[int, RunOut]:
    """Adds a column, or several, for all rows of an ended run; only these are asked."""
    columns = body if isinstance(body, list) else [body]
    return 202, await after(run_id, table.add_columns, _data(columns), request=request)


@router.put("/api/runs/{run_id}/columns", response={202: RunOut, **REFUSALS})
async def change_columns(request: HttpRequest, run_id: str, body: ColumnsIn) -> tuple[int, RunOut]:
    """Gives an ended run other columns; its rows are asked for those that are new or changed."""
    return 202, await after(run_id, table.change_columns, _data(body.columns), request=request)


@router.post("/api/runs/{run_id}/rest", response={202: RunOut, **REFUSALS})
async def start_waiting(
    request: HttpRequest, run_id: str, body: WaitingIn | None = None
) -> tuple[int, RunOut]:
    """Starts the rows that wait behind a pilot, all of them or the first ones."""
    return 202, await after(
        run_id, table.start_waiting, body.rows if body else None, request=request
    )


@router.post("/api/runs/{run_id}/comparison", response={202: AgainOut, **REFUSALS})
async def compare(
    request: HttpRequest, run_id: str, body: ComparisonIn | None = None
) -> tuple[int, AgainOut]:
    """Has one more crew write what stands out in the table, from its cells alone, as a new run."""

    def compared() -> AgainOut:
        run, wanted = find_run(run_id), body or ComparisonIn()
        allowance = wanted.budget.allowance() if wanted.budget else None
        submission = comparison_of(run, wanted.model, allowance)
        new = submission.submit(caller=caller_in(request).username)
        shown = with_topics(Run.objects.filter(pk=new.pk)).get()
        return AgainOut.of(shown, **places_of(shown, request))

    return 202, await sync_to_async(compared)()


@router.get("/api/column-templates", response=TemplatesOut)
async def list_templates(request: HttpRequest, team: str | None = None) -> TemplatesOut:
    """Columns that are kept to be used again, by name: the site's, and those of your teams.

    Of a `team`: what names stand for there; its own take the place of the site's.
    """

    def found() -> TemplatesOut:
        caller = caller_in(request)
        templates = ColumnTemplate.objects.visible_to(caller)
        if team is not None:
            templates = templates.usable_by(caller.team(team))
        shown = templates.select_related("team").order_by("name", "team__slug")
        return TemplatesOut(templates=[TemplateOut.of(template) for template in shown])

    return await sync_to_async(found)()


@router.post("/api/column-templates", response={200: TemplateOut, 201: TemplateOut, **REFUSALS})
async def keep_template(request: HttpRequest, body: TemplateIn) -> tuple[int, TemplateOut]:
    """Keeps columns under a name: 201 for a new one, 200 in place of those that had it."""

    def keep() -> tuple[int, TemplateOut]:
        caller = caller_in(request)
        team = caller.team(body.team)
        template, is_new = belongings.keep_columns(caller, team, body.name, _data(body.columns))
        return 201 if is_new else 200, TemplateOut.of(template)

    return await sync_to_async(keep)()


@router.delete("/api/column-templates/{path:name}", response={204: None, **REFUSALS})
async def delete_template(
    request: HttpRequest, name: str, team: str | None = None
) -> tuple[int, None]:
    """Forgets what the name stands for in the team; runs keep their columns."""

    def delete() -> None:
        caller = caller_in(request)
        belongings.delete_columns(caller, caller.team(team), name)

    await sync_to_async(delete)()
    return 204, None


def _data(columns: list[ColumnIn]) -> list[dict[str, Any]]:
    return [column.model_dump(mode="json") for column in columns]
