"""What a provider does wrong is handled once: few requests, one kind, one sentence."""

import asyncio
import contextlib
import datetime
import email.utils
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from research.crews import model_calls as calls
from research.crews.failures import classify, explain
from research.exceptions import ResearchError
from tests.support.crew import KEY, Told, fate_of
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of, until

FINAL = [
    ("401", "authentication", "refused the key"),
    ("403", "permission", "does not allow"),
    ("404", "unknown_model", "does not know this model"),
    ("html", "not_a_completion", "a web page instead of a completion"),
    ("bad_json", "bad_answer", "not a completion"),
]
PASSING = [
    ("429", "rate_limited", "rate limit is used up"),
    ("500", "provider_error", "had an error"),
    ("503", "provider_error", "had an error"),
    ("disconnect", "broken_connection", "broke off"),
    ("disconnect_midstream", "broken_connection", "broke off"),
]


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)
    monkeypatch.setattr(calls, "BACKOFF", 0.02)
    monkeypatch.setattr(calls, "JITTER", 0.01)


@pytest.mark.parametrize(("fault", "kind", "words"), FINAL)
async def test_what_will_not_pass_is_asked_once(
    provider: ScriptedProvider, fault: str, kind: str, words: str
) -> None:
    provider.script(fault=fault)
    told = Told()
    ended, sentence = await fate_of("bees", told)
    assert (ended, provider.stats()["requests"]) == (kind, 1)
    assert words in sentence and KEY not in sentence
    assert told.all("llm.waiting") == []


@pytest.mark.parametrize(("fault", "kind", "words"), PASSING)
async def test_what_may_pass_is_asked_four_times_in_all(
    provider: ScriptedProvider, fault: str, kind: str, words: str
) -> None:
    provider.script(fault=fault)
    told = Told()
    ended, sentence = await fate_of("bees", told)
    assert (ended, provider.stats()["requests"]) == (kind, 4)
    assert words in sentence and "asked 4 times" in sentence and KEY not in sentence
    assert len(told.all("llm.started")) == len(told.all("llm.failed")) == 4
    assert len(told.all("llm.waiting")) == 3


@pytest.mark.parametrize("fault", [fault for fault, _, _ in PASSING])
async def test_a_fault_that_passes_costs_one_request_more(
    provider: ScriptedProvider, fault: str
) -> None:
    provider.script(fault=fault, times=1)
    told = Told()
    ended, _ = await fate_of("bees", told)
    assert (ended, provider.stats()["requests"]) == ("succeeded", 2)
    (waiting,) = told.all("llm.waiting")
    assert waiting["reason"] == "retry" and waiting["agent"] == "Analyst"
    assert "then asks again: the " in waiting["note"]


@pytest.mark.parametrize("fault", ["429", "503"])
async def test_retry_after_is_waited_for(provider: ScriptedProvider, fault: str) -> None:
    provider.script(fault=fault, times=1, retry_after=0.7)
    ended, _ = await fate_of("bees", Told())
    first, second = (call["time"] for call in provider.stats()["recent"])
    assert ended == "succeeded"
    assert 0.7 <= second - first < patient(1.5)


async def test_a_provider_that_asks_to_wait_long_is_not_waited_for(
    provider: ScriptedProvider,
) -> None:
    provider.script(fault="429", retry_after=600)
    started = time.monotonic()
    ended, sentence = await fate_of("bees", Told())
    assert (ended, provider.stats()["requests"]) == ("rate_limited", 1)
    assert "It asks to wait 600 s." in sentence
    assert time.monotonic() - started < patient(5)


def refusal(status: int, **headers: str) -> Any:
    openai = pytest.importorskip("openai")
    request = httpx.Request("POST", "http://provider.test/v1")
    answer = httpx.Response(status, headers=headers, request=request)
    return openai.APIStatusError("no", response=answer, body=None)


def test_retry_after_is_read_in_all_its_forms() -> None:
    in_a_minute = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)
    date = email.utils.format_datetime(in_a_minute, usegmt=True)
    assert classify(refusal(429, **{"Retry-After": date})).retry_after == pytest.approx(60, abs=2)
    assert classify(refusal(429, **{"Retry-After": "1.5"})).retry_after == 1.5
    assert classify(refusal(503, **{"retry-after-ms": "250"})).retry_after == 0.25
    assert classify(refusal(429, **{"Retry-After": "soon"})).retry_after is None
    assert classify(refusal(429)).retry_after is None


@pytest.mark.parametrize(
    ("status", "kind", "may_pass"),
    [
        (400, "bad_request", False),
        (402, "quota", False),
        (408, "timeout", True),
        (409, "provider_error", True),
        (413, "too_large", False),
        (422, "bad_request", False),
        (502, "provider_error", True),
        (529, "provider_error", True),
    ],
)
def test_every_status_has_a_kind(status: int, kind: str, may_pass: bool) -> None:
    failure = classify(refusal(status))
    assert (failure.kind, failure.may_pass) == (kind, may_pass)
    assert f"HTTP {status}" in failure.message


async def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    told = Told()
    kind, sentence = await fate_of("bees", told)
    assert kind == "unreachable"
    assert f"server does not answer at 127.0.0.1:{port}." in sentence
    assert len(told.all("llm.started")) == 4


async def test_credentials_in_a_base_url_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://somebody:hunter2@127.0.0.1:9/v1")
    told = Told()
    kind, sentence = await fate_of("bees", told)
    assert kind == "unreachable"
    assert "hunter2" not in sentence + str(told.events)


async def test_a_host_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://nowhere.invalid/v1")
    kind, sentence = await fate_of("bees", Told())
    assert kind == "unreachable"
    assert "host name is not known at nowhere.invalid" in sentence


async def test_litellm_asks_no_more_often(
    provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    monkeypatch.setenv("GROQ_API_BASE", provider.url)
    provider.script(fault="429")
    ended, sentence = await fate_of("bees", Told(), model="groq/scripted")
    assert (ended, provider.stats()["requests"]) == ("rate_limited", 4)
    assert KEY not in sentence


class Spent(ResearchError):
    """The budget is spent."""


class TwoCalls:
    """A gate that lets two calls through."""

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self.open = 0

    @contextlib.asynccontextmanager
    async def admit(self, tokens: int) -> AsyncIterator[None]:
        if len(self.tokens) == 2:
            raise Spent
        self.tokens.append(tokens)
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1


async def test_every_attempt_passes_the_gate(provider: ScriptedProvider) -> None:
    provider.script(fault="500")
    gate = TwoCalls()
    assert await fate_of("bees", Told(), gate=gate) == ("spent", "The budget is spent.")
    assert provider.stats()["requests"] == len(gate.tokens) == 2
    assert gate.open == 0
    assert min(gate.tokens) > 20


async def test_cancelling_ends_the_wait(provider: ScriptedProvider) -> None:
    provider.script(fault="429", retry_after=30)
    told = Told()
    running = asyncio.create_task(fate_of("bees", told))

    async def waits() -> bool:
        return bool(told.all("llm.waiting"))

    await until(waits)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert provider.stats()["requests"] == 1


def test_the_sentence_of_an_unknown_error_holds_no_key() -> None:
    assert KEY not in explain(RuntimeError(f"Bearer {KEY}"))[1]


def test_waiting_is_seen_on_a_site(site: Site, provider: ScriptedProvider) -> None:
    provider.script(fault="429", times=2, retry_after=1)
    run = site.submit("bees", model="openai/refused-twice")["id"]  # others' calls do not wait
    assert site.result(run)["status"] == "succeeded"
    waits = [event["data"] for event in events_of(site, run) if event["kind"] == "llm.waiting"]
    assert [1 <= wait["seconds"] <= 1.5 for wait in waits] == [True, True]
    assert waits[0]["note"].endswith("asks again: the provider's rate limit is used up")
    assert provider.stats()["requests"] == 3


def test_no_event_and_no_log_of_a_site_holds_the_key(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(fault="401")
    run = site.submit("bees")["id"]
    topic = site.result(run)["topics"][0]
    (failed,) = [event for event in events_of(site, run) if event["kind"] == "llm.failed"]
    assert "Incorrect API key provided: •••" in failed["data"]["error"]
    assert KEY not in str(topic) + str(failed) + site.log
