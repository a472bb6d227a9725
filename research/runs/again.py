"""Running a run again: all of its topics or some, as it was or with another model or blueprint."""

from collections.abc import Collection

from research.exceptions import NotFound, NoTopics
from research.runs.allowance import Allowance
from research.runs.models import Blueprint, Priority, Run
from research.runs.submission import Submission, known_blueprint
from research.runs.table_comparison import comparison_of
from research.tables.rows.row import Row


def again(
    run: Run,
    positions: Collection[int] | None = None,
    model: str | None = None,
    blueprint: str | None = None,
    allowance: Allowance | None = None,
) -> Submission:
    """The rows at the positions, or all, to be submitted as a new run with the same columns.

    What is left out is as it was: the model, the budget, and the blueprint as the run kept it,
    whatever became of it since; so two runs differ in what was asked for, and in nothing else. A
    blueprint that is named is today's. Raises BadInput and NotFound.
    """
    if run.compares:
        return comparison_of(run.compares, model or run.model, allowance)
    topics = run.topics.values_list("position", "text", "inputs")
    rows = {position: Row(text, inputs) for position, text, inputs in topics}
    waiting = [Row(**row) for row in run.waiting] if positions is None else []
    if positions is not None:
        if missing := set(positions).difference(rows):
            raise NotFound(thing="topic", name=min(missing))
        rows = {position: rows[position] for position in sorted(set(positions))}
    if not rows:
        raise NoTopics
    kept = Blueprint(name=run.blueprint, definition=run.definition)
    return Submission.of(
        [*rows.values(), *waiting],
        known_blueprint(blueprint, run.team) if blueprint else kept,
        model or run.model,
        allowance.with_defaults() if allowance else Allowance(run.token_budget, run.money_budget),
        Priority(run.priority),
        run.look,
        columns=run.table_columns,
        again_of=run,
        team=run.team,
    )
