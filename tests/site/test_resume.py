"""The site is killed in the middle: its topics go on by themselves, and nothing is lost."""

from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of, wait


def test_after_a_power_cut_topics_go_on_and_finished_tasks_are_not_run_again(
    fragile_site: Site, provider: ScriptedProvider
) -> None:
    """Ten `deep` topics, killed while all of them are in their second task."""
    provider.script({"match": "Check every note", "latency": 300.0})
    site = fragile_site
    run = site.submit(*(f"topic {n}" for n in range(10)), blueprint="deep")["id"]
    wait(lambda: provider.stats()["open"] == 10, seconds=30)
    site.kill()
    provider.reset()

    site.start()
    ended = site.result(run, timeout=90)

    assert ended["status"] == "succeeded"
    assert provider.stats()["requests"] == 20  # the second and the third task, once each
    events = events_of(site, run)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    kinds = [event["kind"] for event in events]
    assert kinds.count("topic.resumed") == 10
    assert kinds.count("run.finished") == 1


def test_a_stopping_site_lets_crews_end_that_are_nearly_done(
    fragile_site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=1.0)
    site = fragile_site
    run = site.submit("one", "two")["id"]
    wait(lambda: provider.stats()["open"] == 2, seconds=30)
    assert site.stop(timeout=10) == 0
    site.start()
    assert [event["kind"] for event in events_of(site, run)].count("topic.resumed") == 0
    assert site.result(run)["status"] == "succeeded"


def test_a_stopped_site_leaves_its_topics_to_the_next_start(
    fragile_site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=300.0)
    site = fragile_site
    told = len(site.log)
    run = site.submit("one", "two")["id"]
    wait(lambda: provider.stats()["open"] == 2, seconds=30)
    assert site.stop(timeout=10) == 0
    assert "Traceback" not in site.log[told:]
    assert provider.stats()["open"] == 0
    provider.reset()
    site.start()
    assert site.result(run)["status"] == "succeeded"
