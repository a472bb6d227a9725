"""An answer waits while its client does not read, and goes on at once when it reads on."""

import asyncio
from typing import Any

import pytest
from twisted.internet.testing import StringTransport

from research.web import server
from research.web.server import Server, TellingChannel
from tests.support.patience import patient


class Request:
    """What Daphne knows of a request: its connection, and what was handed to it."""

    def __init__(self, channel: TellingChannel) -> None:
        self.channel = channel
        self.transport = StringTransport()
        self.said: list[dict[str, Any]] = []

    def handle_reply(self, message: dict[str, Any]) -> None:
        self.said.append(message)


@pytest.fixture
def request_() -> Request:
    channel = TellingChannel()
    channel.makeConnection(StringTransport())
    channel.setTimeout(None)
    return Request(channel)


def sending(request: Request) -> asyncio.Task[None]:
    line = Server(application=None, endpoints=["tcp:0"])
    line.connections = {request: {}}
    return asyncio.create_task(line.handle_reply(request, {"type": "http.response.body"}))


@pytest.mark.parametrize("event", ["resumeProducing", "stopProducing"])
async def test_it_goes_on_when_its_client_does(request_: Request, event: str) -> None:
    request_.channel.pauseProducing()
    task = sending(request_)
    await asyncio.wait([task], timeout=0.1)
    assert not request_.said
    getattr(request_.channel, event)()
    for _ in range(3):  # turns of the loop: no time has to pass
        await asyncio.sleep(0)
    assert request_.said


async def test_who_never_reads_is_dropped(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SLOW_READER_SECONDS", 0.01)
    request_.channel.pauseProducing()
    await asyncio.wait_for(sending(request_), patient(10))
    assert request_.transport.disconnecting or request_.transport.aborting
    assert not request_.said
