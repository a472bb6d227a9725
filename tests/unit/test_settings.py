"""A setting that cannot be used stops the start, of any command, with one line that names it."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from researchsite import environment, outside
from researchsite.environment import Environment
from tests.support.patience import patient
from tests.support.site import INHERITED, PROJECT

SET = "geheim"  # stands in values that may hold a secret
README = (PROJECT / "README.md").read_text()


@pytest.fixture
def set_only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Makes the variables given the whole environment: `set_only(PORT="80")`."""

    def make(**variables: str) -> dict[str, str]:
        monkeypatch.setattr(os, "environ", dict(variables))
        return os.environ  # type: ignore[return-value]

    return make


# The site's own ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("RESEARCH_MAX_CREWS", "many"),
        ("RESEARCH_MAX_CREWS", "2.5"),
        ("RESEARCH_MAX_TOPICS", "0"),
        ("RESEARCH_TOPIC_TIMEOUT", "-1"),
        ("RESEARCH_TOPIC_TIMEOUT", "inf"),
        ("RESEARCH_CALL_TIMEOUT", "nan"),
        ("RESEARCH_MONEY_BUDGET", "-2"),
        ("RESEARCH_MONEY_BUDGET", "NaN"),
        ("RESEARCH_TOKEN_BUDGET", "lots"),
        ("RESEARCH_LOG_FORMAT", "xml"),
        ("RESEARCH_METRICS_PORT", "65536"),
        ("DEBUG", "maybe"),
        ("RESEARCH_TRUSTED_NETWORK", "everybody"),
        ("RESEARCH_TRUSTED_NETWORK", "0.0.0.0/0"),
        ("RESEARCH_TRUSTED_NETWORK", "203.0.113.0/24"),
        ("RESEARCH_TRUSTED_NETWORK", "::/0"),
        ("RESEARCH_SEARCH", "google"),
        ("RESEARCH_SEARCH", "brave;exa"),
        ("RESEARCH_SEARCH_WIDTH", "0"),
        ("RESEARCH_SEARCH_PER_MINUTE", "60"),
        ("RESEARCH_SEARCH_PER_MINUTE", "brave=many"),
        ("RESEARCH_SEARCH_PER_MINUTE", "google=60"),
        ("DATABASE_URL", "mysql://root:geheim@db/x"),
        ("DATABASE_URL", "postgres://root:geheim@db:port/x"),
        ("DATABASE_URL", "postgres://root:geheim@db"),
        ("DATABASE_URL", "postgres://root:ge/heim@[db/x"),
        ("DATABASE_URL", "sqlite://"),
        ("REDIS_URL", "redis://:geheim@host:port"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis:"),
        ("REDIS_URL", "http://localhost"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "localhost, *"),
        ("ALLOWED_HOSTS", "."),
        ("ALLOWED_HOSTS", ".*"),
        ("ALLOWED_HOSTS", ".com"),
        ("ALLOWED_HOSTS", "*.example.org"),
        ("ALLOWED_HOSTS", "http://example.org"),
        ("ALLOWED_HOSTS", "example.org:8000"),
        ("RESEARCH_PUBLIC_URL", "research.example.org"),
        ("RESEARCH_PUBLIC_URL", "https://research.example.org/tools"),
        ("RESEARCH_PUBLIC_URL", "https://me:geheim@research.example.org"),
        ("RESEARCH_PUBLIC_URL", "https://research.example.org:https"),
        ("RESEARCH_PUBLIC_URL", "https://re search.example.org"),
        ("RESEARCH_PUBLIC_URL", "ftp://research.example.org"),
        ("RESEARCH_OIDC_URL", "id.example.org"),
        ("RESEARCH_OIDC_GROUPS", "staff"),
        ("RESEARCH_OIDC_GROUPS", "staff=acme:boss"),
        ("EMAIL_URL", "mail.example.org"),
        ("EMAIL_URL", "http://me:geheim@mail.example.org"),
        ("EMAIL_URL", "smtp://me:geheim@mail.example.org:port"),
        ("EMAIL_URL", "smtp://me:geheim@mail.example.org:587"),
        ("EMAIL_URL", "smtp://mail.example.org/?tls=maybe"),
        ("EMAIL_FROM", "Research"),
        ("SECRET_KEY", "geheim"),
        ("SECRET_KEY", "x" * 50),
        ("SECRET_KEY", "0123456789" * 5),
        ("SECRET_KEY", "django-insecure-#mfp0t(8s^6=9e8x!q2vu&b7"),
        ("SECRET_KEY", "please-change-me-geheim-7fK2mQz9LwXv4RtB8nHj"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(
    name: str, value: str, set_only: Any
) -> None:
    set_only(**{name: value})
    with pytest.raises(ImproperlyConfigured, match=rf"^{name}.* cannot be used: ") as refusal:
        Environment.read()
    message = str(refusal.value)
    assert "\n" not in message and len(message) < 300
    assert SET not in message


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", " 8080\n", 8080),
        ("RESEARCH_MAX_CREWS", "  ", 200),
        ("RESEARCH_MAX_CREWS", "", 200),
        ("RESEARCH_TOPIC_TIMEOUT", "900s", 900.0),
        ("RESEARCH_MONEY_BUDGET", "$2.50", Decimal("2.50")),
        ("RESEARCH_SEARCH", "SearXNG, wikipedia,searxng", ["searxng", "wikipedia"]),
        ("RESEARCH_SEARCH_PER_MINUTE", "brave=50, exa = 9", {"brave": 50, "exa": 9}),
        ("DEBUG", "on", True),
        ("DEBUG", "No", False),
        ("ALLOWED_HOSTS", "localhost, .example.org,[::1]", ["localhost", ".example.org", "[::1]"]),
        ("REDIS_URL", "unix:///run/redis.sock", "unix:///run/redis.sock"),
    ],
)
def test_what_can_be_used(name: str, text: str, value: object, set_only: Any) -> None:
    set_only(**{name: text})
    assert getattr(Environment.read(), name) == value


def test_a_database_s_password_and_options_arrive(set_only: Any) -> None:
    set_only(DATABASE_URL="postgres://me:a%2Fb@db:5433/research?sslmode=require")
    entry = Environment.read().DATABASE_URL
    assert entry is not None
    assert (entry["PASSWORD"], entry["PORT"], entry["NAME"]) == ("a/b", 5433, "research")
    assert entry["OPTIONS"] == {"sslmode": "require"}


def test_readme_describes_each_variable_once_and_with_its_default() -> None:
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:4] for line in table.splitlines() if line.startswith("| `")]
    defaults = {
        name: default.split(", ")[at if ", " in default else 0]
        for names, default, _ in rows
        for at, name in enumerate(re.findall(r"`([A-Z_]+)`", names))
    }
    known = {*Environment.model_fields, *outside.KEYS, *outside.ADDRESSES}
    known |= {*outside.PROXIES, *outside.CERTIFICATES, "NO_PROXY"}
    assert set(Environment.model_fields) <= set(defaults) <= known
    for name, field in Environment.model_fields.items():
        if isinstance(field.default, int | float):
            told = {"False": "off", "True": "on"}.get(str(field.default), f"{field.default:g}")
            assert told in defaults[name], name
        elif isinstance(field.default, str) and field.default:
            assert field.default in defaults[name], name


# A public address --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Research.Example.org/", "https://research.example.org"),
        ("https://research.example.org:443", "https://research.example.org"),
        ("http://research.example.org:8080", "http://research.example.org:8080"),
        ("https://forschung.bücher.example", "https://forschung.xn--bcher-kva.example"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_public_address_is_kept_as_browsers_write_it(
    address: str, origin: str, set_only: Any
) -> None:
    set_only(RESEARCH_PUBLIC_URL=address)
    assert origin == Environment.read().RESEARCH_PUBLIC_URL


def test_who_can_be_reached_from_elsewhere_has_accounts(set_only: Any) -> None:
    set_only(RESEARCH_PUBLIC_URL="https://research.example.org")
    assert Environment.read().has_accounts
    set_only(RESEARCH_PUBLIC_URL="https://research.example.org", RESEARCH_ACCOUNTS="off")
    with pytest.raises(ImproperlyConfigured, match=r"^RESEARCH_ACCOUNTS='off' cannot be used: "):
        Environment.read()
    set_only(RESEARCH_PUBLIC_URL="http://localhost:8000")
    assert not Environment.read().has_accounts


def test_the_deployment_check_is_clean_at_a_public_address() -> None:
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    env["RESEARCH_PUBLIC_URL"] = "https://research.example.org"
    env["SECRET_KEY"] = "pV3rT9-for-tests-only-6WqLz0KxYbN4mHs8JdFg2RcUe5Ao"
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=patient(60)
    )
    assert done.returncode == 0 and "no issues" in done.stdout, done.stderr


def test_the_check_says_nothing_of_a_site_on_loopback(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check")
    assert "no issues" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://me:a%2Fb@mail.example.org:587/?tls=1", ("mail.example.org", 587, "a/b", 1, 0)),
        ("smtps://mail.example.org", ("mail.example.org", 465, "", 0, 1)),
        ("smtp://localhost", ("localhost", 25, "", 0, 0)),
    ],
)
def test_a_mail_server(url: str, found: tuple[object, ...], set_only: Any) -> None:
    set_only(EMAIL_URL=url, EMAIL_FROM="Research <research@example.org>")
    mail = Environment.read().EMAIL_URL
    names = ("HOST", "PORT", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert mail and tuple(mail[f"EMAIL_{name}"] for name in names) == found


@pytest.mark.parametrize(
    ("lacking", "given"),
    [
        ("EMAIL_FROM", {"EMAIL_URL": "smtp://localhost"}),
        ("RESEARCH_OIDC_SECRET", {"RESEARCH_OIDC_URL": "https://id.x", "RESEARCH_OIDC_ID": "x"}),
        ("RESEARCH_OIDC_URL", {"RESEARCH_OIDC_SECRET": "geheim"}),
    ],
)
def test_what_belongs_together(lacking: str, given: dict[str, str], set_only: Any) -> None:
    set_only(**given)
    with pytest.raises(ImproperlyConfigured, match=f"^{lacking} is not set: "):
        Environment.read()


def test_groups_lead_into_teams(set_only: Any) -> None:
    set_only(RESEARCH_OIDC_GROUPS="staff=acme, /leads=acme:Manager")
    pairs = [("staff", "acme", "member"), ("/leads", "acme", "manager")]
    assert pairs == Environment.read().RESEARCH_OIDC_GROUPS


# Other people's -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "SNOWFLAKE_PAT", "SERPER_API_KEY"]
)
def test_a_key_is_trimmed_where_every_library_sees_it(name: str, set_only: Any) -> None:
    environ = set_only(**{name: " \tsk-0123456789\r\n"})
    outside.check()
    assert environ[name] == "sk-0123456789"


def test_a_key_of_white_space_is_none(set_only: Any) -> None:
    environ = set_only(OPENAI_API_KEY=" \n")
    outside.check()
    assert "OPENAI_API_KEY" not in environ


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "GROQ_API_KEY", "SERPER_API_KEY"])
@pytest.mark.parametrize(
    "key",
    ["sk-geheimé", "sk-geheim…", "sk geheim", "sk-ge\nheim", "sk-geheim\x00", '"sk-geheim"',
     "\ufeffsk-geheim", "Bearer geheim", "sk-geheim\u200b"],
)  # fmt: skip
def test_a_key_that_is_none_is_refused_by_name(name: str, key: str, set_only: Any) -> None:
    set_only(**{name: key})
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} cannot be used: ") as refusal:
        outside.check()
    assert SET not in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", outside.ADDRESSES)
@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:18211v1", "http://host:0", "http://host:99999", "ftp://host", "http://",
     "http:///v1", "http://[::1", "http://ho st", "http://me:geheim@ho\tst/", "http://999.9.9.9/",
     "socks5://me:geheim@host:1"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_by_name(name: str, address: str, set_only: Any) -> None:
    set_only(**{name: address})
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} cannot be used: ") as refusal:
        outside.check()
    assert SET not in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "address", ["https://x.example/v1", "http://127.0.0.1:1/", "http://[::1]:80"]
)
def test_addresses_that_can_be_used(address: str, set_only: Any) -> None:
    set_only(OPENAI_BASE_URL=address, OLLAMA_HOST="0.0.0.0:11434", VLLM_BASE_URL=f" {address}\n")
    outside.check()


@pytest.mark.parametrize("name", outside.PROXIES)
@pytest.mark.parametrize(
    "proxy",
    ["socks5://127.0.0.1:9", "socks://h", "http://me:geheim@h:port", "a b", "http://", "::"],
)
def test_a_proxy_that_cannot_be_asked_is_refused_by_name(
    name: str, proxy: str, set_only: Any
) -> None:
    set_only(**{name: proxy})
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} cannot be used: ") as refusal:
        outside.check()
    assert SET not in str(refusal.value)


@pytest.mark.parametrize("given", [{}, {"NO_PROXY": "[::1], corp.example"}, {"no_proxy": "*"}])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.0.0.5"])
def test_this_machine_is_asked_without_a_proxy(
    host: str, given: dict[str, str], set_only: Any
) -> None:
    set_only(HTTP_PROXY="http://127.0.0.1:9", OPENAI_BASE_URL=f"http://{host}:80/v1", **given)
    outside.check()
    with httpx.Client() as client:
        direct = client._transport_for_url(httpx.URL(f"http://{host}:80/v1"))
        assert direct is client._transport


@pytest.mark.parametrize("proxies", [{}, {"HTTPS_PROXY": "http://127.0.0.1:9"}])
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("hosts", ["a b:c,\x01", "localhost,::::1%%"])
def test_a_list_of_hosts_that_is_none_is_refused_by_name(
    hosts: str, name: str, proxies: dict[str, str], set_only: Any
) -> None:
    set_only(**{name: hosts}, **proxies)
    with pytest.raises(ImproperlyConfigured, match=r"^NO_PROXY cannot be used: "):
        outside.check()


def test_without_a_proxy_nothing_is_added(set_only: Any) -> None:
    environ = set_only(OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    outside.check()
    assert "NO_PROXY" not in environ


@pytest.mark.parametrize("name", outside.CERTIFICATES)
def test_certificates_that_are_not_there_are_refused_by_name(
    name: str, set_only: Any, tmp_path: Path
) -> None:
    set_only(**{name: str(tmp_path / "nowhere")})
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} cannot be used: .*No such file"):
        outside.check()


def test_a_file_without_certificates_is_refused_by_name(set_only: Any, tmp_path: Path) -> None:
    (tmp_path / "junk.pem").write_text("no certificate")
    set_only(SSL_CERT_FILE=str(tmp_path / "junk.pem"))
    with pytest.raises(ImproperlyConfigured, match=r"^SSL_CERT_FILE cannot be used: "):
        outside.check()


# `.env` and var/ ----------------------------------------------------------------------------------


def test_env_is_read_and_the_environment_wins(set_only: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# keys\nexport A_KEY='one $HOME'\nPORT=1\n\nEMPTY\n")
    environ = set_only(PORT="2")
    environment.read_file(tmp_path / ".env")
    assert environ == {"A_KEY": "one $HOME", "PORT": "2"}
    environment.read_file(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"A=1\n'b = \nC=3\n", b"A=\xff\n"])
def test_an_env_that_cannot_be_read_is_one_line(
    content: bytes, set_only: Any, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(content)
    set_only()
    with pytest.raises(ImproperlyConfigured, match=r"^\.env cannot be read: ") as refusal:
        environment.read_file(tmp_path / ".env")
    assert "\n" not in str(refusal.value)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(ImproperlyConfigured, match="has to be a folder to write in"):
        environment.make_folder(tmp_path / "var")
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set, and none can be kept"):
        environment.secret_key(None, tmp_path / "var" / "secret_key")


def test_a_key_is_made_once_and_is_its_owner_s(tmp_path: Path) -> None:
    made = environment.secret_key(None, tmp_path / "secret_key")
    assert environment.secret_key(None, tmp_path / "secret_key") == made
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ImproperlyConfigured, match="too short"):
        environment.secret_key(None, tmp_path / "secret_key")


# Every command ----------------------------------------------------------------------------------
