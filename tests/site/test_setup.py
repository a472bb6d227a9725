"""A key that is typed in on the set-up page of a running site: tried, kept, used by its engine."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.engines import SEARXNG, Answer, EngineServer
from tests.support.provider import ScriptedProvider
from tests.support.setup import set_up
from tests.support.site import Site

KEY = "sk-typed-9f8e7d6c5b4a3210"
OTHER = "sk-typed-0a1b2c3d4e5f6789"
MODEL = "hosted_vllm/scripted"


def store(site: Site, provider: ScriptedProvider, key: str) -> httpx.Response:
    return set_up(site, "store", "hosted_vllm", VLLM_BASE_URL=provider.url, VLLM_API_KEY=key)


def run_of(site: Site) -> dict[str, Any]:
    return site.result(site.submit("bees", model=MODEL)["id"])


def keys(provider: ScriptedProvider) -> set[str]:
    """The keys that it was asked with."""
    return {asked["key"] for asked in provider.stats()["recent"]}


@pytest.fixture(scope="module")
def keyed(site_process: Site, provider_process: ScriptedProvider) -> Iterator[Site]:
    """The site with a key that was typed in while it ran; its engine was there before."""
    refused = site_process.post("/api/runs", {"topics": ["bees"], "model": MODEL})
    assert refused.json()["error"]["code"] == "missing_key"
    provider_process.reset()
    told = store(site_process, provider_process, KEY)
    assert "answers, and lists 2 models" in told.text and KEY not in told.text
    yield site_process
    for service in ("hosted_vllm", "searxng"):
        set_up(site_process, "delete", service)


def test_a_typed_key_is_used_by_the_engine_from_the_next_topic_on(
    keyed: Site, provider: ScriptedProvider
) -> None:
    assert f'<option value="{MODEL}-large">' in keyed.get("/").text
    assert run_of(keyed)["status"] == "succeeded" and keys(provider) == {KEY}


def test_commands_use_it_too(keyed: Site, provider: ScriptedProvider) -> None:
    done = keyed.manage("research", "bees", "--model", MODEL)
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


def test_what_does_not_answer_any_more_is_not_offered(
    keyed: Site, provider: ScriptedProvider
) -> None:
    provider.script(fault="402")
    tried = set_up(keyed, "try", "hosted_vllm")
    assert tried.status_code == 409 and "quota is used up" in tried.text
    assert f'<option value="{MODEL}">' not in keyed.get("/").text


def test_a_search_engine_is_asked_at_a_typed_address(
    keyed: Site, provider: ScriptedProvider
) -> None:
    server = EngineServer()
    server.answer = Answer(body=SEARXNG)
    assert "SearXNG answers" in set_up(keyed, "store", "searxng", SEARXNG_URL=server.url).text
    server.asked.clear()
    provider.script(tool_calls=[{"name": "search_web", "arguments": {"query": "bees"}}])
    assert run_of(keyed)["status"] == "succeeded" and server.asked
    server.answer = Answer(body="<html>Sign in</html>")
    refused = set_up(keyed, "store", "searxng", SEARXNG_URL=f"{server.url}/other")
    assert refused.status_code == 400 and "not search results: a web page" in refused.text
    server.stop()


def test_what_is_replaced_or_deleted_is_asked_no_more(
    keyed: Site, provider: ScriptedProvider
) -> None:
    engine = keyed.engine_pid
    store(keyed, provider, OTHER)
    provider.reset_counts()
    assert run_of(keyed)["status"] == "succeeded"
    assert keys(provider) == {OTHER} and keyed.engine_pid == engine
    assert "is deleted" in set_up(keyed, "delete", "hosted_vllm").text
    refused = keyed.post("/api/runs", {"topics": ["bees"], "model": MODEL})
    assert refused.json()["error"]["code"] == "missing_key"
    files = keyed.database.parent.glob(f"{keyed.database.name}*")
    assert all(OTHER.encode() not in file.read_bytes() for file in files)
