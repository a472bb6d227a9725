"""Nothing is shared between crews, and one topic's failure is its own."""

import pytest

from research.crews.definition import Definition
from research.crews.run import Assignment, build_crew
from research.crews.tools.sources import SourceBook
from research.runs.models import Blueprint


@pytest.mark.django_db
def test_crews_share_no_agent_task_llm_client_or_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    definition = Definition.model_validate(Blueprint.objects.get(name="deep").definition)
    assignment = Assignment("a topic", definition, "openai/scripted")
    crews = [build_crew(assignment, SourceBook()) for _ in range(2)]

    def parts(crew) -> set[int]:
        llms = [agent.llm for agent in crew.agents]
        clients = [client for llm in llms for client in (llm._client, llm._async_client) if client]
        tools = [tool for agent in crew.agents for tool in agent.tools]
        return set(map(id, [*crew.agents, *crew.tasks, *llms, *clients, *tools]))

    assert len(parts(crews[0])) == 3 + 3 + 3 + 3 + 4  # within a crew nothing is shared either
    assert not parts(crews[0]) & parts(crews[1])
