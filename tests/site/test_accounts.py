"""A site with accounts, over HTTP and WebSockets: tokens, sessions, the first administrator."""

import json
import re
from collections.abc import Callable

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site


@pytest.fixture
def team_site(make_site: Callable[..., Site]) -> Site:
    site = make_site(RESEARCH_ACCOUNTS="on")
    members = ["viv:viewer", "max:member", "meg:manager"]
    told = site.manage("team", "acme", *(f"--member={member}" for member in members))
    assert told.returncode == 0, told.stderr
    assert site.manage("team", "other", "--member=eve:manager").returncode == 0
    return site


def token(site: Site, name: str, *options: str) -> str:
    made = site.manage("token", name, *options)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def client(site: Site, name: str, team: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token(site, name, '--team', team)}"}
    return httpx.Client(base_url=site.url, headers=headers, timeout=patient(30))


def closed_with(site: Site, run: str, headers: dict[str, str]) -> int | None:
    """The code with which a run's socket closes, after what it may send."""
    address = site.url.replace("http", "ws", 1)
    with connect(f"{address}/ws/runs/{run}/", additional_headers=headers) as socket:
        return end_of(socket)


def end_of(socket: ClientConnection) -> int | None:
    """The code with which a socket closes, after all that it sends."""
    try:
        while True:
            socket.recv(timeout=patient(30))
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None


def test_a_team_works_and_others_see_nothing(team_site: Site, provider: ScriptedProvider) -> None:
    site = team_site
    member, outsider = client(site, "max", "acme"), client(site, "eve", "other")
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


def test_who_is_removed_stops_watching(team_site: Site, provider: ScriptedProvider) -> None:
    provider.script(latency=60)
    site = team_site
    member = client(site, "max", "acme")
    run = member.post("/api/runs", json={"topics": ["bees"], "team": "acme"}).json()["id"]
    viewer = token(site, "viv", "--team", "acme")
    address = site.url.replace("http", "ws", 1)
    with connect(
        f"{address}/ws/runs/{run}/", additional_headers={"Authorization": f"Bearer {viewer}"}
    ) as socket:
        socket.recv(timeout=patient(30))
        gone = "from research.people.models import Membership as M;"
        gone += "M.objects.filter(user__username='viv').delete()"
        assert site.manage("shell", "-c", gone).returncode == 0
        assert end_of(socket) == 4403
    member.post(f"/api/runs/{run}/cancel")


def test_a_crew_finds_its_teams_documents_only(team_site: Site, provider: ScriptedProvider) -> None:
    site = team_site
    member, outsider = client(site, "max", "acme"), client(site, "eve", "other")
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


def test_the_first_administrator_comes_by_the_printed_link(make_site: Callable[..., Site]) -> None:
    site = make_site(RESEARCH_ACCOUNTS="on")
    found = re.search(r"http://\S+(/first/\S+/)", site.log)
    assert found, site.log
    with httpx.Client(base_url=site.url, follow_redirects=True, timeout=patient(30)) as person:
        assert person.get("/").url.path == "/accounts/login/"
        page = person.get(found[1])
        csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert csrf
        fields = {"csrfmiddlewaretoken": csrf[1], "username": "ada"}
        weak = person.post(found[1], data=fields | {"password1": "abc", "password2": "abc"})
        assert weak.status_code == 400 and "too short" in weak.text
        strong = {"password1": "quiet-otter-77", "password2": "quiet-otter-77"}
        home = person.post(found[1], data=fields | strong)
        assert home.url.path == "/" and "ada" in home.text
        assert person.get("/admin/").status_code == 200
        assert person.get(found[1]).status_code == 404
        account = person.get("/account/")
        assert "Make a token" in account.text and account.status_code == 200
    assert "quiet-otter" not in site.log
