"""The set-up page: what is ready, what each service lacks, and what can be typed in."""

from typing import Any

import pytest
from django.test import Client

from research.crews.llms import catalog
from research.keyring.current import Tried
from research.keyring.models import Change, Connection, shown
from research.runs import engines
from research.sources.engines import ENGINES
from tests.support.html import text_of

pytestmark = pytest.mark.django_db

KEY = "sk-typed-9f8e7d6c5b4a3210"
TRIED = Tried("m-1", ("m-1", "m-2"))


def store(service: str, tried: Tried = TRIED, **values: str) -> None:
    told = {name: shown(value) if "KEY" in name else value for name, value in values.items()}
    Connection.objects.store(service, values, told, tried, "ann")


def page(client: Client) -> str:
    return client.get("/setup/").content.decode()


def part(html: str, service: str) -> str:
    """What the page says about one service."""
    return html.split(f'<li id="{service}"')[1].split("</form>")[0]


def test_each_service_names_what_it_lacks(client: Client) -> None:
    html = page(client)
    for provider in catalog.PROVIDERS:
        lacks = provider.missing or next(iter(provider.options))
        assert f"needs <code>{lacks}</code>" in part(html, provider.name)
        for variable in provider.options:
            assert f'name="{variable}"' in part(html, provider.name)
    for engine in ENGINES.values():
        lacks = engine.key or "RESEARCH_SEARCH"
        assert f"needs <code>{lacks}</code>" in part(html, engine.name)


def test_what_the_environment_has_is_named_and_cannot_be_typed_over(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment-0123456789")
    html = page(client)
    told = text_of(part(html, "openai"))
    assert "Set in the environment: OPENAI_API_KEY" in told and "That wins" in told
    assert 'name="OPENAI_API_KEY"' not in part(html, "openai") and "6789" not in html
    answer = client.post("/setup/", {"do": "store", "service": "openai", "OPENAI_API_KEY": KEY})
    assert answer.status_code == 400 and not Connection.objects.exists()
    assert "which wins" in answer.content.decode()


def test_a_stored_key_is_shown_by_its_last_characters_with_who_and_what(client: Client) -> None:
    store("openai", OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://10.0.0.9/v1")
    html = page(client)
    assert KEY not in html and "stored: …3210" in part(html, "openai")
    assert "Stored by ann" in html and "The form offers" in html and "openai/m-2" in html
    assert 'value="http://10.0.0.9/v1"' in html and "openai stored by ann" in text_of(html)
    assert '<option value="openai/m-2">' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("service", "typed", "told"),
    [
        ("openai", {}, "OPENAI_API_KEY is missing"),
        ("openai", {"OPENAI_API_KEY": "sk live key"}, "its character 3 is not one that a key has"),
        ("openai", {"OPENAI_API_KEY": "x" * 9000}, "longer than 8000 characters"),
        ("hosted_vllm", {"VLLM_BASE_URL": "file:///etc/passwd"}, "it begins with file://"),
        ("hosted_vllm", {"VLLM_BASE_URL": "gopher://10.0.0.1/"}, "it begins with gopher://"),
        ("hosted_vllm", {"VLLM_BASE_URL": "10.0.0.5:8000"}, "it lacks its http://"),
        ("ollama", {"OLLAMA_HOST": "http://ann:secret@10.0.0.5"}, "a name or a password"),
        ("ollama", {"OLLAMA_HOST": "ftp://10.0.0.5"}, "it begins with ftp://"),
        ("searxng", {"SEARXNG_URL": "http://"}, "SEARXNG_URL cannot be used"),
        ("azure", {"AZURE_API_KEY": KEY}, "AZURE_ENDPOINT is missing"),
        ("nobody", {}, "there is no such service"),
    ],
)
def test_what_cannot_be_used_is_told_and_asks_nobody(
    client: Client, service: str, typed: dict[str, str], told: str
) -> None:
    answer = client.post("/setup/", {"do": "store", "service": service, **typed})
    assert answer.status_code == 400 and told in text_of(answer.content.decode())
    for name, value in typed.items():
        kept = f'value="{value}"' in answer.content.decode()
        assert kept == ("KEY" not in name)
    assert not Connection.objects.exists()


def test_a_stored_key_goes_to_no_other_address_than_it_was_typed_in_for(client: Client) -> None:
    store("openai", OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://10.0.0.9/v1")
    other = {"do": "store", "service": "openai", "OPENAI_BASE_URL": "http://10.6.6.6/v1"}
    answer = client.post("/setup/", other)
    assert answer.status_code == 400
    assert "OPENAI_API_KEY is missing" in answer.content.decode()
    store("snowflake", SNOWFLAKE_PAT=KEY, SNOWFLAKE_ACCOUNT="ours")
    other = {"do": "store", "service": "snowflake", "SNOWFLAKE_ACCOUNT": "theirs.example/"}
    assert "SNOWFLAKE_PAT is missing" in client.post("/setup/", other).content.decode()


def test_what_is_deleted_is_gone_and_that_is_kept(client: Client) -> None:
    store("openai", OPENAI_API_KEY=KEY)
    answer = client.post("/setup/", {"do": "delete", "service": "openai"})
    assert (answer.status_code, answer["location"]) == (302, "/setup/#openai")
    assert not Connection.objects.exists()
    assert Change.objects.values_list("what", "by")[0] == ("deleted", "local")
    assert catalog.resolve(None) == "offline"


def test_what_another_secret_key_sealed_is_told_and_breaks_no_page(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)
    store("openai", OPENAI_API_KEY=KEY)
    store("serper", Tried(), SERPER_API_KEY=KEY)
    settings.SECRET_KEY = "another site's"
    told = "was stored under another SECRET_KEY"
    html = page(client)
    assert told in part(html, "openai") and told in part(html, "serper")
    assert client.get("/").content.decode().count(told) == 2
    fields = {"topics": "bees", "blueprint": "quick"}
    refused = client.post("/", fields | {"model": "openai/m-1"})
    assert refused.status_code == 400 and told in refused.content.decode()
    assert client.post("/", fields | {"model": "offline"}).status_code == 302


def test_a_model_without_its_key_is_told_above_the_form(client: Client, settings: Any) -> None:
    settings.RESEARCH_MODEL = "groq/llama"
    html = client.get("/").content.decode()
    assert "It lacks GROQ_API_KEY." in html and 'href="/setup/"' in html
