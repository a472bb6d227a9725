"""Keys that were typed in: kept sealed, used where the environment has none, written nowhere."""

import json
import logging
import os
from typing import Any

import pytest

from research.crews.failures import explain
from research.crews.llms import catalog
from research.exceptions import MissingKey
from research.keyring import current
from research.keyring.current import Kept, Tried
from research.keyring.exceptions import KeySealed
from research.keyring.models import Change, Connection, shown
from research.keyring.reading import refresh
from research.ops.logs import JsonFormatter, LineFormatter
from research.sources import engines
from research.sources.engines import ENGINES, Query
from research.text.redaction import redact

pytestmark = pytest.mark.django_db

KEY = "sk-typed-9f8e7d6c5b4a3210"
TRIED = Tried("m-1", ("m-1", "m-2"))
OPENAI = catalog.split("openai/x")[0]


def store(service: str, tried: Tried = TRIED, **values: str) -> None:
    told = {name: shown(value) for name, value in values.items()}
    Connection.objects.store(service, values, told, tried, "ann")
    refresh()


def test_a_key_that_was_typed_in_makes_a_provider_ready_until_it_is_deleted() -> None:
    with pytest.raises(MissingKey, match=r"OPENAI_API_KEY.* on /setup/"):
        catalog.resolve("openai/m-1")
    store("openai", OPENAI_API_KEY=KEY)
    assert catalog.resolve("openai/m-1") == "openai/m-1"
    assert catalog.resolve(None) == "openai/m-1"
    assert catalog.suggestions() == ["openai/m-1", "openai/m-2", "offline"]
    assert OPENAI.llm_options() == {"api_key": KEY}
    Connection.objects.remove("openai", "ann")
    refresh()
    assert catalog.resolve(None) == "offline" and OPENAI.llm_options() == {}


def test_the_database_holds_no_key_but_its_last_characters() -> None:
    store("openai", OPENAI_API_KEY=KEY)
    row = Connection.objects.values().get()
    assert KEY not in repr(row) and row["shown"] == {"OPENAI_API_KEY": "…3210"}
    assert shown("short") == "…"
    assert KEY not in repr(current.kept("openai"))


def test_who_did_what_is_kept() -> None:
    store("openai", OPENAI_API_KEY=KEY)
    store("openai", OPENAI_API_KEY=KEY)
    Connection.objects.note_trial("openai", Tried(trouble="It is away."), "bob")
    Connection.objects.remove("openai", "eve")
    Connection.objects.remove("openai", "eve")
    kept = Change.objects.values_list("service", "what", "by")
    assert list(kept) == [
        ("openai", "deleted", "eve"),
        ("openai", "tried, and failed", "bob"),
        ("openai", "replaced", "ann"),
        ("openai", "stored", "ann"),
    ]


def test_the_environments_key_wins_and_goes_to_no_address_that_was_typed_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store("openai", OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://10.0.0.9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment-0123456789")
    assert OPENAI.llm_options() == {} and OPENAI.in_environment == ["OPENAI_API_KEY"]
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://10.0.0.1/v1")
    assert OPENAI.llm_options() == {"api_key": KEY}  # the address is the environment's


def test_another_name_for_the_same_key_wins_too(monkeypatch: pytest.MonkeyPatch) -> None:
    store("gemini", GEMINI_API_KEY=KEY)
    monkeypatch.setenv("GOOGLE_API_KEY", "AIza-environment-0123456789")
    assert catalog.split("gemini/x")[0].llm_options() == {}


def test_a_provider_that_did_not_answer_is_not_offered() -> None:
    store("openai", OPENAI_API_KEY=KEY)
    Connection.objects.note_trial("openai", Tried(trouble="It is away."), "ann")
    refresh()
    assert catalog.suggestions() == ["offline"]
    assert catalog.resolve("openai/m-1")  # who names it may try
    Connection.objects.note_trial("openai", Tried("m-2", ("m-1", "m-2")), "ann")
    refresh()
    assert catalog.suggestions() == ["openai/m-2", "openai/m-1", "offline"]


def test_servers_of_ones_own_are_offered_by_the_names_of_their_models() -> None:
    assert catalog.suggestions() == ["offline"]
    store("ollama", Tried("qwen3:4b", ("qwen3:4b", "not a name")), OLLAMA_HOST="10.0.0.5:11434")
    assert catalog.suggestions() == ["ollama/qwen3:4b", "offline"]
    store("hosted_vllm", Tried("Qwen/Qwen3", ("Qwen/Qwen3",)), VLLM_BASE_URL="http://10.0.0.5/v1")
    assert "hosted_vllm/Qwen/Qwen3" in catalog.suggestions()


def test_a_model_that_lacks_its_key_is_not_offered_as_the_default(settings: Any) -> None:
    settings.RESEARCH_MODEL = "groq/llama"
    assert catalog.suggestions() == ["offline"]
    store("groq", Tried("llama"), GROQ_API_KEY=KEY)
    assert catalog.suggestions() == ["groq/llama", "offline"]


def test_search_engines_take_typed_keys_and_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engines.ready() == []
    store("serper", Tried(), SERPER_API_KEY=KEY)
    store("searxng", Tried(), SEARXNG_URL="http://10.0.0.7:8080/")
    assert [engine.name for engine in engines.ready()] == ["serper", "searxng"]
    assert ENGINES["serper"].request(Query("bees")).headers == {"X-API-KEY": KEY}
    assert ENGINES["searxng"].request(Query("bees")).url == "http://10.0.0.7:8080/search"
    store("openalex", Tried(), OPENALEX_API_KEY=KEY)
    assert ENGINES["openalex"].request(Query("bees")).params["api_key"] == KEY
    monkeypatch.setenv("SERPER_API_KEY", "environment-0123456789")
    assert ENGINES["serper"].secret == "environment-0123456789"


def test_what_another_secret_key_sealed_says_so_and_harms_nothing_else(settings: Any) -> None:
    store("anthropic", ANTHROPIC_API_KEY=KEY)
    store("serper", Tried(), SERPER_API_KEY=KEY)
    settings.SECRET_KEY = "another site's"
    store("openai", OPENAI_API_KEY=KEY)
    assert catalog.suggestions() == ["openai/m-1", "openai/m-2", "offline"]
    assert engines.ready() == [] and engines.sealed() == [ENGINES["serper"]]
    with pytest.raises(KeySealed) as refused:
        catalog.resolve("anthropic/claude-x")
    assert (refused.value.code, refused.value.status) == ("seal_broken", 409)
    from research.crews.llms.providers import make_llm

    with pytest.raises(KeySealed) as failed:  # of a topic that was queued before
        make_llm("anthropic/claude-x")
    kind, message = explain(failed.value)
    assert kind == "seal_broken" and "Anthropic was stored under another SECRET_KEY" in message


def test_a_typed_key_gets_into_nothing_that_is_written() -> None:
    store("openai", OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://10.0.0.9/v1")
    assert redact(f"refused: {KEY} at http://10.0.0.9/v1") == "refused: ••• at http://10.0.0.9/v1"
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "refused %s", (KEY,), None)
    assert KEY not in LineFormatter().format(record)
    assert json.loads(JsonFormatter().format(record))["message"] == "refused •••"
    assert KEY not in explain(RuntimeError(f"Incorrect API key: {KEY}"))[1]
    current.keep({})  # deleted; a crew at work may still have it
    assert redact(KEY) == "•••"


def test_nothing_typed_gets_into_the_environment() -> None:
    store("openai", OPENAI_API_KEY=KEY)
    assert KEY not in os.environ.values()


@pytest.mark.parametrize("provider", catalog.PROVIDERS, ids=lambda each: each.name)
def test_whatever_can_be_typed_in_is_what_the_provider_needs(provider: catalog.Provider) -> None:
    current.keep({provider.name: Kept(dict.fromkeys(provider.options, "x" * 20))})
    assert provider.missing is None and provider.can_answer and provider.title
    assert set(provider.llm_options()) == set(provider.options.values())
