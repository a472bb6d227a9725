"""What a person asks for, checked once for the form, the API and the command line alike."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from research.crews.llms import catalog
from research.crews.llms.price_list import Price
from research.exceptions import (
    BadPilot,
    ControlCharacters,
    IdempotencyKeyReused,
    NoPrice,
    NoTopics,
    TooManyTopics,
    TopicTooLong,
    UnknownBlueprint,
    UnknownPriority,
)
from research.keyring.reading import refresh
from research.kinds import Kind
from research.people.models import Team
from research.runs.allowance import Allowance
from research.runs.given import given_rows, refuse_missing
from research.runs.mcp import refuse_tools
from research.runs.models import (
    LOCAL,
    Blueprint,
    Plan,
    Priority,
    Run,
    Source,
    Topic,
    digest_of,
)
from research.runs.queueing import queue
from research.sources import engines as search_engines
from research.sources.exceptions import NoWebSearch
from research.sources.where import ANYWHERE, Where
from research.tables.columns import Column, columns_from
from research.tables.rows.limits import MAX_TOPIC
from research.tables.rows.row import Row
from research.text.cleaning import TURNING, printable
from research.text.list_marks import without_marks

MAX_TOPIC_LENGTH = MAX_TOPIC  # characters
DEFAULT_BLUEPRINT = "quick"


@dataclass(frozen=True)
class Given:
    """A source that a crew is given, in place of finding it."""

    number: int
    title: str
    url: str
    text: str

    def row(self, topic: Topic) -> Source:
        """The row to store it as."""
        origin = {"kind": "cells"}
        return Source(topic=topic, **vars(self), digest=digest_of(self.text), origin=origin)


@dataclass(frozen=True)
class Submission:
    """Topics that one run can take, with what was left out of them."""

    rows: list[Row]
    blueprint: Blueprint
    model: str
    columns: tuple[Column, ...] = ()
    compares: Run | None = None
    """The table that its one topic compares, from `sources`."""
    sources: Sequence[Given] = ()
    pilot: int | None = None  # rows that are run first; the others wait
    allowance: Allowance = field(default_factory=Allowance)
    price: Price | None = None
    priority: Priority = Priority.NORMAL
    blank: int = 0
    duplicates: list[str] = field(default_factory=list)
    again_of: Run | None = None
    where: Where = ANYWHERE
    team: Team | None = None
    """Whose run it is going to be; None: nobody's, or who submits says so."""
    unmarked: int = 0  # topics that came as items of a list
    unturned: int = 0  # lines that held invisible characters which reorder what is read

    @classmethod
    def check(
        cls,
        lines: Sequence[str] = (),
        blueprint: str | None = None,
        model: str | None = None,
        allowance: Allowance | None = None,
        priority: str | None = None,
        is_pasted: bool = False,
        *,
        rows: Sequence[Mapping[str, Any]] | None = None,
        columns: Sequence[Mapping[str, Any]] = (),
        pilot: int | None = None,
        where: Where = ANYWHERE,
        team: Team | None = None,
    ) -> "Submission":
        """Drops blank lines and repeats, and raises BadInput for what cannot be run.

        Lines of a text that somebody has pasted may be a list, whose marks are taken off. In place
        of lines there may be rows: a topic each, and inputs by name. `columns` are asked of each.
        A `pilot` runs so many rows first. The blueprint is one that the team can use.
        """
        # Far more lines than topics are refused before any of them is looked at.
        number = len(lines if rows is None else rows)
        if number > 10 * settings.RESEARCH_MAX_TOPICS:
            raise TooManyTopics(limit=settings.RESEARCH_MAX_TOPICS, count=number)
        lines, unmarked = without_marks(lines) if is_pasted else (lines, 0)
        given = given_rows(rows) if rows is not None else [Row(line) for line in lines]
        kept: dict[object, Row] = {}
        duplicates = []
        blank = unturned = 0
        for position, row in enumerate(given, start=1):
            line = TURNING.sub("", row.topic)
            unturned += line != row.topic
            clean = Row(_clean(line, position), row.inputs)
            if not clean.topic:
                blank += 1
            elif clean.key in kept:
                duplicates.append(clean.topic)
            else:
                kept[clean.key] = clean
        if not kept:
            raise NoTopics
        return cls.of(
            list(kept.values()),
            known_blueprint(blueprint, team),
            model,
            (allowance or Allowance()).with_defaults(),
            _priority(priority),
            columns=columns_from(columns),
            pilot=_pilot(pilot),
            where=where,
            team=team,
            blank=blank,
            duplicates=duplicates,
            unmarked=unmarked,
            unturned=unturned,
        )

    @classmethod
    def of(
        cls,
        rows: list[Row],
        blueprint: Blueprint,
        model: str | None,
        allowance: Allowance,
        priority: Priority,
        where: Where = ANYWHERE,
        **more: Any,
    ) -> "Submission":
        """Of rows that are in order. Raises BadInput for what cannot be run, or not within that.

        `more` are other fields.
        """
        if len(rows) > settings.RESEARCH_MAX_TOPICS:
            raise TooManyTopics(limit=settings.RESEARCH_MAX_TOPICS, count=len(rows))
        refuse_missing(blueprint.definition, rows)
        refresh()
        resolved = catalog.resolve(model)
        price = Plan.objects.price_of(resolved)
        if allowance.usd is not None and price is None:
            raise NoPrice(name=resolved)
        _check_where(where, resolved)
        team = more.get("team")
        if team or not settings.RESEARCH_ACCOUNTS:  # else who submits says whose it is
            refuse_tools(blueprint.definition, team)
        return cls(
            rows=rows,
            blueprint=blueprint,
            model=resolved,
            allowance=allowance,
            price=price,
            priority=priority,
            where=where,
            **more,
        )

    @property
    def topics(self) -> list[str]:
        return [row.topic for row in self.rows]

    def submit(
        self, idempotency_key: str | None = None, caller: str = LOCAL, team: Team | None = None
    ) -> Run:
        """Stores the run with its topics, queued; a caller's same key in a team is the same run.

        Raises IdempotencyKeyReused for a key that came with another request, QuotaSpent, and what
        `refuse_tools` does.
        """
        team = team or self.team
        try:
            with transaction.atomic():
                run = self._create(idempotency_key, caller, team)
        except IntegrityError:
            run = Run.objects.get(team=team, caller=caller, idempotency_key=idempotency_key)
            if run.idempotency_digest != self._digest():
                raise IdempotencyKeyReused from None
        return run

    def _digest(self) -> str:
        """What tells one request from another. Not the run: a retry may have changed its budget."""
        asked: list[Any] = [
            self.topics,
            self.blueprint.name,
            self.model,
            self.priority,
            self.allowance.tokens,
            str(self.allowance.usd),
        ]
        if self.again_of:
            asked += [str(self.again_of.pk), self.blueprint.definition]
        if self.columns or any(row.inputs for row in self.rows):
            asked.append([row.inputs for row in self.rows])
            asked.append([column.model_dump(mode="json") for column in self.columns])
        if self.pilot:
            asked.append(self.pilot)
        if self.compares:
            asked.append([str(self.compares.pk), [source.text for source in self.sources]])
        if self.where != ANYWHERE:
            asked.append(self.where.as_json())
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def _create(self, idempotency_key: str | None, caller: str, team: Team | None) -> Run:
        first = self.pilot or len(self.rows)
        run = Run.objects.create(
            caller=caller,
            team=team,
            name=self.again_of.name if self.again_of else "",
            again_of=self.again_of,
            compares=self.compares,
            blueprint=self.blueprint.name,
            definition=self.blueprint.definition,
            columns=[column.model_dump(mode="json") for column in self.columns],
            waiting=[{"topic": row.topic, "inputs": row.inputs} for row in self.rows[first:]],
            model=self.model,
            where=self.where.as_json(),
            priority=self.priority,
            token_budget=self.allowance.tokens,
            money_budget=self.allowance.usd,
            prompt_price=self.price.prompt if self.price else None,
            completion_price=self.price.completion if self.price else None,
            idempotency_key=idempotency_key,
            idempotency_digest=self._digest() if idempotency_key else "",
        )
        refuse_tools(self.blueprint.definition, team)
        topics = [
            Topic(
                run=run,
                position=position,
                text=row.topic,
                inputs=row.inputs,
                priority=self.priority,
            )
            for position, row in enumerate(self.rows[:first], start=1)
        ]
        Topic.objects.bulk_create(topics)
        Source.objects.bulk_create(source.row(topics[0]) for source in self.sources)
        queue(run, [topic.event(Kind.TOPIC_QUEUED, topic=topic.text) for topic in topics])
        return run


def _clean(line: str, position: int) -> str:
    """A topic with its white space in order; raises for what no topic holds."""
    if len(line) > MAX_TOPIC_LENGTH:
        raise TopicTooLong(position=position, length=len(line), limit=MAX_TOPIC_LENGTH)
    topic = " ".join(line.split())
    for character in topic:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ControlCharacters(position=position, character=f"U+{ord(character):04X}")
    return topic


def known_blueprint(name: str | None, team: Team | None) -> Blueprint:
    """The team's blueprint, or the site's, as it is today. Raises UnknownBlueprint."""
    usable = Blueprint.objects.usable_by(team)
    blueprint = usable.filter(name=printable(name or DEFAULT_BLUEPRINT)).first()
    if blueprint is None:
        known = ", ".join(usable.values_list("name", flat=True))
        raise UnknownBlueprint(name=str(name)[:80], known=known)
    return blueprint


def _check_where(where: Where, model: str) -> None:
    """Raises NoWebSearch where the web is asked for, and the run has none."""
    if where.library and not where.narrows_the_web:
        return
    if model == catalog.OFFLINE:
        raise NoWebSearch(lack=f"the model {model} searches the library only")
    if not search_engines.ready():
        lack = "no search engine is set up (RESEARCH_SEARCH, or an engine's key, does that)"
        raise NoWebSearch(lack=lack)


def _pilot(rows: int | None) -> int | None:
    if rows is not None and rows < 1:
        raise BadPilot(value=rows)
    return rows


def _priority(name: str | None) -> Priority:
    if not name:
        return Priority.NORMAL
    try:
        return Priority[name.upper()]
    except KeyError:
        raise UnknownPriority(name=name[:40]) from None
