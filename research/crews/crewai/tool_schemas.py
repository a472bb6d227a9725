"""Schemas of tools' arguments, made once: they are the same in every crew.

CrewAI makes the schema of a tool, and a description from it, anew for each agent.
"""

import functools
import json
from typing import Any

from research.crews.crewai.quiet_import import quiet_import

with quiet_import():
    from crewai.tools import structured_tool
    from crewai.utilities import agent_utils
    from crewai.utilities.pydantic_schema_utils import generate_model_description
    from pydantic import BaseModel


@functools.lru_cache(maxsize=256)
def _model_description(schema: type[BaseModel], **options: Any) -> str:
    return json.dumps(generate_model_description(schema, **options))


def keep_schemas() -> None:
    """Has CrewAI look schemas up where it would make them; each caller gets a copy of its own."""
    vars(agent_utils)["generate_model_description"] = lambda schema, **options: json.loads(
        _model_description(schema, **options)
    )
    structured_tool.format_description_for_llm = functools.lru_cache(maxsize=256)(
        structured_tool.format_description_for_llm
    )


keep_schemas()
