"""Everything here leans on the insides of CrewAI 1.15; nothing else in the project does.

Each piece says what the stock code does, and `tests/site/test_crewai_contract.py` names what an
upgrade broke. CrewAI's public names are imported from here too, so that they come after the
switches in `quiet_import`.
"""

from research.crews.crewai import tool_schemas  # noqa: F401 changes CrewAI when imported
from research.crews.crewai.agents import QuietAgent
from research.crews.crewai.crews import QuietCrew, RunsSerially, SharedBetweenCrews, resume
from research.crews.crewai.events import listening
from research.crews.crewai.executor import AsyncExecutor
from research.crews.crewai.llms import close, llm_class, one_retry_layer
from research.crews.crewai.quiet_import import quiet_import
from research.crews.crewai.tool_limit import failed, from_thread, limited

with quiet_import():
    from crewai import LLM, Agent, Task
    from crewai.events.types.llm_events import LLMCallType
    from crewai.llms.base_llm import BaseLLM, llm_call_context
    from crewai.tasks.task_output import TaskOutput
    from crewai.tools import BaseTool
    from crewai.tools.tool_failure import ToolFailure
    from crewai.utilities.string_utils import sanitize_tool_name

__all__ = [
    "LLM",
    "Agent",
    "AsyncExecutor",
    "BaseLLM",
    "BaseTool",
    "LLMCallType",
    "QuietAgent",
    "QuietCrew",
    "RunsSerially",
    "SharedBetweenCrews",
    "Task",
    "TaskOutput",
    "ToolFailure",
    "close",
    "failed",
    "from_thread",
    "limited",
    "listening",
    "llm_call_context",
    "llm_class",
    "one_retry_layer",
    "resume",
    "sanitize_tool_name",
]
