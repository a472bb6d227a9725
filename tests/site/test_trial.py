"""A key is tried by one tiny call, in the provider's own protocol; why it fails is one sentence."""

import asyncio
from typing import Any

import pytest

from research.crews.llms import catalog, trial
from research.crews.llms.providers import make_llm
from research.crews.llms.trial import try_provider
from research.keyring import current
from research.keyring.current import Kept, Tried
from tests.support.engines import Answer, EngineServer
from tests.support.provider import ScriptedProvider
from tests.support.site import free_port

KEY = "sk-typed-9f8e7d6c5b4a3210"


def tried(name: str, model: str = "", **values: str) -> Tried:
    current.keep({name: Kept(values)})
    return asyncio.run(try_provider(catalog.split(f"{name}/x")[0], model))


def reached(provider: ScriptedProvider) -> dict[str, dict[str, str]]:
    """How the scripted provider is reached, as each of these providers."""
    address = provider.url.removesuffix("/v1")
    return {
        "openai": {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": provider.url},
        "anthropic": {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": address},
        "ollama": {"OLLAMA_HOST": f"{address}/ollama"},
        "hosted_vllm": {"VLLM_BASE_URL": provider.url, "VLLM_API_KEY": KEY},
        "groq": {"GROQ_API_KEY": KEY, "GROQ_API_BASE": provider.url},
    }


@pytest.mark.parametrize("name", ["openai", "anthropic", "ollama", "hosted_vllm", "groq"])
def test_what_answers_tells_its_models_and_was_asked_once(
    name: str, provider: ScriptedProvider
) -> None:
    found = tried(name, **reached(provider)[name])
    assert found == Tried("scripted", ("scripted", "scripted-large"))
    (asked,) = provider.stats()["recent"]
    assert asked["model"] == "scripted"
    assert asked["key"] == ("ollama" if name == "ollama" else KEY)


def test_a_model_can_be_named(provider: ScriptedProvider) -> None:
    found = tried("openai", "openai/scripted-large", **reached(provider)["openai"])
    assert found.model == "scripted-large"
    assert provider.stats()["recent"][0]["model"] == "scripted-large"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("401", "The provider refused the key."),
        ("402", "quota is used up"),
        ("403", "does not allow this key"),
        ("429", "rate limit is used up"),
        ("html", "answered with a web page"),
        ("bad_json", "something that is not a completion"),
        ("disconnect", "broke off"),
        ("timeout", "did not answer in time"),
        ("500", "The provider had an error"),
    ],
)
@pytest.mark.parametrize("name", ["openai", "hosted_vllm"])
def test_what_does_not_answer_is_told_in_a_sentence_without_the_key(
    name: str, fault: str, sentence: str, provider: ScriptedProvider, monkeypatch: Any
) -> None:
    if fault == "timeout":
        monkeypatch.setattr(trial, "SECONDS", 0.3)
    provider.script(fault=fault)
    found = tried(name, **reached(provider)[name])
    assert sentence in found.trouble and not found.model
    assert KEY not in found.trouble and "<html" not in found.trouble
    assert len(found.trouble) < 500 and provider.stats()["requests"] == 1


def test_a_server_that_is_not_there_is_named_by_its_place() -> None:
    port = free_port()
    found = tried("hosted_vllm", VLLM_BASE_URL=f"http://127.0.0.1:{port}/v1")
    assert f"at 127.0.0.1:{port}" in found.trouble


def test_a_server_without_models_says_so() -> None:
    server = EngineServer()
    server.answer = Answer(body={"models": []})
    found = tried("ollama", OLLAMA_HOST=server.url)
    server.stop()
    assert "has no model yet" in found.trouble and len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=302, headers={"Location": "http://169.254.169.254/"}),
        Answer(body=b"<html>" + b"x" * 5_000_000),
        Answer(body=b"[" * 100_000),
        Answer(body={"data": [None, 3, {"id": 7}, {"id": "x" * 999}, {"id": "text-embedding-3"}]}),
    ],
    ids=["elsewhere", "long", "deep", "odd"],
)
def test_a_list_of_models_may_be_anything(answer: Answer) -> None:
    server = EngineServer()
    server.answer = answer
    found = tried("openai", OPENAI_API_KEY=KEY, OPENAI_BASE_URL=server.url)
    server.stop()
    assert found.trouble and {each.path for each in server.asked} <= {
        "/models",
        "/chat/completions",
    }


def test_the_list_leaves_out_what_answers_with_no_text() -> None:
    server = EngineServer()
    names = ["whisper-1", "gpt-4o-mini-2024-07-18", "text-embedding-3-small", "o4-mini"]
    server.answers["/models"] = Answer(body={"data": [{"id": name} for name in names]})
    server.answer = Answer(status=401, body={"error": {"message": f"Bad key {KEY}"}})
    found = tried("openai", OPENAI_API_KEY=KEY, OPENAI_BASE_URL=server.url)
    server.stop()
    assert "refused the key" in found.trouble and KEY not in found.trouble
    assert server.asked[-1].body["model"] == "gpt-4o-mini-2024-07-18"


@pytest.mark.parametrize("provider", catalog.PROVIDERS, ids=lambda each: each.name)
def test_every_providers_objects_take_what_was_typed_in(provider: catalog.Provider) -> None:
    typed = {
        name: "http://127.0.0.1:9/v1" if name in provider.addresses else f"typed-{name.lower()}"
        for name in provider.options
    }
    current.keep({provider.name: Kept(typed)})
    llm = make_llm(provider.models[0])
    told = {name: getattr(llm, option) for name, option in provider.options.items()}
    assert told == typed
