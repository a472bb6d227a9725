"""Which model runs: by name, by key, by default; told before anything is asked of a provider."""

import pytest

from research.crews.llms import catalog
from research.exceptions import MissingKey, UnknownModel


def test_without_any_key_it_is_the_offline_model() -> None:
    assert catalog.resolve(None) == "offline"


def test_the_first_provider_with_a_key_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "k" * 20)
    assert catalog.resolve(None).startswith("gemini/")
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    assert catalog.resolve("").startswith("openai/")


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("openai/any-name-at-all", "openai"),
        ("gpt-4o-mini", "openai"),
        ("claude-sonnet-4-5", "anthropic"),
        ("google/gemini-2.5-flash", "gemini"),
        ("ollama/llama3.2:3b", "ollama"),
        ("openrouter/meta-llama/llama-3.3-70b", "openrouter"),
        ("groq/llama-3.3-70b-versatile", "groq"),
        ("OpenRouter/@cf/meta/llama-3.3", "openrouter"),
        ("bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/x.y-v1:0", "bedrock"),
    ],
)
def test_crewais_model_names_have_a_provider(model: str, provider: str) -> None:
    assert catalog.split(model)[0].name == provider


@pytest.mark.parametrize(
    "model",
    [
        "no/such",
        "nope",
        "openai/",
        "/x",
        "x" * 300,
        "openai/a b",
        "openai/é",
        "openai/../x",
        "gpt-4o/http://127.0.0.1:8299",
        "openai/http://127.0.0.1:8299/v1",
        "oobabooga/http://127.0.0.1:8299/https",
        "petals/x",
        "custom/x",
        "github_copilot/x",
        "replicate/meta/meta-llama-3-70b",
    ],
)
def test_other_names_are_refused_and_the_error_names_what_works(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    with pytest.raises(UnknownModel, match=r"with one of: openai, anthropic, .*hosted_vllm"):
        catalog.resolve(model)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(MissingKey, match="ANTHROPIC_API_KEY"):
        catalog.resolve("anthropic/claude-sonnet-4-5")


@pytest.mark.parametrize("variable", ["GEMINI_API_KEY", "GOOGLE_API_KEY"])
def test_either_of_two_keys_will_do(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingKey, match="needs GEMINI_API_KEY or GOOGLE_API_KEY"):
        catalog.resolve("gemini/gemini-2.5-flash")
    monkeypatch.setenv(variable, "k" * 20)
    assert catalog.resolve("gemini/gemini-2.5-flash")


def test_ollama_needs_none() -> None:
    assert catalog.resolve("ollama/llama3.2") == "ollama/llama3.2"
