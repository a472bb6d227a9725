"""Agents for crews that run side by side."""

from typing import Any

from research.crews.crewai.quiet_import import quiet_import
from research.crews.model_calls import MakeCall, make_once

with quiet_import():
    from crewai import Agent
    from pydantic import Field


class QuietAgent(Agent):
    """An agent whose executor is made once: the crew's set-up makes one that no task uses."""

    make_call: MakeCall = Field(default=make_once, exclude=True)

    def create_agent_executor(self, tools: Any = None, task: Any = None) -> None:
        if task is not None:
            super().create_agent_executor(tools=tools, task=task)
