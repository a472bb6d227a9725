"""What two runs were asked differently."""

from collections.abc import Iterator, Mapping
from typing import Any

from research.runs.models import Run
from research.text.money import plain


def settings_between(before: Run, after: Run) -> dict[str, Any]:
    """`{"model": {"before": …, "after": …}}`, of what differs.

    `definition` holds such pairs by where they stand in the blueprints, as in
    `agents.analyst.goal`: two runs of the same blueprint may have had different ones.
    """
    pairs = {
        "model": (before.model, after.model),
        "blueprint": (before.blueprint, after.blueprint),
        "priority": (before.get_priority_display(), after.get_priority_display()),
        "token_budget": (before.token_budget, after.token_budget),
        "money_budget": (_usd(before), _usd(after)),
        "columns": (before.columns, after.columns),
        "where": (_where(before), _where(after)),
    }
    found: dict[str, Any] = {
        name: {"before": old, "after": new} for name, (old, new) in pairs.items() if old != new
    }
    old, new = (dict(_leaves(run.definition)) for run in (before, after))
    definition = {
        path: {"before": old.get(path), "after": new.get(path)}
        for path in {**old, **new}
        if old.get(path) != new.get(path)
    }
    return found | ({"definition": definition} if definition else {})


def _usd(run: Run) -> str | None:
    return None if run.money_budget is None else plain(run.money_budget)


def _where(run: Run) -> str:
    return ", ".join(run.look.in_words()) or "anywhere"


def _leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The values in JSON data, by the names that lead to them; a list of texts is one value."""
    if isinstance(data, Mapping):
        inner = data.items()
    elif isinstance(data, list) and any(isinstance(item, dict | list) for item in data):
        inner = {str(at): item for at, item in enumerate(data, 1)}.items()
    else:
        yield path, data
        return
    for name, value in inner:
        yield from _leaves(value, f"{path}.{name}" if path else str(name))
