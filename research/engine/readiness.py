"""Getting ready to run topics: CrewAI takes seconds to import."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from research.crews.llms import catalog
from research.engine.limits.governor import Governor
from research.engine.store import Store
from research.exceptions import BadInput, UnusableModel
from research.ops.runtime import uncollected
from research.runs.engines import CANNOT_START
from research.runs.models import Topic
from research.text.redaction import redact

RunTopic = Callable[[Topic, Store, Governor], Coroutine[Any, Any, None]]

logger = logging.getLogger(__name__)


class CannotStart(Exception):
    """No topic can be run here; the message is part of a sentence that says why."""


@uncollected()
def import_run_topic() -> RunTopic:
    """`run_topic`, with all that the default model needs; takes seconds the first time.

    A default model that cannot be made is its own topics' failure: others run. Raises CannotStart.
    """
    try:
        from research.crews.llms.providers import get_ready
        from research.engine.run_topic import run_topic
    except Exception as error:  # an import runs other people's code, which may raise anything
        first_line = redact(str(error)).strip().partition("\n")[0].rstrip(".")
        reason = f"CrewAI cannot be imported ({type(error).__name__}: {first_line})"
        raise CannotStart(CANNOT_START.format(reason=reason)) from error
    try:
        get_ready(catalog.resolve(None))
    except BadInput:
        pass  # a default model without its key is told with the form
    except UnusableModel as error:
        logger.warning("%s", redact(str(error)))
    return run_topic
