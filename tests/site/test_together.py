"""All topics of a run are at work at once, and the web does not feel it."""

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import wait


def test_fifty_topics_have_fifty_calls_open_at_the_same_moment(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=patient(1.0))
    run = site.submit(*(f"topic {number}" for number in range(50)))

    ended = site.result(run["id"])

    assert ended["status"] == "succeeded"
    assert provider.stats()["most_open"] == 50
    assert provider.stats()["requests"] == 50
    assert ended["crew_seconds"] > 10 * ended["wall_seconds"]


def test_pages_answer_while_crews_work(site: Site, provider: ScriptedProvider) -> None:
    provider.script(latency=300.0)
    run = site.submit(*(f"topic {number}" for number in range(50)))
    wait(lambda: provider.stats()["open"] == 50)

    assert site.get("/healthz").elapsed.total_seconds() < patient(1.0)
    assert site.get(f"/runs/{run['id']}/").elapsed.total_seconds() < patient(1.0)
    assert provider.stats()["open"] == 50  # they were at work all the time


def test_no_more_crews_than_allowed_and_the_rest_wait(make_site, provider) -> None:
    provider.script(latency=0.3)
    site = make_site(RESEARCH_MAX_CREWS="3")

    run = site.submit(*(f"topic {number}" for number in range(9)))

    assert site.result(run["id"])["status"] == "succeeded"
    assert provider.stats()["most_open"] == 3


def test_blocking_tools_do_not_queue_behind_each_other(
    site: Site, provider: ScriptedProvider
) -> None:
    """Every crew calls a tool first; twelve of them finish in about the time of two calls."""
    # A heading claims nothing, so no crew is asked again for what does not hold.
    provider.script(latency=patient(0.5), tools=True, answer="## Python asyncio")
    run = site.submit(*(f"python asyncio {number}" for number in range(12)))

    ended = site.result(run["id"])

    assert ended["status"] == "succeeded"
    assert provider.stats()["requests"] == 24
    assert provider.stats()["most_open"] >= 10
