"""One crew without a site: what it tells, and how it ends."""

from typing import Any

from research.crews.definition import Definition
from research.crews.failures import explain
from research.crews.model_calls import OPEN_GATE, Gate
from research.crews.reporter import FinishedTask
from research.crews.run import Assignment, run_crew
from research.crews.tools.sources import SourceBook

KEY = "sk-test-0123456789abcdef"
DEFINITION = Definition.model_validate(
    {
        "agents": {
            "analyst": {"role": "Analyst", "goal": "g", "backstory": "b", "tools": ["search"]}
        },
        "tasks": {
            "findings": {
                "agent": "analyst",
                "description": "Find facts on the topic: {topic}",
                "expected_output": "three bullets",
                "offline": "findings",
            }
        },
    }
)


def definition_with(*tools: str) -> dict[str, Any]:
    """A blueprint of one agent, who has these tools."""
    agent = {"role": "r", "goal": "g", "backstory": "b", "tools": list(tools)}
    task = {"agent": "a", "description": "Find facts on {topic}", "expected_output": "e"}
    return {"agents": {"a": agent}, "tasks": {"t": task}}


class Told:
    """A Reporter that remembers its events."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.finished: list[FinishedTask] = []
        self.tokens: list[tuple[int, int, bool]] = []

    def event(self, kind: str, **data: Any) -> None:
        self.events.append((kind, data))

    def task_finished(self, finished: FinishedTask) -> None:
        self.finished.append(finished)

    async def kept(self) -> None:
        """Nothing has to be stored."""

    def spent(self, prompt: int, completion: int, is_estimated: bool = False) -> None:
        self.tokens.append((prompt, completion, is_estimated))

    def writing(self, text: str) -> None:
        """Not looked at."""

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [data for told, data in self.events if told == kind]


async def fate_of(
    topic: str,
    told: Told,
    model: str = "openai/scripted",
    gate: Gate = OPEN_GATE,
    definition: Definition = DEFINITION,
) -> tuple[str, str]:
    """Runs a crew; ("succeeded", its output), or a failure's kind and sentence."""
    try:
        output = await run_crew(Assignment(topic, definition, model), SourceBook(), told, gate)
    except Exception as error:  # noqa: BLE001 whatever stops it
        return explain(error)
    return "succeeded", output.text
