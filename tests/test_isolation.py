"""Nothing is shared between crews, and one topic's failure is its own."""

import pytest

from research.crews.blueprints import Definition
from research.crews.run import Assignment, build_crew
from research.crews.sources import SourceBook
from research.models import Blueprint
from tests.fakes import ScriptedProvider
from tests.site import Site


@pytest.mark.django_db
def test_crews_share_no_agent_task_llm_client_or_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    definition = Definition.model_validate(Blueprint.objects.get(name="deep").definition)
    assignment = Assignment("a topic", definition, "openai/scripted")
    crews = [build_crew(assignment, SourceBook()) for _ in range(2)]

    def parts(crew) -> set[int]:
        llms = [agent.llm for agent in crew.agents]
        clients = [client for llm in llms for client in (llm._client, llm._async_client)]
        tools = [tool for agent in crew.agents for tool in agent.tools]
        return set(map(id, [*crew.agents, *crew.tasks, *llms, *clients, *tools]))

    assert len(parts(crews[0])) == 3 + 3 + 3 + 6 + 4  # within a crew nothing is shared either
    assert not parts(crews[0]) & parts(crews[1])


def test_a_failing_topic_leaves_the_others_alone(site: Site, provider: ScriptedProvider) -> None:
    provider.script({"match": "doomed", "fault": "401"})

    answer = site.post("/research", {"topics": ["fine", "doomed", "also fine"]}).json()

    assert set(answer["results"]) == {"fine", "also fine"}
    assert "refused the key" in answer["errors"]["doomed"]
    run = site.get(f"/api/runs/{answer['run']}").json()
    assert run["status"] == "partial"
    assert run["topics"][1]["error"]["kind"] == "authentication"
    assert run["topics"][1]["result"] is None


def test_a_run_of_failures_has_failed(site: Site, provider: ScriptedProvider) -> None:
    provider.script(fault="404")
    run = site.submit("one", "two")
    assert site.result(run["id"])["status"] == "failed"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("403", "permission"),
        ("404", "unknown_model"),
        ("500", "provider_error"),
        ("disconnect", "unreachable"),
        ("empty", "empty_answer"),
        ("html", "not_a_completion"),
        ("bad_json", "bad_answer"),
    ],
)
def test_what_a_provider_does_wrong_is_told_in_a_sentence(
    site: Site, provider: ScriptedProvider, fault: str, kind: str
) -> None:
    provider.script(fault=fault)

    topic = site.result(site.submit("topic")["id"])["topics"][0]

    assert topic["error"]["kind"] == kind
    assert topic["error"]["message"].endswith((".", ")"))
    assert "sk-test" not in str(topic)
