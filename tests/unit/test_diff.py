"""Two runs side by side, by the API."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from research.runs.again import again
from research.runs.events import record
from research.runs.models import Cell, Run, Topic
from research.runs.submission import Submission
from tests.support.claims import Found
from tests.support.comparing import COLUMNS, end, fill, submitted

pytestmark = pytest.mark.django_db


def diff(client: Client, one: Run, other: Run, **query: Any) -> Any:
    answer = client.get(f"/api/runs/{one.pk}/diff/{other.pk}", query)
    assert answer.status_code == 200
    return answer.json()


def texts(claims: list[Any]) -> list[str]:
    return [claim["text"] for claim in claims]


def test_claims_are_added_changed_and_gone(client: Client) -> None:
    old = submitted("bees")
    new = again(old).submit()
    quiet = Found("They hum quietly.", "supported")
    nests, live = "They build nests of wax.", "Bees live for {} days [1]."
    end(old, 1, Found(live.format(40), "supported"), Found(nests, "quoted"), quiet, a="x")
    end(new, 1, Found("They dance.", "uncited"), Found(live.format(50), "differs"), quiet, b="x")
    found = diff(client, old, new)
    [topic] = found["topics"]
    claims = topic["claims"]
    assert texts(claims["added"]) == ["They dance."] and texts(claims["gone"]) == [nests]
    first, second = claims["changed"]
    assert first["kinds"] == ["number", "verdict", "source"]
    assert first["figures"] == [{"before": "40 days", "after": "50 days"}]
    assert first["before"]["verdict"] == "supported" and first["after"]["verdict"] == "differs"
    assert first["before"]["sources"] == [{"number": 1, "title": "a", "url": "https://a.org/page"}]
    assert second["kinds"] == ["source"]
    assert (topic["position"], topic["other_position"]) == (1, 1)
    assert found["settings"] == {} and found["counts"]["number"] == 1
    assert found["before"]["id"] == str(old.pk) and found["after"]["again_of"] == str(old.pk)


def test_changes_lead_from_the_earlier_run_whichever_is_named_first(client: Client) -> None:
    old = submitted("wasps", "bees")
    new = again(old, {2}).submit()
    end(old, 2, Found("They hum.", "quoted"))
    end(new, 1, Found("They sting.", "quoted"))
    one, other = diff(client, old, new), diff(client, new, old)
    bees = one["topics"][0]
    assert (bees["position"], bees["other_position"]) == (2, 1)
    assert (other["topics"][0]["position"], other["topics"][0]["other_position"]) == (1, 2)
    for found in (one, other):
        assert found["before"]["id"] == str(old.pk)
        assert texts(found["topics"][0]["claims"]["added"]) == ["They sting."]


def test_topics_of_one_run_only_are_told(client: Client) -> None:
    old, new = submitted("bees", "wasps"), submitted("ants", "Bees ")
    found = {topic["topic"]: topic for topic in diff(client, old, new)["topics"]}
    assert {name: (t["position"], t["other_position"]) for name, t in found.items()} == {
        "ants": (None, 1),
        "Bees": (1, 2),
        "wasps": (2, None),
    }
    assert found["wasps"]["status"] == {"before": "queued", "after": None}


def test_what_was_asked_differently_is_named(client: Client) -> None:
    old = submitted("bees")
    new = again(old, model="ollama/llama3.2", blueprint="deep").submit()
    settings = diff(client, old, new)["settings"]
    assert settings["model"] == {"before": "offline", "after": "ollama/llama3.2"}
    assert settings["blueprint"] == {"before": "quick", "after": "deep"}
    assert "priority" not in settings


def test_a_blueprint_that_was_changed_since_is_told_by_its_parts(client: Client) -> None:
    old, new = submitted("bees"), submitted("bees")
    new.definition["agents"]["analyst"]["goal"] = "Say it in verse."
    new.save()
    settings = diff(client, old, new)["settings"]
    assert list(settings) == ["definition"]
    [(path, change)] = settings["definition"].items()
    assert path == "agents.analyst.goal" and change["after"] == "Say it in verse."


def test_sources_that_read_differently_are_told(client: Client) -> None:
    old, new = submitted("bees"), submitted("bees")
    end(old, 1, Found("They hum.", "quoted"), a="They hum.", b="Same.", c="Old.")
    end(new, 1, Found("They hum.", "quoted"), a="They hum loudly.", b="Same.", d="New.")
    [topic] = diff(client, old, new)["topics"]
    named = {kind: [s["title"] for s in topic["sources"][kind]] for kind in topic["sources"]}
    assert named == {"added": ["d"], "changed": ["a"], "gone": ["c"]}
    assert topic["claims"]["same"] == 1


def test_a_topic_without_a_result_says_so(client: Client) -> None:
    old, new = submitted("bees"), submitted("bees")
    end(old, 1, Found("They hum.", "quoted"))
    topic = new.topics.get()
    record(Topic.objects.claim([topic], "worker"))
    record(topic.fail("timeout", "Too late."))
    [told] = diff(client, old, new)["topics"]
    assert told["note"] == "Not compared: failed in the later run."
    assert told["claims"] == {"added": [], "changed": [], "gone": [], "same": 0}


def test_results_that_were_never_checked_are_compared_without_verdicts(client: Client) -> None:
    old, new = submitted("bees"), submitted("bees")
    for run, days in ((old, 40), (new, 50)):
        topic = run.topics.get()
        record(Topic.objects.claim([topic], "worker"))
        record(topic.succeed(f"- Bees live for {days} days.\n- They build nests of wax."))
    [told] = diff(client, old, new)["topics"]
    [change] = told["claims"]["changed"]
    assert change["kinds"] == ["number"] and change["before"]["verdict"] is None
    assert told["claims"]["same"] == 1


def test_a_correction_stands_for_its_claim(client: Client) -> None:
    old, new = submitted("bees"), submitted("bees")
    end(old, 1, Found("They live for 40 days.", "differs"))
    end(new, 1, Found("They live for 50 days.", "supported"))
    decided = {"decision": "corrected", "correction": "They live for 50 days."}
    path = f"/api/runs/{old.pk}/topics/1/claims/0"
    assert (
        client.post(path, json.dumps(decided), content_type="application/json").status_code == 200
    )
    assert diff(client, old, new)["topics"][0]["claims"]["same"] == 1


def test_cells_that_differ_are_told_the_weightiest_first(client: Client) -> None:
    rows = [{"topic": "Qdrant", "site": "a"}]
    old = Submission.check(rows=rows, columns=COLUMNS, model="offline").submit()
    new = again(old).submit()
    same = {"First release": "2021-05", "Home": None}
    fill(old, {"Licence": "Apache 2.0", "Stars": 20, **same}, "a")
    fill(new, {"Licence": "apache  2.0", "Stars": 25, **same}, "a")
    [topic] = diff(client, old, new)["topics"]
    assert topic["inputs"] == {} and list(topic["values"]) == ["Stars"]
    stars = topic["values"]["Stars"]
    assert (stars["kinds"], stars["before"]["value"], stars["after"]["value"]) == (
        ["number"],
        20,
        25,
    )
    Cell.objects.filter(topic__run=new, column="Licence").update(correction="MIT")
    Cell.objects.filter(topic__run=new, column="First release").update(value=None, verdict="")
    Cell.objects.filter(topic__run=new, column="Home").delete()
    values = diff(client, old, new)["topics"][0]["values"]
    assert {name: value["kinds"] for name, value in values.items()} == {
        "Stars": ["number"],
        "First release": ["date"],
        "Licence": ["value"],
    }
    assert list(values) == ["Stars", "First release", "Licence"]


def test_a_cell_with_another_source_or_verdict_is_told(client: Client) -> None:
    old = Submission.check(["Qdrant"], model="offline", columns=COLUMNS).submit()
    new = again(old).submit()
    fill(old, {"Licence": "MIT", "Home": "x"}, "a")
    fill(new, {"Licence": "MIT", "Home": "x"}, "b")
    Cell.objects.filter(topic__run=new, column="Home").update(verdict="differs")
    values = diff(client, old, new)["topics"][0]["values"]
    assert {name: value["kinds"] for name, value in values.items()} == {
        "Home": ["verdict", "source"],
        "Licence": ["source"],
    }


def test_rows_of_one_topic_belong_together_by_their_inputs(client: Client) -> None:
    rows = [{"topic": "Qdrant", "site": site} for site in ("a", "b", "c")]
    old = Submission.check(rows=rows, model="offline").submit()
    new = Submission.check(
        rows=[rows[2], rows[0], rows[1] | {"site": "d"}], model="offline"
    ).submit()
    topics = diff(client, old, new)["topics"]
    assert [topic["position"] for topic in topics] == [3, 1, 2]
    assert topics[2]["inputs"] == {"site": {"before": "b", "after": "d"}}


def test_one_topic_by_itself(client: Client) -> None:
    old, new = submitted("bees", "wasps"), submitted("wasps", "bees")
    [topic] = diff(client, old, new, topic=2)["topics"]
    assert (topic["topic"], topic["other_position"]) == ("wasps", 1)
    assert client.get(f"/api/runs/{old.pk}/diff/{new.pk}?topic=3").status_code == 404


@pytest.mark.parametrize("number", [2, 60])
def test_runs_of_any_size_take_the_same_queries(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    old = submitted(*(f"topic {n}" for n in range(number)))
    new = again(old).submit()
    for run in (old, new):
        for position in range(1, number + 1):
            end(run, position, Found("They hum.", "quoted"), a="They hum.")
    client.get("/")  # the local user is there from here on
    with django_assert_num_queries(6):
        assert len(diff(client, old, new)["topics"]) == number


def test_what_is_not_there_is_not_found(client: Client) -> None:
    run = submitted("bees")
    for one, other in ((run.pk, uuid.UUID(int=0)), (uuid.UUID(int=0), run.pk), (run.pk, "x")):
        assert client.get(f"/api/runs/{one}/diff/{other}").status_code == 404
