"""A site asks each provider in its own protocol: tools, text while it is written, and tokens."""

import asyncio
import json
from typing import Any

import pytest
import websockets
from websockets.exceptions import ConnectionClosed

from tests.support.protocols import MODELS
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of

THOUGHT = "The reader wants to know how it is used."


async def partial_texts(site: Site, run: dict[str, Any]) -> list[str]:
    """What a watcher sees being written, until the run ends."""
    seen: list[str] = []
    url = f"{site.ws_url}/ws/runs/{run['id']}/?after=0"
    async with websockets.connect(url, max_queue=None) as socket:
        try:
            while True:
                frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
                if frame["kind"] == "llm.partial":
                    seen.append(frame["data"]["text"])
        except ConnectionClosed:
            return seen


@pytest.mark.parametrize("model", MODELS.values())
@pytest.mark.parametrize("blueprint", ["quick", "deep"])
async def test_a_blueprint_runs_in_every_protocol(
    site: Site, provider: ScriptedProvider, model: str, blueprint: str
) -> None:
    provider.script(tools=True, thinking=THOUGHT, chunks=12, chunk_delay=0.05)
    started = site.submit("python asyncio", model=model, blueprint=blueprint)
    written = await partial_texts(site, started)
    run = site.result(started["id"])

    (topic,) = run["topics"]
    assert topic["status"] == "succeeded", topic["error"]
    assert topic["result"].count("python asyncio") == 3
    assert topic["sources"]
    stats = provider.stats()
    assert run["tokens"]["prompt"] == stats["prompt_tokens"]
    assert run["tokens"]["completion"] == stats["completion_tokens"]
    assert any("### python asyncio\n\n- " in text for text in written)
    assert not any(THOUGHT in text for text in [*written, topic["result"]])


@pytest.mark.parametrize("model", MODELS.values())
def test_no_key_is_shown(site: Site, provider: ScriptedProvider, model: str) -> None:
    provider.script(fault="401")
    run = site.submit("bees", model=model)["id"]
    topic = site.result(run)["topics"][0]
    assert topic["error"]["kind"] == "authentication"
    assert "Incorrect API key provided" in topic["error"]["message"]
    assert site.env["ANTHROPIC_API_KEY"] not in f"{topic} {events_of(site, run)} {site.log}"
