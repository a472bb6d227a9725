"""A site with accounts, over HTTP and WebSockets: what teams share, and who stops watching."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.patience import patient
from tests.support.people import fields_of, make_people, sign_in
from tests.support.provider import ScriptedProvider
from tests.support.site import Site, asking, start_site


@pytest.fixture(scope="module")
def team_process(
    tmp_path_factory: pytest.TempPathFactory,
    first_database: Path,
    provider_process: ScriptedProvider,
) -> Iterator[Site]:
    env = asking(provider_process.url) | {"RESEARCH_ACCOUNTS": "on"}
    site = start_site(tmp_path_factory.mktemp("teams"), first_database, **env)
    yield site
    site.kill()


@pytest.fixture
def team_site(team_process: Site, provider: ScriptedProvider) -> Site:
    """One site for all tests here."""
    return team_process


@pytest.fixture(scope="module")
def tokens(team_process: Site) -> dict[str, str]:
    acme = {"viv": "viewer", "max": "member", "meg": "manager"}
    return make_people(team_process, {"acme": acme, "other": {"eve": "manager"}})


@pytest.fixture
def member(team_site: Site, tokens: dict[str, str]) -> httpx.Client:
    return client(team_site, tokens["max"])


@pytest.fixture
def outsider(team_site: Site, tokens: dict[str, str]) -> httpx.Client:
    return client(team_site, tokens["eve"])


def client(site: Site, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=site.url, headers=headers, timeout=patient(30))


def closed_with(site: Site, run: str, headers: dict[str, str]) -> int | None:
    """The code with which a run's socket closes, after what it may send."""
    with connect(f"{site.ws_url}/ws/runs/{run}/", additional_headers=headers) as socket:
        return end_of(socket)


def end_of(socket: ClientConnection) -> int | None:
    """The code with which a socket closes, after all that it sends."""
    try:
        while True:
            socket.recv(timeout=patient(30))
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None


def test_a_team_works_and_others_see_nothing(
    team_site: Site, member: httpx.Client, outsider: httpx.Client
) -> None:
    site = team_site
    posted = member.post("/api/runs", json={"topics": ["bees"], "team": "acme"})
    assert posted.status_code == 202, posted.text
    run = posted.json()["id"]
    by_member = {"Authorization": member.headers["Authorization"]}
    assert closed_with(site, run, by_member) == 1000
    assert member.get(f"/api/runs/{run}").json()["status"] == "succeeded"
    assert outsider.get(f"/api/runs/{run}").status_code == 404
    assert closed_with(site, run, {"Authorization": outsider.headers["Authorization"]}) == 4404
    assert closed_with(site, run, {}) == 4401
    assert httpx.get(f"{site.url}/api/runs/{run}").json()["error"]["code"] == "sign_in"
    assert httpx.get(f"{site.url}/healthz").status_code == 200
    stream = httpx.get(f"{site.url}/api/runs/{run}/events", headers={"Accept": "text/event-stream"})
    assert stream.status_code == 401


def test_who_is_removed_or_signed_out_elsewhere_stops_watching(
    team_site: Site, tokens: dict[str, str], member: httpx.Client, provider: ScriptedProvider
) -> None:
    provider.script(latency=60)
    site = team_site
    run = member.post("/api/runs", json={"topics": ["bees"], "team": "acme"}).json()["id"]
    at_work, at_home = browser(site), browser(site)
    address = f"{site.ws_url}/ws/runs/{run}/"
    by_token = {"Authorization": f"Bearer {tokens['viv']}"}
    with (
        connect(address, additional_headers=by_token) as viewer,
        connect(address, additional_headers=cookies_of(at_work)) as ended,
        connect(address, additional_headers=cookies_of(at_home)) as kept,
        client(site, tokens["viv"]).stream(
            "GET", f"/api/runs/{run}/events", headers={"Accept": "text/event-stream"}
        ) as stream,
    ):
        for line in (viewer, ended, kept):
            line.recv(timeout=patient(30))
        gone = "from research.people.models import Membership as M;"
        gone += "M.objects.filter(user__username='viv').delete()"
        assert site.manage("shell", "-c", gone).returncode == 0
        begin = time.monotonic()
        assert "run.finished" not in stream.read().decode()
        assert end_of(viewer) == 4403
        assert time.monotonic() - begin < patient(10)
        sessions = at_home.get("/accounts/sessions/")
        at_home.post("/accounts/sessions/", data=fields_of(sessions.text))
        assert at_work.get("/account/").status_code == 302
        assert end_of(ended) == 4403
        assert at_home.get("/account/").status_code == 200
        page = at_home.get("/teams/acme/")
        asked = fields_of(page.text) | {"do": "delete", "slug": "acme"}
        refused = at_home.post("/teams/acme/", data=asked)
        assert refused.status_code == 409 and "1 of its runs has not ended" in refused.text
        member.post(f"/api/runs/{run}/cancel")
        assert end_of(kept) == 1000


def browser(site: Site) -> httpx.Client:
    """A window in which meg is signed in."""
    client = httpx.Client(base_url=site.url, timeout=patient(30))
    assert sign_in(client, "meg").headers["location"] == "/"
    return client


def cookies_of(client: httpx.Client) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


def test_a_crew_finds_its_teams_documents_only(
    team_site: Site, member: httpx.Client, outsider: httpx.Client
) -> None:
    site = team_site
    text = b"Zorblax bees live in a hive of amber. Zorblax bees hum at night."
    added = member.post("/api/library", files={"file": ("bees.txt", text)})
    assert added.status_code == 201, added.text
    seen = {}
    for name, person in (("acme", member), ("other", outsider)):
        body = {"topics": ["Zorblax bees"], "team": name, "model": "offline"}
        run = person.post("/api/runs", json=body).json()["id"]
        headers = {"Authorization": person.headers["Authorization"]}
        assert closed_with(site, run, headers) == 1000
        seen[name] = json.dumps(person.get(f"/api/runs/{run}").json())
    assert "hive of amber" in seen["acme"]
    assert "hive of amber" not in seen["other"]
