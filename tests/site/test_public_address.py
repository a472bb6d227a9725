"""A site behind a proxy that ends TLS: all follows RESEARCH_PUBLIC_URL."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.patience import patient
from tests.support.people import PASSWORD, fields_of, make_people, sign_in
from tests.support.provider import ScriptedProvider
from tests.support.proxy import TlsProxy
from tests.support.site import Site, asking, start_site

PASSWORDS = ("password1", "password2")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsProxy]:
    with TlsProxy(tmp_path_factory.mktemp("proxy")) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def public_site(
    proxy: TlsProxy,
    tmp_path_factory: pytest.TempPathFactory,
    first_database: Path,
    provider_process: ScriptedProvider,
) -> Iterator[Site]:
    env = {"RESEARCH_ACCOUNTS": "on", "RESEARCH_PUBLIC_URL": proxy.url}
    folder = tmp_path_factory.mktemp("public")
    site = start_site(folder, first_database, **asking(provider_process.url), **env)
    proxy.backend = ("127.0.0.1", int(site.env["PORT"]))
    yield site
    site.kill()


@pytest.fixture(scope="module")
def tokens(public_site: Site) -> dict[str, str]:
    return make_people(public_site, {"acme": {"max": "member", "meg": "manager"}})


@pytest.fixture
def browser(proxy: TlsProxy, public_site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=proxy.url,
        verify=proxy.context,
        headers={"Connection": "close"},
        follow_redirects=True,
        trust_env=False,
        timeout=patient(30),
    ) as client:
        yield client


def test_the_first_administrator_comes_by_the_printed_link(
    public_site: Site, proxy: TlsProxy, browser: httpx.Client
) -> None:
    link = re.search(rf"^{proxy.url}(/first/\S+/)$", public_site.log, re.M)
    assert link, public_site.log
    assert browser.get("/").url.path == "/accounts/login/"
    fields = fields_of(browser.get(link[1]).text) | {"username": "ada"}
    page = {"Referer": proxy.url + link[1]}
    weak = browser.post(link[1], headers=page, data=fields | dict.fromkeys(PASSWORDS, "abc"))
    assert weak.status_code == 400 and "too short" in weak.text, weak.text
    home = browser.post(link[1], headers=page, data=fields | dict.fromkeys(PASSWORDS, PASSWORD))
    assert home.url.path == "/" and "ada" in home.text
    assert browser.get("/admin/").status_code == 200
    assert "this one" in browser.get("/accounts/sessions/").text
    spent = browser.get(link[1])
    assert spent.status_code == 404 and "The link is spent" in spent.text
    assert PASSWORD not in public_site.log


def test_cookies_and_headers_are_for_tls_only(
    tokens: dict[str, str], browser: httpx.Client
) -> None:
    page = browser.get("/accounts/login/")
    assert page.headers["Strict-Transport-Security"] == f"max-age={365 * 24 * 3600}"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    home = sign_in(browser, "max")
    assert home.url.path == "/" and ">max<" in home.text
    cookies = [*page.headers.get_list("set-cookie")]
    cookies += home.history[0].headers.get_list("set-cookie")
    kept = [cookie for cookie in cookies if cookie.startswith(("sessionid", "csrftoken"))]
    assert len(kept) >= 2 and all("; Secure" in cookie for cookie in kept)


def test_links_that_are_given_out_lead_to_the_public_address(
    tokens: dict[str, str], public_site: Site, proxy: TlsProxy, browser: httpx.Client
) -> None:
    headers = {"Authorization": f"Bearer {tokens['max']}"}
    body = {"topics": ["bees"]}
    for client in (browser, public_site.client):  # by the proxy, and past it
        run = client.post("/api/runs", json=body, headers=headers).json()
        assert run["url"] == f"{proxy.url}/runs/{run['id']}/"
        assert run["events"] == f"{proxy.url}/api/runs/{run['id']}/events"
        assert run["ws"] == f"wss{proxy.url[5:]}/ws/runs/{run['id']}/"
        shared = client.post(f"/api/runs/{run['id']}/share", json={}, headers=headers).json()
        assert shared["url"].startswith(f"{proxy.url}/s/")
        with connect(run["ws"], ssl=proxy.context, additional_headers=headers, proxy=None) as line:
            assert line.recv(timeout=patient(30))
    sign_in(browser, "meg")
    fields = fields_of(browser.get("/teams/acme/").text)
    fields |= {"do": "invite", "role": "viewer", "days": "3"}
    team = browser.post("/teams/acme/", data=fields, headers={"Referer": proxy.url})
    assert f"{proxy.url}/join/" in team.text


def test_other_origins_are_refused(
    tokens: dict[str, str], public_site: Site, proxy: TlsProxy, browser: httpx.Client
) -> None:
    sign_in(browser, "max")
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    body = {"topics": ["bees"]}
    address = f"wss{proxy.url[5:]}/ws/runs/00000000-0000-0000-0000-000000000000/"
    with (
        connect(
            address, ssl=proxy.context, origin=proxy.url, additional_headers={"Cookie": cookies}
        ) as line,
        pytest.raises(Exception, match="4404"),
    ):
        line.recv(timeout=patient(30))
    for origin in ("https://evil.example", "null", proxy.url.replace("https", "http")):
        with pytest.raises(InvalidStatus, match="403"):
            connect(address, ssl=proxy.context, origin=origin)
        csrf = {"X-CSRFToken": browser.cookies["csrftoken"], "Origin": origin}
        assert browser.post("/api/runs", json=body, headers=csrf).status_code == 403
    own = {"X-CSRFToken": browser.cookies["csrftoken"], "Origin": proxy.url, "Referer": proxy.url}
    assert browser.post("/api/runs", json=body, headers=own).status_code == 202
    assert public_site.get("/healthz", headers={"Host": "evil.example"}).status_code == 403


def test_attempts_are_told_apart_by_the_address_that_the_proxy_tells(
    tokens: dict[str, str], proxy: TlsProxy, browser: httpx.Client
) -> None:
    ends = time.monotonic() + patient(60)
    proxy.client = "203.0.113.66"
    while "Too many attempts" not in sign_in(browser, "nobody", "wrong").text:
        assert time.monotonic() < ends
    proxy.client = "203.0.113.9"
    assert sign_in(browser, "max").url.path == "/"
