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
        ("replicate/meta/meta-llama-3-70b", "replicate"),
    ],
)
def test_crewais_model_names_have_a_provider(model: str, provider: str) -> None:
    assert catalog.split(model)[0].name == provider


@pytest.mark.parametrize("model", ["no/such", "nope", "openai/", "/x", "x" * 300, "openai/a b"])
def test_other_names_are_refused(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    with pytest.raises(UnknownModel):
        catalog.resolve(model)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(MissingKey, match="ANTHROPIC_API_KEY"):
        catalog.resolve("anthropic/claude-sonnet-4-5")


def test_ollama_needs_none() -> None:
    assert catalog.resolve("ollama/llama3.2") == "ollama/llama3.2"
