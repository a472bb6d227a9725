"""Several people decide on one claim at once: one decision stands, and the others are told."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.support.provider import ScriptedProvider
from tests.support.site import Site

PEOPLE = 6


def test_one_decision_stands(site: Site, provider: ScriptedProvider) -> None:
    provider.script(tools=True, answer="A hive weighs 47,351 kilograms. [1]")
    run = site.result(site.submit("asyncio event loop")["id"])["id"]
    page = site.get(f"/review/?run={run}")
    [claim] = re.findall(r'id="claim-([0-9]+)"', page.text)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))

    def decide(person: int) -> httpx.Response:
        sent = {**hidden, "decision": "corrected", "correction": f"By {person}."}
        headers = {"X-Requested-With": "fetch", "Cookie": f"csrftoken={page.cookies['csrftoken']}"}
        return site.client.post(f"/review/{claim}/", data=sent, headers=headers)

    with ThreadPoolExecutor(PEOPLE) as people:
        answers = list(people.map(decide, range(PEOPLE)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (PEOPLE - 1)
    kept = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
    [stored] = site.get(f"/api/runs/{run}/topics/1").json()["claims"]
    assert stored["correction"] == f"By {kept}."
    for n, answer in enumerate(answers):
        assert f"By {n}." in answer.text and f"By {kept}." in answer.text
    events = site.get(f"/api/runs/{run}/events").json()["events"]
    assert [event["kind"] for event in events].count("run.reviewed") == 1
