"""No secret of the environment gets into what is written, in whatever form it is written down."""

import base64
from urllib.parse import quote

import pytest

from research.text.redaction import redact, secrets

KEY = "sk-live/9+aB=cdEF0123"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    secrets.cache_clear()
    return monkeypatch


@pytest.mark.parametrize(
    "name",
    [
        *("OPENAI_API_KEY", "GITHUB_PAT", "HF_TOKEN", "DB_PASSWORD", "PGPASSWORD", "APIKEY"),
        *("AWS_ACCESS_KEY_ID", "PROXY_PASS", "SENTRY_DSN", "openai_api_key", "MY_CREDENTIALS"),
    ],
)
def test_secrets_are_known_by_their_names(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, KEY)
    assert redact(f"refused: {KEY}.") == "refused: •••."


@pytest.mark.parametrize("name", ["COMPASS", "PATH", "KEYBOARD", "AUTHOR", "MONKEY_BUSINESS"])
def test_other_variables_are_not_secrets(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "an ordinary value")
    assert redact("an ordinary value") == "an ordinary value"


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "REDIS_URL", "HTTPS_PROXY", "SEARXNG_URL", "ANYTHING"]
)
def test_passwords_in_addresses_are_found(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "scheme://research:p%40ss-w0rd!@host:5432/name")
    assert redact("password p@ss-w0rd! for research") == "password ••• for research"
    assert redact("scheme://research:p%40ss-w0rd!@host") == "scheme://research:•••@host"


def test_a_secret_in_an_address_is_found(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GEMINI_API_KEY", KEY)
    assert redact(f"https://host/models?key={quote(KEY, safe='')}&x=1").endswith("?key=•••&x=1")


@pytest.mark.parametrize("before", ["", "a", "ab", "user:"])
@pytest.mark.parametrize("after", ["", "z", "zz"])
def test_a_secret_in_base64_is_found(
    environment: pytest.MonkeyPatch, before: str, after: str
) -> None:
    environment.setenv("OPENAI_API_KEY", KEY)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        written = encode(f"{before}{KEY}{after}".encode()).decode()
        shown = redact(f"Authorization: Basic {written}")
        assert "•••" in shown
        assert len(shown.replace("Authorization: Basic ", "").replace("•••", "")) <= 8 + 2 * len(
            before
        )


def test_a_short_secret_is_found_as_a_word_only(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("REDIS_PASSWORD", "secre")
    assert redact("AUTH secre failed: secrets secre, x-secre") == (
        "AUTH ••• failed: secrets •••, x-•••"
    )


def test_what_is_hardly_a_secret_blacks_nothing_out(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SOME_TOKEN", "on")
    assert redact("turn it on") == "turn it on"
