"""The services that can be set up on the page: model providers and search engines, alike."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings

from research.crews.llms import catalog
from research.crews.llms.catalog import Provider
from research.keyring.exceptions import BadValue, KeySealed, NoValue
from research.keyring.flaws import address_flaw, key_flaw
from research.keyring.models import Connection, shown
from research.sources.engines import ENGINES, Engine
from research.text.redaction import is_secret

MOST_NAMED = 12  # models that the page names one by one


@dataclass(frozen=True)
class Variable:
    """A variable of the environment in whose place something can be typed in."""

    name: str
    is_address: bool
    is_needed: bool

    @property
    def is_secret(self) -> bool:
        return is_secret(self.name)

    @property
    def in_environment(self) -> bool:
        return bool(os.environ.get(self.name))

    def read(self, text: str) -> str:
        """What was typed, without white space around it. Raises BadValue."""
        text = text.strip()
        if not text:
            return ""
        if not self.is_address:
            flaw = key_flaw(text)
        else:
            is_bare = self.name in catalog.BARE_ADDRESSES and "://" not in text
            flaw = address_flaw(f"http://{text}" if is_bare else text)
            if not flaw and "@" in text:
                flaw = "it holds a name or a password; write the key into its own field"
        if flaw:
            raise BadValue(variable=self.name, reason=flaw)
        return text

    def shown(self, value: str) -> str:
        """What of a value may be shown again."""
        return shown(value) if self.is_secret else value


@dataclass(frozen=True)
class Service:
    """A provider or an engine as the page shows it."""

    name: str
    title: str
    variables: tuple[Variable, ...]
    in_environment: tuple[str, ...]
    """The variables by which the environment decides on it."""
    lacks: str = ""
    """What it needs and does not have; empty: nothing."""
    is_sealed: bool = False
    models: tuple[str, ...] = ()
    """Those that the form offers."""
    suggestion: str = ""
    note: str = ""
    refused: str = ""
    """Why what was just typed in was not taken."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed in then, without keys."""
    connection: Connection | None = field(default=None, compare=False)

    @property
    def is_model(self) -> bool:
        return bool(self.suggestion)

    @property
    def stored(self) -> Connection | None:
        """What was typed in, whether it counts or not."""
        return self.connection if self.connection and self.connection.sealed else None

    @property
    def trouble(self) -> str:
        """Why it does not work, as a sentence."""
        if self.is_sealed:
            return str(KeySealed(title=self.title))
        return self.stored.trouble if self.stored and not self.in_environment else ""

    @property
    def state(self) -> str:
        """`ready`, `trouble` or `bare`."""
        if self.trouble:
            return "trouble"
        return "bare" if self.lacks else "ready"

    @property
    def first_models(self) -> tuple[str, ...]:
        return self.models[:MOST_NAMED]

    @property
    def more_models(self) -> int:
        return max(0, len(self.models) - MOST_NAMED)

    @property
    def model(self) -> str:
        """The one to try it with, if somebody has named one."""
        return self.typed.get("model", self.stored.model if self.stored else "")

    def fields(self) -> Iterator[tuple[Variable, str]]:
        """What can be typed in, with what of it stands there or is stored."""
        told = (self.stored.shown if self.stored else {}) | dict(self.typed)
        for variable in self.variables:
            yield variable, told.get(variable.name, "")

    def refusing(self, reason: str, typed: Mapping[str, str]) -> "Service":
        """The same, with what was typed in and why it was not taken; keys are typed in again."""
        told = {key: text for key, text in typed.items() if not is_secret(key)}
        return replace(self, refused=reason, typed=told)

    def read(self, typed: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
        """The values to keep: what was typed, and of what is `kept` the keys that were left empty.

        Those only while all else stays: a key goes to no server that it was not typed in for.
        Raises BadValue and NoValue.
        """
        values = {each.name: each.read(typed.get(each.name, "")) for each in self.variables}
        places = [each.name for each in self.variables if not each.is_secret]
        if all(values[name] == kept.get(name, "") for name in places):
            values = {name: value or kept.get(name, "") for name, value in values.items()}
        for each in self.variables:
            if each.is_needed and not values[each.name] and not each.in_environment:
                raise NoValue(variable=each.name)
        return {name: value for name, value in values.items() if value}

    def shown(self, values: Mapping[str, str]) -> dict[str, str]:
        """What of these values may be shown again, by variable."""
        return {
            each.name: each.shown(values[each.name])
            for each in self.variables
            if each.name in values
        }


def providers(connections: Mapping[str, Connection]) -> list[Service]:
    """All model providers, those that can answer first."""
    found = [_provider(each, connections.get(each.name)) for each in catalog.PROVIDERS]
    return sorted(found, key=_rank)


def engines(connections: Mapping[str, Connection]) -> list[Service]:
    """All search engines, those that are asked first."""
    found = [_engine(each, connections.get(each.name)) for each in ENGINES.values()]
    return sorted(found, key=_rank)


def service(name: str, connections: Mapping[str, Connection]) -> Service | None:
    """The one of that name."""
    known = (*providers(connections), *engines(connections))
    return next((each for each in known if each.name == name), None)


def _rank(service: Service) -> int:
    return ["trouble", "ready", "bare"].index(service.state)


def _provider(provider: Provider, connection: Connection | None) -> Service:
    lacks = provider.missing or ""
    if not lacks and not (provider.needs or provider.in_environment or provider.typed):
        lacks = next(iter(provider.options))  # Ollama works without, if it runs on this machine
    return Service(
        provider.name,
        provider.title,
        tuple(
            Variable(
                name,
                is_address=name in provider.addresses,
                is_needed=name in provider.needed or (not provider.needs and name == first),
            )
            for first in [next(iter(provider.options))]
            for name in provider.options
        ),
        tuple(provider.in_environment),
        lacks,
        provider.is_sealed,
        tuple(provider.models) if provider.can_answer else (),
        provider.suggestion,
        connection=connection,
    )


def _engine(engine: Engine, connection: Connection | None) -> Service:
    is_named = not settings.RESEARCH_SEARCH or engine.name in settings.RESEARCH_SEARCH
    variables: tuple[Variable, ...] = ()
    note = ""
    if engine.typed:
        is_address = engine.typed == engine.variable
        variables = (Variable(engine.typed, is_address, is_needed=bool(engine.key)),)
    if not engine.key and not settings.RESEARCH_SEARCH:
        is_named = False
        note = "Needs no key: RESEARCH_SEARCH names it."
    elif not is_named:
        note = "RESEARCH_SEARCH names others."
    lacks = "" if engine.is_ready else engine.key
    return Service(
        engine.name,
        engine.title,
        variables,
        (engine.typed,) if engine.typed and os.environ.get(engine.typed) else (),
        lacks or ("" if is_named else "RESEARCH_SEARCH"),
        engine.is_sealed,
        note=note,
        connection=connection,
    )
