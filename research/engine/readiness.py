"""Getting ready to run topics: CrewAI takes seconds to import."""

import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from research.crews.llms import catalog
from research.engine.limits.governor import Governor
from research.engine.store import Store
from research.exceptions import BadInput
from research.runs.models import Topic

RunTopic = Callable[[Topic, Store, Governor], Coroutine[Any, Any, None]]


def import_run_topic() -> RunTopic:
    """`run_topic`, with all that the default model needs; takes seconds the first time."""
    from research.crews.llms.providers import get_ready
    from research.engine.run_topic import run_topic

    with contextlib.suppress(BadInput):  # a default model without its key is told with the form
        get_ready(catalog.resolve(None))
    return run_topic
