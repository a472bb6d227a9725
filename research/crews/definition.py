"""A blueprint: a crew written down as data. An allow-list, so that a definition can do no more.

CrewAI's own loader takes commands, Python references and any base URL from a definition; this
schema has no field for such a thing, and refuses what it does not know.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

TOOLS = ("search", "read")
MCP = "mcp:"
_MCP_TOOL = re.compile(r"mcp:[A-Za-z0-9_-]{1,50}(:\S(.{0,126}\S)?)?")


def _tool_name(name: str) -> str:
    if name not in TOOLS and not _MCP_TOOL.fullmatch(name):
        known = "search, read, mcp:SERVER and mcp:SERVER:TOOL"
        raise ValueError(f"There is no tool {name[:200]!r}. There are: {known}.")
    return name


ToolName = Annotated[str, AfterValidator(_tool_name)]
"""`search` finds sources (on the web, if an engine is set up, and in the library); `read`
opens one; `mcp:SERVER:TOOL` is a tool of an MCP server, and `mcp:SERVER` are all of its tools that
the team may use."""

Extract = Literal["findings", "angles", "check", "report", "cells"]
"""What the `offline` model writes for a task (`research.crews.llms.offline`)."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgentDefinition(_Part):
    """Who works: CrewAI's role, goal and backstory, and the tools the agent may use."""

    role: str = Field(min_length=1, max_length=200)
    goal: str = Field(min_length=1, max_length=2000)
    backstory: str = Field(min_length=1, max_length=2000)
    tools: list[ToolName] = []
    max_iter: int = Field(default=8, ge=1, le=25)


class TaskDefinition(_Part):
    """What is done, by which agent, from which earlier tasks' outputs. `{topic}` is filled in."""

    agent: str
    description: str = Field(min_length=1, max_length=4000)
    expected_output: str = Field(min_length=1, max_length=2000)
    context: list[str] = []
    offline: Extract = "findings"


class Definition(_Part):
    """Agents and tasks by name; tasks run in the order they are written in."""

    agents: dict[str, AgentDefinition] = Field(min_length=1)
    tasks: dict[str, TaskDefinition] = Field(min_length=1)
    check: Literal["text", "model"] = "text"
    """Who judges claims that the check of their text leaves open: nobody, or the run's model."""
    strict: bool = False
    """Whether claims that still do not hold are dropped, not marked."""

    @property
    def mcp_tools(self) -> list[str]:
        """The names of tools of MCP servers, each once."""
        named = (name for agent in self.agents.values() for name in agent.tools)
        return list(dict.fromkeys(name for name in named if name.startswith(MCP)))

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> "Definition":
        done: set[str] = set()
        for name, task in self.tasks.items():
            if task.agent not in self.agents:
                raise ValueError(
                    f"Task {name!r} names the agent {task.agent!r}, which is not there."
                )
            for earlier in task.context:
                if earlier not in done:
                    raise ValueError(
                        f"Task {name!r} needs {earlier!r}, which does not come before."
                    )
            done.add(name)
        return self
