"""Agents for crews that run side by side."""

from dataclasses import dataclass, field
from typing import Any

from research.claims.claim import Claim
from research.crews.checking import OutputCheck
from research.crews.crewai.quiet_import import quiet_import
from research.crews.model_calls import MakeCall, make_once

with quiet_import():
    from crewai import Agent
    from pydantic import ConfigDict, Field


@dataclass
class Aside:
    """What there is to say about a task's output beside its text."""

    reasoning: str = ""
    is_incomplete: bool = False
    """The provider cut the output, and the model could not go on."""
    first: str = ""
    """The text before it was mended, or claims were dropped."""
    dropped: list[Claim] = field(default_factory=list)


class QuietAgent(Agent):
    """An agent whose executor is made once: the crew's set-up makes one that no task uses."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    make_call: MakeCall = Field(default=make_once, exclude=True)
    check: OutputCheck | None = Field(default=None, exclude=True)
    """Looks at the output of the crew's last task."""
    aside: Aside = Field(default_factory=Aside, exclude=True)
    """Of the task that it works on, or has just finished."""

    def _build_execution_prompt(self, raw_tools: Any) -> Any:
        """Without stop words: the stock ones cut an answer at "Observation:"."""
        prompt, _, within_rate = super()._build_execution_prompt(raw_tools)
        return prompt, [], within_rate

    def create_agent_executor(self, tools: Any = None, task: Any = None) -> None:
        if task is not None:
            super().create_agent_executor(tools=tools, task=task)
