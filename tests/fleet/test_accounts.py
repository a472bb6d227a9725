"""Two web processes are one site: who signs in, leaves or is shown something, is so on both."""

import time
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.fleet import Fleet
from tests.support.patience import patient
from tests.support.people import make_people, sign_in
from tests.support.provider import ScriptedProvider
from tests.support.waiting import wait

GONE_SECONDS = 10.0  # within which somebody who was removed watches no longer
ACME = {"viv": "viewer", "max": "member", "meg": "manager"}


@pytest.fixture
def fleet(make_fleet, provider: ScriptedProvider) -> Iterator[Fleet]:  # type: ignore[no-untyped-def]
    fleet = make_fleet(sites=2, workers=0, RESEARCH_ACCOUNTS="on")
    for _ in range(2):
        fleet.add_worker()
    fleet.wait_for_workers(2)
    return fleet


def watching(fleet: Fleet, site: int, run: str, **headers: str) -> ClientConnection:
    address = f"{fleet.sites[site].ws_url}/ws/runs/{run}/"
    return connect(address, additional_headers=headers)


def end_of(socket: ClientConnection) -> int | None:
    """The code with which a socket closes, after all that it sends."""
    try:
        while True:
            socket.recv(timeout=patient(30))
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None


def by_token(fleet: Fleet, site: int, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(
        base_url=fleet.sites[site].url, headers=headers, timeout=patient(60), trust_env=False
    )


def test_two_web_processes_are_one_site(fleet: Fleet, provider: ScriptedProvider) -> None:
    one, other = fleet.sites
    tokens = make_people(one, {"acme": ACME})
    with (
        by_token(fleet, 0, tokens["max"]) as member,
        httpx.Client(base_url=one.url, trust_env=False, timeout=patient(60)) as viewer,
    ):
        # 1. Signed in on one, she watches on the other.
        assert sign_in(viewer, "viv").status_code == 302
        cookie = f"sessionid={viewer.cookies['sessionid']}"
        provider.script(latency=300.0)
        run = member.post("/api/runs", json={"topics": ["bees"], "team": "acme"}).json()["id"]
        wait(lambda: provider.stats()["open"] == 1)
        page = httpx.get(f"{other.url}/runs/{run}/", headers={"Cookie": cookie}, trust_env=False)
        assert page.status_code == 200 and "bees" in page.text

        # 2. A link that was made on one is read on the other, by anybody.
        link = member.post(f"/api/runs/{run}/share").json()["url"]
        path = httpx.URL(link).path
        assert httpx.get(f"{other.url}{path}", trust_env=False).status_code == 200
        assert member.delete(f"/api/runs/{run}/share").status_code < 300
        assert httpx.get(f"{other.url}{path}", trust_env=False).status_code == 404

        # 3. What runs by way of one counts for the quota on the other.
        quota = "from research.people.models import Team;"
        quota += "Team.objects.filter(slug='acme').update(crews_at_once=2)"
        assert one.manage("shell", "-c", quota).returncode == 0
        with by_token(fleet, 1, tokens["max"]) as elsewhere:
            refused = elsewhere.post("/api/runs", json={"topics": ["a", "b"], "team": "acme"})
            assert refused.status_code == 429
            assert refused.json()["error"]["code"] == "quota_spent"

        # 4. A session that is ended on one is ended on the other, and a member who is removed
        #    on one stops watching on the other.
        with (
            watching(fleet, 1, run, Cookie=cookie) as signed_in,
            watching(fleet, 1, run, Authorization=f"Bearer {tokens['viv']}") as by_key,
        ):
            for socket in (signed_in, by_key):
                socket.recv(timeout=patient(30))
            began = time.monotonic()
            gone = "from research.people.models import Membership as M;"
            gone += "M.objects.filter(user__username='viv', team__slug='acme').delete()"
            gone += (
                ";from django.contrib.sessions.models import Session as S;S.objects.all().delete()"
            )
            assert one.manage("shell", "-c", gone).returncode == 0
            assert {end_of(signed_in), end_of(by_key)} == {4403}
            assert time.monotonic() - began < patient(GONE_SECONDS)
        page = httpx.get(f"{other.url}/runs/{run}/", headers={"Cookie": cookie}, trust_env=False)
        assert page.status_code == 302 and "/accounts/login/" in page.headers["location"]

        # 5. Another worker takes the other topics, and both are the run's.
        provider.reset()
        member.post(f"/api/runs/{run}/cancel")
        many = {"topics": ["wasps", "ants"], "team": "acme"}
        wait(lambda: member.get(f"/api/runs/{run}").json()["status"] == "cancelled")
        second = member.post("/api/runs", json=many).json()["id"]
        wait(lambda: member.get(f"/api/runs/{second}").json()["status"] == "succeeded", 60)
