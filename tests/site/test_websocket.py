"""The WebSocket: what is stored, then what is live, in order, from wherever a client left off."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest
import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.bad_line import BadLine
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site


async def frames(url: str, most: int | None = None, **options: Any) -> tuple[list[Any], int | None]:
    """The stored-event frames until the server closes, or until `most` came; and the close code."""
    got: list[Any] = []
    # Without a limit on what lies unread, at which the client would not see the server's close.
    async with websockets.connect(url, max_queue=None, **options) as socket:
        try:
            while most is None or len(got) < most:
                frame = json.loads(await asyncio.wait_for(socket.recv(), patient(30)))
                if "seq" in frame:
                    got.append(frame)
        except ConnectionClosed:
            return got, socket.close_code
    return got, None


def address(site: Site, run: dict[str, Any], after: int = 0) -> str:
    return f"{site.ws_url}/ws/runs/{run['id']}/?after={after}"


async def test_a_watcher_sees_a_run_from_first_to_last(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=0.3)
    run = site.submit("one", "two")

    seen, code = await frames(address(site, run))

    assert [frame["seq"] for frame in seen] == list(range(1, len(seen) + 1))
    assert seen[-1]["kind"] == "run.finished"
    assert code == 1000


async def test_a_watcher_that_comes_back_gets_exactly_the_rest(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=0.2, tools=True)
    run = site.submit(*(f"python {number}" for number in range(6)))
    seen: list[Any] = []
    code = None
    while code is None:  # a connection that breaks after every five frames
        more, code = await frames(address(site, run, after=len(seen)), most=5)
        seen += more

    assert [frame["seq"] for frame in seen] == list(range(1, len(seen) + 1))
    assert seen == site.get(f"/api/runs/{run['id']}/events").json()["events"]


async def test_what_is_being_written_passes_by_and_is_not_stored(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(chunks=10, chunk_delay=0.1)
    run = site.submit("one")
    passing = []
    async with websockets.connect(address(site, run)) as socket:
        async for text in socket:
            frame = json.loads(text)
            if frame["kind"] == "llm.partial":
                passing.append(frame)
    assert len(passing) >= 3
    assert all("seq" not in frame and frame["topic"] == 1 for frame in passing)
    lengths = [len(frame["data"]["text"]) for frame in passing]
    assert lengths == sorted(lengths)


async def test_an_unknown_run_is_closed_with_4404(site: Site) -> None:
    runs = ("0f0f0f0f-0000-4000-8000-000000000000", "nonsense")
    for path in (*(f"/ws/runs/{name}/" for name in runs), "/ws/nowhere/", "/"):
        _, code = await frames(f"{site.ws_url}{path}")
        assert code == 4404


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_another_sites_page_is_refused(site: Site, origin: str) -> None:
    run = site.submit("one")
    with pytest.raises(InvalidStatus) as refusal:
        await frames(address(site, run), origin=origin)
    assert refusal.value.response.status_code == 403
    site.result(run["id"])


async def test_the_sites_own_page_is_served(site: Site) -> None:
    run = site.submit("one")
    _, code = await frames(address(site, run), origin=site.url)
    assert code == 1000


async def test_a_slow_line_carries_everything_before_the_close(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(tools=True)
    run = site.submit(*(f"python {number}" for number in range(30)))
    last = site.result(run["id"])["last_seq"]
    with BadLine(site.url, bytes_per_second=30_000) as line:  # takes seconds after the close
        url = address(site, run).replace(site.ws_url, line.url.replace("http", "ws"))
        seen, code = await frames(url)
    assert [frame["seq"] for frame in seen] == list(range(1, last + 1))
    assert code == 1000


@pytest.mark.parametrize("after", ["-1", "x", "9" * 4400, "%00", "١٢", "1&after=2", "[1]"])
async def test_an_after_of_any_kind_is_answered(site: Site, after: str) -> None:
    run = site.submit("one")
    site.result(run["id"])
    url = f"{site.ws_url}/ws/runs/{run['id']}/?after={quote(after, safe='&%')}"
    _, code = await frames(url)
    assert code == 1000


async def test_whatever_a_watcher_says_it_is_told_everything(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=1.0)
    run = site.submit("one")
    said = [
        "",
        "[" * 100_000,
        '{"type": "run.push"}',
        "\u202e\x00",
        b"",
        b"\xff" * 1000,
        "x" * 10**6,
    ]
    async with websockets.connect(address(site, run)) as socket:
        for message in said:
            await socket.send(message)
        async with asyncio.timeout(patient(30)):
            got = [json.loads(message) async for message in socket]
    assert socket.close_code == 1000
    stored = [frame["seq"] for frame in got if "seq" in frame]
    assert stored == list(range(1, len(stored) + 1))
    assert got[-1]["kind"] == "run.finished"
