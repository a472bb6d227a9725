"""The site's own variables: a type and a default each. README, "Settings", says what they are for.

What cannot be read is one line that names the variable. A value that may hold a secret stands in a
field with `repr=False`, and is not repeated.
"""

import contextlib
import ipaddress
import os
import secrets
from decimal import Decimal
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import dj_database_url
import idna
from django.core.exceptions import ImproperlyConfigured
from django.core.exceptions import ValidationError as DjangoError
from django.core.validators import validate_email
from dotenv.parser import parse_stream
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    IPvAnyNetwork,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from researchsite.mail import mail_settings

PRIVATE_NETWORKS = [
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
]
ROLES = ("viewer", "member", "manager")  # research.people.models.Role
ENGINES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
DEFAULT_PORTS = {"http": 80, "https": 443}
SHORTEST_KEY, FEWEST_CHARACTERS = 32, 10  # of SECRET_KEY
MAX_SHOWN = 60  # characters of a value that cannot be read
OBVIOUS = ("insecure", "change", "secret", "password", "example", "qwerty", "abcdefgh", "12345678")


def _private(network: IPvAnyNetwork) -> IPvAnyNetwork:
    if any(
        network.version == private.version and network.subnet_of(private)  # type: ignore[arg-type]
        for private in PRIVATE_NETWORKS
    ):
        return network
    raise ValueError("it is not a private network such as 10.213.77.0/24")


def _host_names(names: list[str]) -> list[str]:
    """Names that a request's Host may have; none that any website could have its own name match."""
    for name in names:
        if name.strip(".") in ("", "*") or (name.startswith(".") and "." not in name[1:]):
            raise ValueError(
                f"{name} lets every website in, by DNS rebinding; "
                "name the site's own hosts, as in localhost,research.example.org"
            )
        if not _is_host(name.removeprefix(".")):
            raise ValueError(
                f"{name[:80]!r} is not a host name; "
                "write names without scheme and port, as in localhost,.example.org"
            )
    return names


def _is_host(name: str) -> bool:
    """Whether Django could ever find it in a request: a name, an IPv4, a bracketed IPv6 address."""
    if name.startswith("["):
        name = name.strip("[]")
        return ":" in name and not set(name) - set("0123456789abcdefABCDEF:.")
    labels = name.split(".")
    return all(label and label.replace("-", "").replace("_", "").isalnum() for label in labels)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _public_url(address: str) -> str:
    """The address that browsers use, as they write it themselves in an Origin."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port  # a ValueError if it is not a port
    rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    try:
        host = f"[{host}]" if ":" in host else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        host = ""
    if parts.scheme not in DEFAULT_PORTS or rest or not _is_host(host):
        raise ValueError("write scheme and host only, as in https://research.example.org")
    at = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{at}"


def _oidc_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("write the provider's address, as in https://id.example.org/realms/main")
    return address.rstrip("/")


def _by_group(text: str) -> list[tuple[str, str, str]]:
    """`staff=acme, /leads=acme:manager` as groups, each with the team and role that it gives."""
    found = []
    for pair in filter(None, (each.strip() for each in text.split(","))):
        group, _, place = pair.rpartition("=")
        team, _, role = (part.strip() for part in place.lower().partition(":"))
        is_team = team.isascii() and team.replace("-", "").replace("_", "").isalnum()
        if not group.strip() or not is_team or len(team) > 50 or role not in ("", *ROLES):
            raise ValueError("write group=team:role, as in staff=acme:member,leads=acme:manager")
        found.append((group.strip(), team, role or "member"))
    return found


def _sender(text: str) -> str:
    """An address, or a name with one: `Research <research@example.org>`."""
    _, address = parseaddr(text)
    try:
        validate_email(address)
    except DjangoError:
        raise ValueError("write an address, as in Research <research@example.org>") from None
    return text


def _strong(key: str) -> str:
    """A key that nobody guesses: whoever knows it signs sessions of their own."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"it is shorter than {SHORTEST_KEY} characters")
    repeats = key in (key + key)[1:-1]
    if repeats or len(set(key)) < FEWEST_CHARACTERS or any(o in key.lower() for o in OBVIOUS):
        raise ValueError("it is easy to guess; make one with `openssl rand -base64 48`")
    return key


def _database(url: str) -> dict[str, Any]:
    """Django's entry for a database."""
    try:
        entry = dict(dj_database_url.parse(url))
    except ValueError:  # which may repeat the password
        entry = {}
    if entry.get("ENGINE") not in ENGINES or entry.get("NAME") in ("", ":memory:"):
        raise ValueError(
            "it is not an address such as postgres://USER:PASSWORD@HOST:5432/NAME"
            " or sqlite:////path/to/file"
        )
    return entry


def _redis(url: str) -> str:
    from redis.connection import parse_url

    try:
        parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:  # which may repeat the password
        raise ValueError("it is not an address such as redis://HOST:6379/0") from None
    return url


def _engines(names: list[str]) -> list[str]:
    from research.sources.engines import ENGINES

    for name in names:
        if name not in ENGINES:
            raise ValueError(f"there is no engine {name[:40]!r}; there are {', '.join(ENGINES)}")
    return list(dict.fromkeys(names))


def _by_engine(text: str) -> dict[str, int]:
    """`brave=50, searxng=300` as a dictionary."""
    found = {}
    for pair in filter(None, (each.strip() for each in text.split(","))):
        name, _, number = pair.partition("=")
        [name] = _engines([name.strip().lower()])
        if not number.strip().isdecimal() or not 0 < int(number) <= 100_000:
            raise ValueError("write engine=number, as in brave=50,searxng=300")
        found[name] = int(number)
    return found


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


Port = Annotated[int, Field(ge=1, le=65535)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Seconds = Annotated[
    PositiveFloat, Field(allow_inf_nan=False), BeforeValidator(lambda text: text.removesuffix("s"))
]
Dollars = Annotated[
    Decimal, Field(gt=0, lt=1_000_000), BeforeValidator(lambda text: text.removeprefix("$"))
]
Names = Annotated[
    list[str],
    NoDecode,
    BeforeValidator(_names),
    AfterValidator(_host_names),
]
Engines = Annotated[
    list[str], NoDecode, BeforeValidator(lambda text: _engines(_names(text.lower())))
]
ByEngine = Annotated[dict[str, int], NoDecode, BeforeValidator(_by_engine)]
ByGroup = Annotated[list[tuple[str, str, str]], NoDecode, BeforeValidator(_by_group)]
Mail = Annotated[dict[str, Any], NoDecode, BeforeValidator(mail_settings)]
Database = Annotated[dict[str, Any], NoDecode, BeforeValidator(_database)]


class Environment(BaseSettings):
    """All that the environment says to the site. Unset and empty are the same: the default."""

    model_config = SettingsConfigDict(case_sensitive=True, validate_default=False)

    @model_validator(mode="before")
    @classmethod
    def _without_white_space(cls, texts: dict[str, str]) -> dict[str, str]:
        return {name: text.strip() for name, text in texts.items() if text.strip()}

    HOST: str = "127.0.0.1"
    PORT: Port = 8000
    RESEARCH_MODEL: str = ""
    RESEARCH_MAX_CREWS: PositiveInt = 200
    RESEARCH_MAX_TOPICS: PositiveInt = 200
    RESEARCH_TOPIC_TIMEOUT: Seconds = 900
    RESEARCH_CALL_TIMEOUT: Seconds = 120
    RESEARCH_TOOL_TIMEOUT: Seconds = 60
    RESEARCH_SEARCH: Engines = []
    RESEARCH_SEARCH_WIDTH: Annotated[int, Field(ge=1, le=9)] = 2
    RESEARCH_SEARCH_PER_MINUTE: ByEngine = {}
    RESEARCH_ROBOTS: bool = True
    RESEARCH_MCP_FILE: Path | None = None
    RESEARCH_EMBEDDING: bool = True
    RESEARCH_KEEP_DAYS: Days | None = None
    RESEARCH_TOKEN_BUDGET: PositiveInt | None = None
    RESEARCH_MONEY_BUDGET: Dollars | None = None
    RESEARCH_REQUESTS_PER_MINUTE: PositiveInt | None = None
    RESEARCH_TOKENS_PER_MINUTE: PositiveInt | None = None
    DATABASE_URL: Database | None = Field(None, repr=False)
    REDIS_URL: Annotated[str, AfterValidator(_redis)] = Field("", repr=False)
    RESEARCH_TRUSTED_NETWORK: Annotated[IPvAnyNetwork, AfterValidator(_private)] | None = None
    RESEARCH_ACCOUNTS: Literal["on", "off"] | None = None
    RESEARCH_PUBLIC_URL: Annotated[str, AfterValidator(_public_url)] = Field("", repr=False)
    RESEARCH_SCRAPE_TOKEN: str = Field("", repr=False)
    RESEARCH_OIDC_URL: Annotated[str, AfterValidator(_oidc_address)] = ""
    RESEARCH_OIDC_ID: str = ""
    RESEARCH_OIDC_SECRET: str = Field("", repr=False)
    RESEARCH_OIDC_GROUPS: ByGroup = []
    EMAIL_URL: Mail | None = Field(None, repr=False)
    EMAIL_FROM: Annotated[str, AfterValidator(_sender)] = ""
    RESEARCH_LOG_FORMAT: Literal["line", "json"] = "line"
    RESEARCH_METRICS_PORT: Port | None = None
    RESEARCH_METRICS_HOST: str = "127.0.0.1"
    SECRET_KEY: Annotated[str, AfterValidator(_strong)] | None = Field(None, repr=False)
    DEBUG: bool = False
    ALLOWED_HOSTS: Names = ["127.0.0.1", "localhost", "[::1]"]

    @property
    def has_accounts(self) -> bool:
        """Whether people sign in: where they are asked to, and on addresses of the network."""
        if self.RESEARCH_ACCOUNTS is not None:
            return self.RESEARCH_ACCOUNTS == "on"
        if self.is_public:
            return True
        return not (_is_loopback(self.HOST) or self.RESEARCH_TRUSTED_NETWORK)

    @property
    def is_public(self) -> bool:
        """Whether a proxy brings browsers of other machines."""
        return bool(self.RESEARCH_PUBLIC_URL) and not _is_loopback(self.public_host)

    @property
    def public_host(self) -> str:
        return urlsplit(self.RESEARCH_PUBLIC_URL).hostname or ""

    @property
    def oidc_apps(self) -> list[dict[str, Any]]:
        """The OpenID Connect provider, as allauth's settings want it; empty if none is named."""
        if not self.RESEARCH_OIDC_URL:
            return []
        app = {
            "provider_id": "oidc",
            "name": urlsplit(self.RESEARCH_OIDC_URL).hostname,
            "client_id": self.RESEARCH_OIDC_ID,
            "secret": self.RESEARCH_OIDC_SECRET,
            "settings": {"server_url": self.RESEARCH_OIDC_URL},
        }
        return [app]

    def _check_together(self) -> None:
        """What a variable says about another. Raises ImproperlyConfigured."""
        if self.is_public and not self.has_accounts:
            raise ImproperlyConfigured(
                "RESEARCH_ACCOUNTS='off' cannot be used: whoever reaches RESEARCH_PUBLIC_URL "
                "would be the site's administrator."
            )
        names = ("RESEARCH_OIDC_URL", "RESEARCH_OIDC_ID", "RESEARCH_OIDC_SECRET")
        lacking = [name for name in names if not getattr(self, name)]
        if 0 < len(lacking) < len(names):
            raise ImproperlyConfigured(
                f"{lacking[0]} is not set: an OpenID Connect provider needs {', '.join(names)}."
            )
        if self.EMAIL_URL and not self.EMAIL_FROM:
            raise ImproperlyConfigured("EMAIL_FROM is not set: EMAIL_URL needs a sender's address.")

    @classmethod
    def read(cls) -> "Environment":
        """Raises ImproperlyConfigured with one line, of the first variable that cannot be used."""
        try:
            found = cls()
        except ValidationError as failure:
            error = failure.errors()[0]
        else:
            found._check_together()
            return found
        name = str(error["loc"][0])
        value = f"={str(error['input'])[:MAX_SHOWN]!r}" if cls.model_fields[name].repr else ""
        reason = str(error.get("ctx", {}).get("error") or error["msg"])
        raise ImproperlyConfigured(
            f"{name}{value} cannot be used: {reason[:1].lower()}{reason[1:]}."
        )


def read_file(file: Path) -> None:
    """Adds the variables of a file such as `.env` to the environment, which itself wins.

    Raises ImproperlyConfigured.
    """
    try:
        with file.open() as stream:
            lines = list(parse_stream(stream))
    except FileNotFoundError:
        return
    except (OSError, UnicodeError) as error:
        raise ImproperlyConfigured(f"{file.name} cannot be read: {error}.") from None
    for line in lines:
        if line.error:
            raise ImproperlyConfigured(
                f"{file.name} cannot be read: line {line.original.line} is not NAME=value."
            )
        if line.key and line.value is not None:
            os.environ.setdefault(line.key, line.value)


def make_folder(folder: Path) -> Path:
    """A folder for its owner only. Raises ImproperlyConfigured."""
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise ImproperlyConfigured(f"{folder} has to be a folder to write in: {error}.") from None
    return folder


def secret_key(key: str | None, file: Path) -> str:
    """The key, or one that is made once and kept in a file for its owner only.

    Raises ImproperlyConfigured.
    """
    if key:
        return key
    try:
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_urlsafe(50))
        kept = file.read_text().strip()
    except (OSError, UnicodeError) as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set, and none can be kept in {file}: {error}."
        ) from None
    if len(kept) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"The key in {file} is too short. Remove the file.")
    return kept
