"""A key that is typed in on the set-up page of a running site: tried, kept, used by its engine."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.engines import SERPER, Answer, EngineServer
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site, start_site

KEY = "sk-typed-9f8e7d6c5b4a3210"
OTHER = "sk-typed-0a1b2c3d4e5f6789"


@pytest.fixture(scope="module")
def serper() -> Iterator[EngineServer]:
    server = EngineServer()
    server.answer = Answer(body=SERPER)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def bare(
    tmp_path_factory: pytest.TempPathFactory, first_database: Path, serper: EngineServer
) -> Iterator[Site]:
    """A site whose environment has no key."""
    folder = tmp_path_factory.mktemp("bare")
    site = start_site(folder, first_database, SERPER_BASE_URL=serper.url)
    yield site
    site.stop()


def change(site: Site, do: str, service: str, **typed: str) -> httpx.Response:
    """Sends the page's form."""
    page = site.get("/setup/").raise_for_status()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "do": do, "service": service, **typed}
    headers = {"Origin": site.url}
    return site.client.post(
        "/setup/", data=fields, headers=headers, follow_redirects=True, timeout=patient(120)
    )


def keys(provider: ScriptedProvider) -> set[str]:
    return {asked["key"] for asked in provider.stats()["recent"]}


def store(site: Site, provider: ScriptedProvider, key: str) -> httpx.Response:
    values = {"OPENAI_API_KEY": key, "OPENAI_BASE_URL": provider.url}
    return change(site, "store", "openai", **values)


def run_of(site: Site, **more: Any) -> dict[str, Any]:
    return site.result(site.submit("bees", **more)["id"])


@pytest.fixture(scope="module")
def keyed(bare: Site, provider_process: ScriptedProvider) -> Site:
    """The site with a key that was typed in while it ran; its engine was there before."""
    refused = bare.post("/api/runs", {"topics": ["bees"], "model": "openai/scripted"})
    assert refused.json()["error"]["code"] == "missing_key"
    provider_process.reset()
    told = store(bare, provider_process, KEY)
    assert "OpenAI answers, and lists 2 models" in told.text and KEY not in told.text
    return bare


def test_a_typed_key_is_used_by_the_engine_from_the_next_topic_on(
    keyed: Site, provider: ScriptedProvider
) -> None:
    run = run_of(keyed)
    assert (run["status"], run["model"]) == ("succeeded", "openai/scripted")
    assert keys(provider) == {KEY}


def test_commands_use_it_too(keyed: Site, provider: ScriptedProvider) -> None:
    done = keyed.manage("research", "bees", "--model", "openai/scripted-large")
    assert done.returncode == 0 and keys(provider) == {KEY}


def test_a_key_that_is_refused_is_not_stored(keyed: Site, provider: ScriptedProvider) -> None:
    provider.script(fault="401")
    answer = store(keyed, provider, OTHER)
    assert answer.status_code == 400
    assert "Nothing was stored. The provider refused the key." in answer.text
    assert OTHER not in answer.text and OTHER not in keyed.log
    provider.reset()
    assert run_of(keyed)["status"] == "succeeded" and keys(provider) == {KEY}


def test_a_key_that_a_provider_repeats_gets_into_nothing(
    keyed: Site, provider: ScriptedProvider
) -> None:
    provider.script(fault="401")  # its sentence repeats the key
    run = run_of(keyed)
    assert run["status"] == "failed" and "refused the key" in run["topics"][0]["error"]["message"]
    paths = ("", "/events", "/export?format=json&partial=1")
    written = [keyed.get(f"/api/runs/{run['id']}{path}").text for path in paths]
    assert KEY not in "".join([*written, keyed.log, keyed.get(f"/runs/{run['id']}/").text])


def test_a_search_engine_is_asked_with_a_typed_key(
    keyed: Site, provider: ScriptedProvider, serper: EngineServer
) -> None:
    assert "Serper answers" in change(keyed, "store", "serper", SERPER_API_KEY=KEY).text
    serper.asked.clear()
    provider.script(tool_calls=[{"name": "search_web", "arguments": {"query": "bees"}}])
    assert run_of(keyed)["status"] == "succeeded"
    assert {asked.headers["x-api-key"] for asked in serper.asked} == {KEY}
    serper.answer = Answer(status=403)
    refused = change(keyed, "store", "serper", SERPER_API_KEY=OTHER)
    assert refused.status_code == 400 and "Serper refused its key" in refused.text


def test_what_is_replaced_or_deleted_is_asked_no_more(
    keyed: Site, provider: ScriptedProvider
) -> None:
    engine = keyed.engine_pid
    store(keyed, provider, OTHER)
    provider.reset_counts()
    assert run_of(keyed)["status"] == "succeeded"
    assert keys(provider) == {OTHER} and keyed.engine_pid == engine
    assert "is deleted" in change(keyed, "delete", "openai").text
    refused = keyed.post("/api/runs", {"topics": ["bees"], "model": "openai/scripted"})
    assert refused.json()["error"]["code"] == "missing_key"
    files = keyed.database.parent.glob(f"{keyed.database.name}*")
    assert all(OTHER.encode() not in file.read_bytes() for file in files)
